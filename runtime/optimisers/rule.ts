import { fail, requireSetting, runtimeErrors } from '../errors.ts';
import { updateKernels } from '../kernels.generated.ts';
import type { UpdateName } from '../kernels.ts';
import { lookUp, type Named } from '../named.ts';
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

/**
 * An optimiser that follows a rule: by its kernel where parameters stand in WebAssembly's memory, else by `update`.
 *
 * @param kind     its name
 * @param options  all of its options but the learning rate
 */
export function following<Name extends UpdateName>(
  rule: Rule<Name>,
  kind: string,
  learningRate: number,
  options: Named<number | boolean>,
): Optimiser {
  const { slots, settings: order } = updateKernels[rule.kernel] as Signatures[UpdateName];
  const gathered = new Gathered(slots);
  let updates = 0;

  /** @returns whether all parameters are finite */
  function byKernel(layout: Layout, settings: Settings<Name>, factors: readonly number[]): boolean {
    const kernel = layout.kernels.update(rule.kernel);
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
      checkRate(this.learningRate);
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
    save() {
      return { kind, options, learningRate: this.learningRate, updates, arrays: gathered.save() };
    },
    load(state: OptimiserState) {
      checkState(state, kind, options);
      gathered.load(state.arrays);
      updates = state.updates;
      if (state.learningRate !== undefined) this.learningRate = state.learningRate;
    },
  };
}

/** @throws RuntimeError RNN513 */
function checkCell({ gradients }: Trainable, gathered: Gathered): void {
  gathered.check(Object.keys(gradients).map((name) => ({ name, count: gradients[name]!.length })));
}

/** @throws RuntimeError RNN509 */
function checkRate(rate: number): void {
  requireSetting('learningRate', rate, rate >= 0 && rate < Infinity, 'a finite number of at least 0');
}

/** @throws RuntimeError RNN509, RNN519 */
function checkState(state: OptimiserState, kind: string, options: Named<number | boolean>): void {
  const { updates, learningRate } = state;
  requireSetting('updates', updates, Number.isSafeInteger(updates) && updates >= 0, 'whole, from 0');
  if (learningRate !== undefined) checkRate(learningRate);
  const differences: string[] = [];
  if (state.kind !== undefined && state.kind !== kind) {
    differences.push(`it was saved by ${state.kind}, and this is ${kind}`);
  } else if (state.options !== undefined) {
    for (const [name, here] of Object.entries(options)) {
      const there = lookUp(state.options, name);
      if (there !== here) differences.push(`${name} is ${there ?? 'missing'} there and ${here} here`);
    }
  }
  if (differences.length > 0)
    fail(runtimeErrors.doesNotFit, { what: 'The state', to: 'this optimiser', differences });
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
