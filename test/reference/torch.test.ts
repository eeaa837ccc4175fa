import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { bufferNames } from '../../compiler/plan/plan.ts';
import { runProgram } from '../support/runProgram.ts';
import { stagesOf } from '../support/stages.ts';
import { load } from '../zoo/files.ts';

/*
 * Outputs, final states and gradients that PyTorch computed in f64; make_torch.py and make_torch_zoo.py say how.
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
  readonly cotangents: { readonly outputs: Arrays; readonly finals: Arrays };
  readonly expected: {
    readonly outputs: Arrays;
    readonly finals: Arrays;
    readonly gradients: { readonly parameters: Arrays; readonly inputs: Arrays; readonly starts: Arrays };
  };
}

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const cases = ['torch.json', 'torch_zoo.json'].flatMap(
  (file) => (JSON.parse(read(file)) as { readonly cases: readonly Reference[] }).cases,
);
const values = (arrays: Arrays) =>
  new Map(Object.entries(arrays).map(([name, { data }]) => [name, Float64Array.from(data)]));

/** Largest difference, relative to the larger of 1 and the expected value. */
function difference(actual: ArrayLike<number> | undefined, { data }: Rows): number {
  return Math.max(
    ...data.map((x, i) => Math.abs((actual?.[i] ?? Number.NaN) - x) / Math.max(1, Math.abs(x))),
  );
}

describe.each(cases)('$file against PyTorch', (reference) => {
  const { sizes, steps, batch, expected, cotangents } = reference;
  const stages = stagesOf(load(reference.file), { load, sizes, batch, window: steps });
  const given = {
    steps,
    batch,
    parameters: values(reference.parameters),
    inputs: values(reference.inputs),
    starts: values(reference.starts),
    outputCotangents: values(cotangents.outputs),
    finalCotangents: values(cotangents.finals),
  };
  const { gradients } = expected;

  it('agrees to 1e-12 in f64', () => {
    const result = evaluateSequence(stages.bound, given);
    const compare = (actual: ReadonlyMap<string, Float64Array>, wanted: Arrays) => {
      for (const [name, rows] of Object.entries(wanted)) {
        expect(difference(actual.get(name), rows), name).toBeLessThan(1e-12);
      }
    };
    compare(result.outputs, expected.outputs);
    compare(result.finals, expected.finals);
    compare(result.adjoint!.gradients, gradients.parameters);
    compare(result.adjoint!.inputCotangents, gradients.inputs);
    compare(result.adjoint!.startCotangents, gradients.starts);
  });

  it('agrees to 1e-5 in f32, compiled to WebAssembly', () => {
    const run = runProgram(stages, given, 'wasm');
    const compare = (buffer: (name: string) => string, wanted: Arrays) => {
      for (const [name, rows] of Object.entries(wanted)) {
        expect(difference(run.buffer(buffer(name)), rows), name).toBeLessThan(1e-5);
      }
    };
    compare(bufferNames.output, expected.outputs);
    compare(bufferNames.gradient, gradients.parameters);
    compare(bufferNames.inputCotangent, gradients.inputs);
    compare(bufferNames.stateCotangent, gradients.starts);
  });
});
