import { describe, expect, test } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { instantiateSync, type Values } from '../../runtime/index.ts';
import { seeded } from '../support/randomValues.ts';
import { cells, sizesOf } from './cells.ts';

const [steps, batch, S] = [4, 3, 5];
const random = seeded(3);
const numbers = (length: number) => Float32Array.from({ length }, () => 2 * random() - 1);
const made = (text: string, most: number, rows = batch, target: 'js' | 'wasm' = 'wasm') =>
  instantiateSync(
    compile(
      { name: 'a.rnn', text },
      {
        sizes: { ...sizesOf(text), ...(text.includes('over S') ? { S: most } : {}) },
        batch: rows,
        window: steps,
        inputCotangents: true,
        target,
        profile: 'separate',
      },
    ),
    { seed: 1 },
  );
const attention = cells.attention!;
const x = numbers(steps * batch * 2);
const memory = numbers(batch * S * 2);
const counts = [5, 2, 0];
const weights = { h: numbers(steps * batch * 3), a: numbers(steps * batch * S) };

/** Entries of row b, of arrays [outer, batch, inner]. */
const rowOf = (values: ArrayLike<number>, row: number, outer: number, rows = batch) => {
  const inner = values.length / (outer * rows);
  return Array.from({ length: outer }, (_, t) =>
    Array.from({ length: inner }, (_, e) => values[(t * rows + row) * inner + e]!),
  ).flat();
};

describe('a row with fewer entries', () => {
  /** Beyond a row's entries, what would show. */
  const padded = (padding: number) =>
    memory.map((value, i) => (Math.floor(i / 2) % S < counts[Math.floor(i / (2 * S))]! ? value : padding));
  const run = (M: Float32Array, target: 'js' | 'wasm' = 'wasm') => {
    const cell = made(attention, S, batch, target);
    cell.setInputs({ M }, { entries: { S: counts } });
    const { h, a } = cell.forward({ x }, steps);
    const outputs = { h: h!.slice(), a: a!.slice() };
    cell.backward({ outputCotangents: weights });
    return { outputs, cell, gradients: Object.values(cell.gradients).map((g) => g.slice()) };
  };

  test('does not see what stands beyond them, NaN neither; nothing of it is in any gradient', () => {
    const [zeros, nan, infinite] = [0, Number.NaN, Number.POSITIVE_INFINITY].map((p) => run(padded(p)));
    for (const other of [nan!, infinite!]) {
      expect(other.outputs).toEqual(zeros!.outputs);
      expect(other.gradients).toEqual(zeros!.gradients);
      expect(other.cell.inputCotangents).toEqual(zeros!.cell.inputCotangents);
    }
    const arriving = rowOf(zeros!.cell.inputCotangents.M!, 1, 1);
    expect(arriving.slice(0, 4).every((value) => value !== 0)).toBe(true);
    expect(arriving.slice(4).every((value) => Object.is(Math.abs(value), 0))).toBe(true);
  });

  test('gives the bits of the short memory alone: outputs, states, cotangents of rows', () => {
    const all = run(padded(Number.NaN));
    for (const [row, count] of counts.entries()) {
      if (count === 0) continue;
      const alone = made(attention, count, 1);
      alone.setInputs(memory.slice(row * S * 2, (row * S + count) * 2));
      const { h, a } = alone.forward({ x: rowOf(x, row, steps) }, steps);
      expect([...h!]).toEqual(rowOf(all.outputs.h, row, steps));
      const shares = rowOf(all.outputs.a, row, steps);
      for (let t = 0; t < steps; t++) {
        expect([...a!.slice(t * count, (t + 1) * count)]).toEqual(shares.slice(t * S, t * S + count));
        expect(shares.slice(t * S + count, (t + 1) * S)).toEqual(Array(S - count).fill(0));
      }
      const arriving = rowOf(weights.a, row, steps).filter((_, i) => i % S < count);
      alone.backward({ outputCotangents: { h: rowOf(weights.h, row, steps), a: arriving } });
      expect([...alone.inputCotangents.x!]).toEqual(rowOf(all.cell.inputCotangents.x!, row, steps));
      expect([...alone.inputCotangents.M!]).toEqual(
        rowOf(all.cell.inputCotangents.M!, row, 1).slice(0, count * 2),
      );
      expect([...alone.startCotangents.h!]).toEqual(rowOf(all.cell.startCotangents.h!, row, 1));
    }
  });

  test('with none at all attends to nothing', () => {
    const { outputs, cell } = run(padded(Number.NaN));
    expect(rowOf(outputs.a, 2, steps)).toEqual(Array(steps * S).fill(0));
    expect(rowOf(cell.inputCotangents.M!, 2, 1).every((value) => Math.abs(value) === 0)).toBe(true);
    for (const values of [...Object.values(cell.gradients), outputs.h]) {
      expect(values.every(Number.isFinite)).toBe(true);
    }
    expect(rowOf(outputs.h, 2, steps).every((value) => value !== 0)).toBe(true);
  });
});

