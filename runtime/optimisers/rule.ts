import { fail, runtimeErrors } from '../errors.ts';
import { updateKernels } from '../kernels.generated.ts';
import type { UpdateName } from '../kernels.ts';
import { scale, squaresOf } from '../passes.ts';
import { Gathered, type SlotArray } from './gathered.ts';
import { type Layout, layoutOf } from './layout.ts';
import type { Optimiser, OptimiserState, Trainable } from './optimiser.ts';

type Signatures = typeof updateKernels;

/** The numbers a kernel takes, by name. */
export type Settings<Name extends UpdateName> = Readonly<
  Record<Signatures[Name]['settings'][number], number>
>;

/** What distinguishes one kind of optimiser from the others. */
export interface Rule<Name extends UpdateName> {
  /** The kernel that does what `update` says, to the bit. */
  readonly kernel: Name;
  /** @param update  counts from 1 */
  readonly settings: (learningRate: number, update: number) => Settings<Name>;
  /** The definition: updates one parameter. `gathered` are arrays of the same length, of zeros at first. */
  readonly update: (
    parameter: Float32Array,
    gradient: Float32Array,
    gathered: Readonly<Record<keyof Signatures[Name]['slots'], SlotArray>>,
    settings: Settings<Name>,
  ) => void;
}

/** An optimiser that follows a rule: by its kernel where parameters stand in WebAssembly's memory, else by `update`. */
export function following<Name extends UpdateName>(rule: Rule<Name>, learningRate: number): Optimiser {
  const { slots, settings: order } = updateKernels[rule.kernel] as Signatures[UpdateName];
  const gathered = new Gathered(slots);
  let updates = 0;

  /** @returns whether all parameters are finite */
  function byKernel(layout: Layout, settings: Settings<Name>, factors: readonly number[]): boolean {
    const kernel = layout.kernels[rule.kernel];
    const values = order.map((name) => settings[name as keyof Settings<Name>]);
    const alike = factors.every((factor) => factor === factors[0]);
    let bad = 0;
    for (const [i, piece] of (alike ? layout.runs : layout.pieces).entries()) {
      const { parameters, gradients, count } = piece;
      bad += kernel(parameters, gradients, count, factors[i] ?? 1, ...gathered.pointers(piece), ...values);
    }
    return bad === 0;
  }

  function byDefinition(instance: Trainable, settings: Settings<Name>, factors: readonly number[]): void {
    for (const [i, name] of Object.keys(instance.gradients).entries()) {
      const gradient = instance.gradients[name]!;
      const factor = factors[i] ?? 1;
      if (factor !== 1) scale(gradient, factor);
      const arrays = gathered.of(name, gradient.length) as Parameters<typeof rule.update>[2];
      rule.update(instance.parameters[name]!, gradient, arrays, settings);
    }
  }

  return {
    learningRate,
    get updates() {
      return updates;
    },
    step(instance) {
      this.scaledStep!(instance, []);
    },
    scaledStep(instance, factors) {
      const layout = layoutOf(instance);
      const inRoom = layout !== undefined && gathered.moveInto(layout);
      if (!inRoom) checkCell(instance, gathered);
      updates++;
      const settings = rule.settings(this.learningRate, updates);
      if (inRoom) {
        const finite = byKernel(layout, settings, factors);
        instance.parametersChanged();
        if (finite) return;
      } else {
        byDefinition(instance, settings, factors);
        instance.parametersChanged();
      }
      checkParameters(instance, updates);
    },
    save: () => ({ updates, arrays: gathered.save() }),
    load(state: OptimiserState) {
      updates = state.updates;
      gathered.load(state.arrays);
    },
  };
}

/** @throws RuntimeError RNN513 */
function checkCell({ gradients }: Trainable, gathered: Gathered): void {
  for (const name of Object.keys(gradients)) gathered.of(name, gradients[name]!.length);
}

/** @throws RuntimeError RNN512 */
function checkParameters(instance: Trainable, update: number): void {
  for (const parameter of Object.keys(instance.gradients)) {
    const values = instance.parameters[parameter]!;
    if (Number.isFinite(squaresOf(values))) continue;
    const index = values.findIndex((value) => !Number.isFinite(value));
    fail(runtimeErrors.parameterNotFinite, { parameter, index, value: values[index]!, update });
  }
}
