import type { Cell } from '../../compiler/cell/cell.ts';
import { evaluateDim } from '../../compiler/cell/dim.ts';
import type { BoundInput } from '../data/bind.ts';
import type { BoundTarget } from './configuration.ts';

/**
 * Which output says what each target will be: of those with the target's shape (for classes, one number per class) the
 * first to the first, the second to the second.
 */
export function withOutputs(
  cell: Cell,
  targets: readonly BoundInput[],
  sizes: ReadonlyMap<string, number>,
): readonly BoundTarget[] {
  const taken = new Set<string>();
  return targets.map((target) => {
    const { type, classes } = cell.targets.find(({ name }) => name === target.name)!;
    const wanted = classes === undefined ? type.shape : [...type.shape, classes];
    const shape = wanted.map((dim) => evaluateDim(dim, sizes)).join();
    const output = cell.outputs.find(
      ({ name, value }) =>
        !taken.has(name) && value.type.shape.map((dim) => evaluateDim(dim, sizes)).join() === shape,
    );
    if (output === undefined) return target;
    taken.add(output.name);
    return { ...target, output: output.name };
  });
}
