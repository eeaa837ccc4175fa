import type { Manifest } from '../compiler/module/manifest.ts';
import { checkLength, checkNames, pick, type Values } from './arrays.ts';
import { requireSetting } from './errors.ts';
import type { OptionNames } from './knownOptions.ts';
import { checkWeights } from './loss.ts';
import type { Memory } from './memory.ts';
import { type Given, lookUp } from './named.ts';
import type { CarriedStates } from './state.ts';

/*
 * What goes into the backward sweep, checked and written into its buffers.
 */

/** Options of `Instance.backward`. */
export interface BackwardOptions {
  /** dL/d output, by name or the one array: [steps, batch, ...shape]. Zeros where not given. */
  readonly outputCotangents?: Values;
  /**
   * How much the loss of each step and row counts, [steps, batch], at least 0: what is differentiated is the mean
   * weighted by these. `'mean'`: all alike, which is also the default when no cotangents are given; with cotangents the
   * default is to leave the cell's loss out.
   */
  readonly lossWeights?: ArrayLike<number> | 'mean';
  /** Factor on the mean loss; 1 by default. With the sum of the weights, their weighted sum is differentiated. */
  readonly lossScale?: number;
  /** dL/d state after the last step, by name: [batch, ...shape]. Zeros where not given. */
  readonly finalStateCotangents?: Given<ArrayLike<number>>;
  /**
   * Whether cotangents of the states before the first step go on into start values (and learned ones get a gradient).
   * By default in the rows that began their sequence with this window, and in no others.
   */
  readonly fromStart?: boolean;
}

export const backwardOptions: OptionNames<BackwardOptions> = {
  outputCotangents: true,
  lossWeights: true,
  lossScale: true,
  finalStateCotangents: true,
  fromStart: true,
};

/** The weights of the losses that `backward` differentiates; undefined where the cell's loss is left out. */
export function lossWeightsOf(options: BackwardOptions): ArrayLike<number> | 'mean' | undefined {
  const others = options.outputCotangents !== undefined || options.finalStateCotangents !== undefined;
  return options.lossWeights ?? (others ? undefined : 'mean');
}

/**
 * Writes how much each loss counts in the mean, [steps, batch].
 *
 * @throws RuntimeError RNN501, RNN509
 */
export function fillLossCotangent(
  { loss, batch }: Manifest,
  memory: Memory,
  steps: number,
  weights: ArrayLike<number> | 'mean' | undefined,
  scale: number,
): void {
  if (loss?.cotangent === undefined) return;
  requireSetting('lossScale', scale, Number.isFinite(scale), 'a finite number');
  const cotangent = memory.f32(loss.cotangent).subarray(0, steps * batch);
  if (weights === undefined) cotangent.fill(0);
  else if (weights === 'mean') cotangent.fill(scale / cotangent.length);
  else {
    checkWeights(weights, steps, batch);
    let total = 0;
    for (let i = 0; i < cotangent.length; i++) total += weights[i]!;
    for (let i = 0; i < cotangent.length; i++) {
      cotangent[i] = total === 0 ? 0 : (scale * weights[i]!) / total;
    }
  }
}

/** @throws RuntimeError RNN501, RNN504 */
export function fillOutputCotangents(
  manifest: Manifest,
  memory: Memory,
  steps: number,
  values: Values,
): void {
  const outputs = manifest.outputs.filter(({ cotangent }) => cotangent !== undefined);
  const outer = [
    ['steps', steps],
    ['batch', manifest.batch],
  ] as const;
  checkNames(
    values,
    'output',
    outputs.map(({ name }) => name),
  );
  for (const output of outputs) {
    const { name, cotangent } = output;
    const value = pick(values, name, outputs.length);
    if (value !== undefined) checkLength(`cotangent of output ${name}`, value, outer, output);
    fill(memory.f32(cotangent!), value);
  }
}

/** @throws RuntimeError RNN501, RNN504 */
export function fillFinalStateCotangents(
  { states, batch }: Manifest,
  memory: Memory,
  values: Given<ArrayLike<number>>,
): void {
  checkNames(
    values,
    'state',
    states.filter(({ hidden }) => !hidden).map(({ name }) => name),
  );
  for (const state of states) {
    const { name, cotangent } = state;
    if (cotangent === undefined) continue;
    const value = lookUp(values, name);
    if (value !== undefined) checkLength(`cotangent of state ${name}`, value, [['batch', batch]], state);
    fill(memory.f32(cotangent), value);
  }
}

/**
 * After the backward sweep: what arrived before the first step goes on to the start values of the rows whose sequences
 * began there, in the states that were not set by hand.
 */
export function passToStarts(carried: CarriedStates, memory: Memory, fromStart: boolean | undefined): void {
  for (const { state, slot, began } of carried.all) {
    if (state.cotangent === undefined || state.startCotangent === undefined) continue;
    const from = memory.f32(state.cotangent);
    const to = memory.f32(state.startCotangent);
    const size = slot / began.length;
    for (let i = 0; i < slot; i++) {
      const passes = fromStart ?? began[Math.floor(i / size)] === 1;
      to[i] = passes ? from[i]! : 0;
    }
  }
}

function fill(buffer: Float32Array, values: ArrayLike<number> | undefined): void {
  if (values === undefined) buffer.fill(0);
  else buffer.set(values);
}
