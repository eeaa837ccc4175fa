import type { Cell, Noise } from '../../compiler/cell/cell.ts';
import { evaluateDim } from '../../compiler/cell/dim.ts';
import type { Binding } from '../../compiler/graph/bind.ts';
import { describeNoise } from '../../compiler/module/noise.ts';
import { NoiseStream } from '../../runtime/noise.ts';
import { noiseOuter } from './shapes.ts';

type Arrays = ReadonlyMap<string, Float64Array>;

/** What draws depend on, besides the noise itself. */
export interface NoisePlaces {
  readonly seed: number;
  readonly steps: number;
  readonly batch: number;
  /** [batch]: number of each row's sequence; 0, 1, … where not given. */
  readonly sequences?: readonly number[] | undefined;
  /** [batch]: steps done before; zeros where not given. */
  readonly stepsBefore?: readonly number[] | undefined;
  /** [steps, batch]: 1 where a row begins a new sequence. */
  readonly resets?: Float64Array | undefined;
}

/**
 * The numbers that the runtime draws: f32 in f64 arrays.
 *
 * @returns [steps, batch, ...shape] per step, and per sequence where there are resets; without these [batch, ...shape] per
 *          sequence; [...shape] per update, before any update
 */
export function drawNoise(noise: Noise, binding: Binding, places: NoisePlaces): Float64Array {
  const { seed, steps, batch, sequences, stepsBefore, resets } = places;
  const entries = noise.shape.reduce((product, dim) => product * evaluateDim(dim, binding.sizes), 1);
  const stream = new NoiseStream(describeNoise(noise, binding, true), seed);
  const outer = noiseOuter(noise.scope, resets !== undefined);
  const perStep = outer === 'T' ? steps : 1;
  const rows = outer === 'none' ? 1 : batch;
  const begun = new Int32Array(rows);
  const values = new Float32Array(perStep * rows * entries);
  for (let t = 0; t < perStep; t++) {
    for (let row = 0; row < rows; row++) {
      const at = (t * rows + row) * entries;
      const sequence = noise.scope === 'update' ? 0 : (sequences?.[row] ?? row);
      const step = (stepsBefore?.[row] ?? 0) + t;
      if (resets?.[t * batch + row] === 1) begun[row] = step;
      stream.fill(values, at, at + entries, sequence, noise.scope === 'step' ? step : begun[row]!);
    }
  }
  return Float64Array.from(values);
}

/**
 * Noise as sequences are given it: what is drawn per sequence stands at each of its steps.
 *
 * @param values  in the shapes of `drawNoise`
 */
export function noiseGiven(
  cell: Cell,
  values: Arrays,
  steps: number,
  hasResets = false,
): { readonly shared: Arrays; readonly perStep: Arrays } {
  const of = (scopes: readonly Noise['scope'][]) => cell.noises.filter(({ scope }) => scopes.includes(scope));
  return {
    shared: new Map(of(['update']).map(({ name }) => [name, values.get(name)!])),
    perStep: new Map(
      of(['step', 'sequence']).map(({ name, scope }) => {
        const own = values.get(name)!;
        return [name, noiseOuter(scope, hasResets) === 'T' ? own : repeated(own, steps)];
      }),
    ),
  };
}

function repeated(values: Float64Array, times: number): Float64Array {
  const all = new Float64Array(times * values.length);
  for (let i = 0; i < times; i++) all.set(values, i * values.length);
  return all;
}