describe('what is given once per sequence', () => {
  test('stays from window to window and from step to step; the bits are those of one window', () => {
    const [whole, steady] = [made(attention, S), made(attention, S)];
    whole.setInputs({ M: memory });
    steady.setInputs({ M: memory });
    const { h } = whole.forward({ x }, steps);
    const got: number[] = [];
    for (let t = 0; t < steps; t++) {
      const part = x.slice(t * batch * 2, (t + 1) * batch * 2);
      got.push(...(t % 2 === 0 ? steady.step({ x: part }).h! : steady.forward({ x: part }, 1).h!));
    }
    expect(got).toEqual([...h!]);
  });

  test('is given row by row where sequences begin at different times', () => {
    const [one, other] = [made(attention, S), made(attention, S)];
    const M = memory.slice();
    one.setInputs({ M }, { entries: { S: [5, 5, 3] } });
    one.step({ x: x.slice(0, 6) });
    const fresh = numbers(S * 2);
    one.setInputs({ M: fresh }, { rows: [1], entries: { S: [4] } });
    one.start([1]);
    const got = one.step({ x: x.slice(6, 12) }).h!.slice();
    M.set(fresh, S * 2);
    other.setInputs({ M: memory }, { entries: { S: [5, 5, 3] } });
    other.step({ x: x.slice(0, 6) });
    other.setState({ h: [...other.getState().h!].map((v, i) => (Math.floor(i / 3) === 1 ? 0 : v)) });
    other.setInputs({ M }, { entries: { S: [5, 4, 3] } });
    expect(other.step({ x: x.slice(6, 12) }).h).toEqual(got);
  });

  test('goes into start values, and follows the parameters', () => {
    const cell = made(cells['a vector per sequence']!, 1);
    const s = numbers(batch * 2);
    cell.setInputs(s);
    cell.forward({ x }, steps);
    const first = cell.states.h!.start.slice();
    const { V } = cell.parameters;
    first.forEach((value, i) => {
      const [row, k] = [Math.floor(i / 3), i % 3];
      const sum = V![k * 2]! * s[row * 2]! + V![k * 2 + 1]! * s[row * 2 + 1]!;
      expect(value).toBeCloseTo(Math.tanh(sum), 5);
    });
    V!.fill(0);
    cell.parametersChanged();
    cell.start();
    cell.forward({ x }, steps);
    expect([...cell.states.h!.start]).toEqual(Array(batch * 3).fill(0));
  });

  test('is refused where it is missing, wrong, or given with the steps', () => {
    const cell = made(attention, S);
    const thrown = (action: () => void) => {
      try {
        action();
      } catch (error) {
        return (error as Error).message;
      }
      return 'nothing';
    };
    expect(thrown(() => cell.forward({ x }, steps))).toMatch(
      /^RNN560 .*setInputs\(\{ M \}\).*\[batch, S, D\]/,
    );
    expect(thrown(() => cell.step({ x: x.slice(0, 6) }))).toMatch(/^RNN560/);
    expect(thrown(() => cell.forward({ x, M: memory } as Values, steps))).toMatch(/^RNN562/);
    expect(thrown(() => cell.setInputs({ M: memory.slice(1) }))).toMatch(/^RNN501/);
    expect(thrown(() => cell.setInputs({ N: memory }))).toMatch(/^RNN504/);
    expect(thrown(() => cell.setInputs({ M: memory }, { entries: { D: [1, 1, 1] } }))).toMatch(/^RNN504/);
    expect(thrown(() => cell.setInputs({ M: memory }, { entries: { S: [1, 6, 1] } }))).toMatch(
      /^RNN561 .*row 1 are 6/,
    );
    expect(thrown(() => cell.setInputs({ M: memory }, { rows: [3] }))).toMatch(/^RNN50[19]/);
    expect(thrown(() => cell.setInputs({ M: memory }, { lengths: 1 } as object))).toMatch(/^RNN518/);
    cell.setInputs({ M: memory });
    expect(thrown(() => cell.forward({ x }, steps))).toBe('nothing');
  });
});

test('declarations of a compiled cell name what is given once per sequence', async () => {
  const { bundleModule } = await import('../../compiler/module/bundle.ts');
  const { dts } = bundleModule(
    compile({ name: 'a.rnn', text: attention }, { sizes: { I: 2, H: 3, D: 2, S }, target: 'js' }),
  );
  expect(dts).toContain(
    'export type SequenceInputs = {\n  /** [S, D] = [5, 2] */\n  readonly "M": Float32Array;',
  );
  expect(dts).toContain('readonly sequenceInputs: SequenceInputs;');
});
