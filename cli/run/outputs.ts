import type { Cell, Input, Output } from '../../compiler/cell/cell.ts';
import { evaluateDim } from '../../compiler/cell/dim.ts';
import { dependentOnTargets } from '../../compiler/cell/targets.ts';
import type { BoundInput } from '../data/bind.ts';
import { exitCodes, Failure } from '../failure.ts';
import { comparedWith, readsAny } from './compared.ts';
import type { BoundTarget } from './configuration.ts';

/**
 * Which output says what each target will be: of those with the target's shape (for classes, one number per class) the
 * one that the loss compares it with; where that is no output, as scores whose softmax is, the one that is computed from
 * it.
 *
 * @throws Failure (failed) where several fit
 */
export function withOutputs(
  cell: Cell,
  targets: readonly BoundInput[],
  sizes: ReadonlyMap<string, number>,
): readonly BoundTarget[] {
  const late = dependentOnTargets(cell);
  const early = cell.outputs.filter(({ name, value }) => !late.has(shownBy({ name, value })));
  return targets.map((target) => {
    const declared = cell.targets.find(({ name }) => name === target.name)!;
    const shape = wantedShape(declared, sizes);
    const fitting = early.filter(
      ({ value }) => value.type.shape.map((dim) => evaluateDim(dim, sizes)).join() === shape,
    );
    const output = chosen(cell, target.name, fitting);
    return output === undefined ? target : { ...target, output };
  });
}

function wantedShape({ type, classes }: Input, sizes: ReadonlyMap<string, number>): string {
  const wanted = classes === undefined ? type.shape : [...type.shape, classes];
  return wanted.map((dim) => evaluateDim(dim, sizes)).join();
}

function chosen(cell: Cell, target: string, fitting: readonly Output[]): string | undefined {
  const values = new Set(fitting.map(shownBy));
  const direct = comparedWith(cell, target, (name) => values.has(name));
  const found =
    direct.size > 0
      ? fitting.filter((output) => direct.has(shownBy(output)))
      : derived(cell, fitting, comparedWith(cell, target));
  const names = found.map(({ name }) => name);
  if (names.length < 2) return names[0];
  throw new Failure(
    exitCodes.failed,
    `Several outputs of ${cell.name} may say what ${target} will be: ${names.join(', ')}. Which one, the loss does not tell. ` +
      `Let one alone be compared with ${target}, or leave the others out of output.`,
  );
}

function derived(cell: Cell, fitting: readonly Output[], compared: ReadonlySet<string>): readonly Output[] {
  return fitting.filter(({ value }) => readsAny(cell, value, compared));
}

/** The value that an output shows, by its name in the equations. */
function shownBy({ name, value }: Pick<Output, 'name' | 'value'>): string {
  return value.kind === 'read' && value.from === 'value' ? value.name : name;
}
