import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type CompileOptions,
  compile,
  compileStages,
  evaluateSequence,
  type SequenceGiven,
  type SequenceResult,
  type Source,
  type Stages,
} from '../../compiler/index.ts';
import { type Instance, instantiateSync } from '../../runtime/index.ts';

const cells = fileURLToPath(new URL('../../dsl-examples/', import.meta.url));

/** A cell of dsl-examples, by its path there: `lectures/linear.rnn`, `gru.rnn`. */
export function cell(path: string): Source {
  return { name: normalize(path), text: readFileSync(join(cells, path), 'utf8') };
}

/** Arrays by name, as literals. */
export type Arrays = Readonly<Record<string, readonly number[] | Float64Array>>;

/** `SequenceGiven` with records instead of maps. */
export interface Given {
  readonly steps: number;
  readonly batch?: number;
  readonly parameters: Arrays;
  readonly inputs: Arrays;
  readonly starts?: Arrays;
  readonly outputCotangents?: Arrays;
  readonly finalCotangents?: Arrays;
  readonly lossWeights?: readonly number[];
}

const mapOf = (arrays: Arrays = {}) =>
  new Map(Object.entries(arrays).map(([name, values]) => [name, Float64Array.from(values)]));

/** What `evaluateSequence` and `gradcheck` take. */
export function sequence(given: Given): SequenceGiven {
  const { steps, batch = 1, lossWeights } = given;
  return {
    steps,
    batch,
    parameters: mapOf(given.parameters),
    inputs: mapOf(given.inputs),
    starts: mapOf(given.starts),
    outputCotangents: mapOf(given.outputCotangents),
    finalCotangents: mapOf(given.finalCotangents),
    ...(lossWeights === undefined ? {} : { lossWeights: Float64Array.from(lossWeights) }),
  };
}

const compiled = new Map<string, Stages['bound']>();

/** A cell's graph with numbers for sizes, made once for all runs. */
function bound(path: string, sizes: Readonly<Record<string, number>>): Stages['bound'] {
  const key = JSON.stringify([path, sizes]);
  if (!compiled.has(key)) {
    compiled.set(key, compileStages(cell(path), { sizes, inputCotangents: true }).bound);
  }
  return compiled.get(key)!;
}

/** The meaning of a cell and its derivative, in f64. */
export function evaluated(path: string, given: Given, sizes: Readonly<Record<string, number>> = {}) {
  return evaluateSequence(bound(path, sizes), sequence(given)) as Required<SequenceResult>;
}

/** The compiled cell, alive: the kernels in f32, with the same bits on every host and no block to be chosen. */
export function live(path: string, options: CompileOptions = {}): Instance {
  return instantiateSync(
    compile(cell(path), { profile: 'separate', block: '4x2', inputCotangents: true, ...options }),
  );
}

/** Largest |a - b| / max(1, |b|) of two arrays. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length || a.length === 0) return Number.POSITIVE_INFINITY;
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i]!) / Math.max(1, Math.abs(b[i]!))));
}
