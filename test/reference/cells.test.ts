import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { bufferNames } from '../../compiler/plan/plan.ts';
import { runProgram } from '../support/runProgram.ts';
import { stagesOf } from '../support/stages.ts';
import { load } from '../zoo/files.ts';

/*
 * Outputs, final states and gradients that other programs computed; the make_* files beside this one say how. PyTorch and
 * ONNX counted in f64, TensorFlow.js in f32. ONNX has no gradients.
 */

interface Rows {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
type Arrays = Readonly<Record<string, Rows>>;

interface Reference {
  readonly file: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly steps: number;
  readonly batch: number;
  readonly parameters: Arrays;
  readonly inputs: Arrays;
  readonly starts: Arrays;
  readonly cotangents?: { readonly outputs: Arrays; readonly finals: Arrays };
  readonly expected: {
    readonly outputs: Arrays;
    readonly finals?: Arrays;
    readonly gradients?: { readonly parameters: Arrays; readonly inputs: Arrays; readonly starts: Arrays };
  };
}

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const sources = [
  { file: 'torch.json', tolerance: 1e-12 },
  { file: 'torch_zoo.json', tolerance: 1e-12 },
  { file: 'onnx.json', tolerance: 1e-12 },
  { file: 'tensorflow.json', tolerance: 3e-6 },
];
const cases = sources.flatMap(({ file, tolerance }) =>
  (JSON.parse(read(file)) as { readonly cases: readonly Reference[] }).cases.map((reference) => ({
    ...reference,
    source: file,
    tolerance,
  })),
);
const values = (arrays: Arrays = {}) =>
  new Map(Object.entries(arrays).map(([name, { data }]) => [name, Float64Array.from(data)]));

type Measure = (actual: ArrayLike<number> | undefined, expected: Rows) => number;

/** Largest difference, each relative to the larger of 1 and the expected value. */
const byEntry: Measure = (actual, { data }) =>
  Math.max(...data.map((x, i) => Math.abs((actual?.[i] ?? Number.NaN) - x) / Math.max(1, Math.abs(x))));

/** Relative to the largest of an array: a gradient is a sum of terms that may be far larger than it. */
const byArray: Measure = (actual, { data }) =>
  Math.max(...data.map((x, i) => Math.abs((actual?.[i] ?? Number.NaN) - x))) /
  Math.max(1, ...data.map(Math.abs));

describe.each(cases)('$file against $source', (reference) => {
  const { sizes, steps, batch, expected, cotangents, tolerance } = reference;
  const stages = stagesOf(load(reference.file), { load, sizes, batch, window: steps });
  const given = {
    steps,
    batch,
    parameters: values(reference.parameters),
    inputs: values(reference.inputs),
    starts: values(reference.starts),
    outputCotangents: values(cotangents?.outputs),
    finalCotangents: values(cotangents?.finals),
  };
  const { finals = {}, gradients = { parameters: {}, inputs: {}, starts: {} } } = expected;

  it('agrees in f64', () => {
    const result = evaluateSequence(stages.bound, given);
    const compare = (actual: ReadonlyMap<string, Float64Array>, wanted: Arrays) => {
      for (const [name, rows] of Object.entries(wanted)) {
        expect(byEntry(actual.get(name), rows), name).toBeLessThan(tolerance);
      }
    };
    compare(result.outputs, expected.outputs);
    compare(result.finals, finals);
    compare(result.adjoint!.gradients, gradients.parameters);
    compare(result.adjoint!.inputCotangents, gradients.inputs);
    compare(result.adjoint!.startCotangents, gradients.starts);
  });

  it('agrees to 2e-5 in f32, and to 5e-6 of the largest entry, compiled to WebAssembly', () => {
    const run = runProgram(stages, given, 'wasm');
    const compare = (buffer: (name: string) => string, wanted: Arrays) => {
      for (const [name, rows] of Object.entries(wanted)) {
        expect(byEntry(run.buffer(buffer(name)), rows), name).toBeLessThan(2e-5);
        expect(byArray(run.buffer(buffer(name)), rows), name).toBeLessThan(5e-6);
      }
    };
    compare(bufferNames.output, expected.outputs);
    compare(bufferNames.gradient, gradients.parameters);
    compare(bufferNames.inputCotangent, gradients.inputs);
    compare(bufferNames.stateCotangent, gradients.starts);
  });
});
