import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundShape, entriesOf } from '../../compiler/graph/bind.ts';
import { evaluateSequence, type SequenceGiven } from '../../compiler/graph/evaluate.ts';
import { rowControls } from '../../compiler/graph/rows.ts';
import { bufferNames } from '../../compiler/plan/plan.ts';
import { randomCell } from '../support/randomCell.ts';
import { randomGiven, seeded } from '../support/randomValues.ts';
import { runRows } from '../support/rowsAlone.ts';
import { runProgram } from '../support/runProgram.ts';
import { stagesOf } from '../support/stages.ts';

/*
 * Rows that end before the window does, and rows that begin anew inside it: each sequence as if it were alone.
 */

type Arrays = ReadonlyMap<string, Float64Array>;

/** Lengths and resets of every row, and the controls that a runtime makes of them. */
function rowTimes(steps: number, batch: number, seed: number, stepsBefore: readonly number[] = []) {
  const random = seeded(seed ^ 0x5bd1e995);
  const lengths = Array.from({ length: batch }, () => 1 + Math.floor(random() * steps));
  const resets = Float64Array.from({ length: steps * batch }, () => (random() < 0.3 ? 1 : 0));
  const ended = resets.map((_, i) => (Math.floor(i / batch) >= lengths[i % batch]! ? 1 : 0));
  const stepOffset = new Float64Array(steps * batch);
  for (let row = 0; row < batch; row++) {
    let offset = 0;
    for (let t = 0; t < steps; t++) {
      if (resets[t * batch + row] === 1) offset = -(stepsBefore[row] ?? 0) - t;
      stepOffset[t * batch + row] = offset;
    }
  }
  const controls = new Map<string, Float64Array>([
    [rowControls.ended, ended],
    [rowControls.reset, resets],
    [rowControls.stepOffset, stepOffset],
  ]);
  return { lengths, resets, ended, controls };
}

const both = { lengths: true, resets: true };
const steps = 4;
const batch = 3;

/** Anything may stand in padding. */
const filled = (arrays: Arrays, ended: Float64Array, by: readonly number[]): Arrays =>
  new Map(
    [...arrays].map(([name, values]) => {
      const entries = values.length / ended.length;
      return [
        name,
        values.map((x, i) => (ended[Math.floor(i / entries)] === 1 ? by[i % by.length]! : x)),
      ] as const;
    }),
  );

const near = (actual: Arrays, expected: Arrays, what: string) => {
  for (const [name, values] of expected) {
    const scale = Math.max(1, ...values.map(Math.abs));
    const found = actual.get(name)!;
    const worst = Math.max(
      0,
      ...values.map((x, i) => (Object.is(x, found[i]) ? 0 : Math.abs(x - found[i]!))),
    );
    if (!(worst <= 1e-9 * scale)) expect(found, `${what} ${name}`).toEqual(values);
  }
};

describe('rows of random cells', () => {
  it('mean what their sequences mean alone', () => {
    let compared = 0;
    fc.assert(
      fc.property(randomCell, ({ text, sizes, seed }) => {
        const plain = stagesOf(text, { sizes });
        const guarded = stagesOf(text, { sizes, ...both });
        const stepsBefore = [0, 5, 2];
        const given: SequenceGiven = {
          ...randomGiven(plain.cell, plain.bound, { steps, batch, seed, starts: seed % 2 === 0 }),
          stepsBefore,
        };
        const { lengths, resets, ended, controls } = rowTimes(steps, batch, seed, stepsBefore);
        const expected = runRows(
          given,
          { lengths, resets },
          (piece) => evaluateSequence(plain.bound, piece),
          (x) => x,
        );
        const { adjoint } = expected;
        fc.pre([...adjoint!.gradients.values()].every((values) => values.every(Number.isFinite)));
        const isIndex = (name: string) => plain.cell.inputs.some((i) => i.name === name && i.classes);
        const real = new Map([...given.inputs].filter(([name]) => !isIndex(name))) as Arrays;
        const inputs = new Map([
          ...(given.inputs as Arrays),
          ...filled(real, ended, [Number.NaN, Number.POSITIVE_INFINITY, -3e38]),
          ...controls,
        ]);
        const actual = evaluateSequence(guarded.bound, { ...given, inputs });
        compared++;
        near(actual.outputs, expected.outputs, 'output');
        if (expected.loss) near(new Map([['', actual.loss!]]), new Map([['', expected.loss]]), 'loss');
        const states = new Map([...expected.finals].filter(([name]) => !isIndex(name)));
        near(actual.finals, states, 'final');
        near(actual.adjoint!.gradients, adjoint!.gradients, 'gradient');
        near(actual.adjoint!.inputCotangents, adjoint!.inputCotangents, 'cotangent of input');
        near(actual.adjoint!.startCotangents, adjoint!.startCotangents, 'cotangent of start');
      }),
      { numRuns: 25, seed: 40_001, endOnFailure: true },
    );
    expect(compared).toBeGreaterThan(15);
  });

  it('have the bits of their sequences alone, whatever stands in padding, on every target', () => {
    fc.assert(
      fc.property(randomCell, ({ text, sizes, seed }) => {
        const options = { sizes, ...both };
        const whole = stagesOf(text, { ...options, batch, window: steps });
        const alone = stagesOf(text, { ...options, batch: 1, window: steps });
        const given = randomGiven(whole.cell, whole.bound, { steps, batch, seed, starts: seed % 2 === 0 });
        const { lengths, resets, ended, controls } = rowTimes(steps, batch, seed);
        const padded = filled(given.inputs, ended, [Number.NaN, 7e9, Number.NEGATIVE_INFINITY]);
        const present = whole.bound.graph.rows!.map(({ name }) => [name, controls.get(name)!] as const);
        const together = { ...given, inputs: new Map([...padded, ...present]) };
        const runs = (['interpreter', 'js', 'wasm'] as const).map((t) => runProgram(whole, together, t));
        // As numbers: the bits of a NaN are open.
        const [first, ...others] = runs.map(
          ({ lanes }) => new Float32Array(lanes.buffer, lanes.byteOffset, lanes.length),
        );
        for (const other of others) expect(other).toEqual(first);
        const { outputs, adjoint, states } = whole.bound.graph;
        const isReal = (name: string) => adjoint.states.some((state) => state.name === name);
        const pieces = new Map<SequenceGiven, ReturnType<typeof runProgram>>();
        const expected = runRows(
          given,
          { lengths, resets },
          (piece) => {
            const run = runProgram(alone, { ...piece, inputs: piece.inputs }, 'js');
            pieces.set(piece, run);
            const read = (buffer: string, length: number) =>
              Float64Array.from(run.buffer(buffer).subarray(0, length));
            const entries = (id: number) => entriesOf(boundShape(whole.bound.graph, id));
            const arrays = (
              list: readonly { readonly name: string; readonly node: number }[],
              buffer: (name: string) => string,
            ) =>
              new Map(list.map(({ name, node }) => [name, read(buffer(name), piece.steps * entries(node))]));
            const real = states.filter(({ name }) => isReal(name));
            return {
              outputs: arrays(outputs, bufferNames.output),
              values: new Map(),
              finals: new Map(
                real.map(({ name, previous }) => {
                  const slot = entries(previous);
                  const all = run.buffer(bufferNames.state(name));
                  return [
                    name,
                    Float64Array.from(all.subarray(piece.steps * slot, (piece.steps + 1) * slot)),
                  ];
                }),
              ),
              adjoint: {
                gradients: new Map(),
                inputCotangents: arrays(adjoint.inputs, bufferNames.inputCotangent),
                startCotangents: new Map(
                  real.map(({ name, previous }) => [
                    name,
                    read(bufferNames.stateCotangent(name), entries(previous)),
                  ]),
                ),
              },
            };
          },
          Math.fround,
        );
        const same = (name: string, values: Float64Array, at = 0) => {
          const found = Float64Array.from(runs[1]!.buffer(name).subarray(at, at + values.length));
          expect(found, name).toEqual(values);
        };
        for (const [name, values] of expected.outputs) same(bufferNames.output(name), values);
        for (const [name, values] of expected.finals)
          same(bufferNames.state(name), values, steps * values.length);
        for (const [name, values] of expected.adjoint!.inputCotangents) {
          const entries = values.length / ended.length;
          const found = [...runs[1]!.buffer(bufferNames.inputCotangent(name)).subarray(0, values.length)];
          // Zeros in padding may have either sign.
          const unsigned = found.map((x, i) => (ended[Math.floor(i / entries)] === 1 ? x + 0 : x));
          expect(unsigned, name).toEqual([...values]);
        }
        for (const [name, values] of expected.adjoint!.startCotangents)
          same(bufferNames.stateCotangent(name), values);
      }),
      { numRuns: 12, seed: 40_002, endOnFailure: true },
    );
  });
});
