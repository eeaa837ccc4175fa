import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { type Instance, instantiateSync, sgd, trainEpoch, windows } from '../../runtime/index.ts';

/** Looks at all that a row carries: a state with a learned start, a lag, the last token, the number of the step. */
const text = `cell Rows(H) {
  input x: [H], token: index(5) = 3
  target y: [H]
  param E: [5, H] ~ normal(0, 1)
  param U: [H, H] ~ orthogonal
  param h0: [H] ~ normal(0, 1)
  state h: [H] = h0
  h = tanh(x + U @ h_prev + E[token] - E[token_prev] + 0.5*E[prev(token, 3)] + 0.1*step + 0.5*prev(h, 2) + 0.3*prev(x, 2))
  output h, n = step
  loss sum((h - y)^2)
}
`;

const H = 3;
const steps = 7;
const batch = 3;
const lengths = [7, 3, 5];
const resets = Array.from({ length: steps * batch }, (_, i) => [4 * 3, 2 * 3 + 2, 3 * 3 + 2].includes(i));
/** Row by row, the steps of each sequence. */
const sequences = [
  { row: 0, from: 0, to: 4 },
  { row: 0, from: 4, to: 7 },
  { row: 1, from: 0, to: 3 },
  { row: 2, from: 0, to: 2 },
  { row: 2, from: 2, to: 3 },
  { row: 2, from: 3, to: 5 },
];

const open = (rows: number, window: number, apart = true): Instance =>
  instantiateSync(
    compile(
      { name: 'rows.rnn', text },
      { target: 'js', sizes: { H }, batch: rows, window, ...(apart ? { lengths: true, resets: true } : {}) },
    ),
    { seed: 5 },
  );

const isPadding = (i: number) => Math.floor(i / batch) >= lengths[i % batch]!;
const real = (k: number) =>
  Float32Array.from({ length: steps * batch * H }, (_, i) =>
    isPadding(Math.floor(i / H)) ? Number.NaN : Math.sin(k * i + 1),
  );
const data = {
  x: real(3),
  y: real(2),
  token: Array.from({ length: steps * batch }, (_, i) => (isPadding(i) ? 1e9 : (i * 7) % 5)),
};
const cut = (values: ArrayLike<number>, { row, from, to }: (typeof sequences)[number]) => {
  const entries = values.length / (steps * batch);
  return Array.from({ length: to - from }, (_, t) =>
    Array.from(values).slice(((from + t) * batch + row) * entries, ((from + t) * batch + row + 1) * entries),
  ).flat();
};

describe('rows of different lengths that begin anew', () => {
  it.each([7, 3, 1])('have the bits of their sequences alone, in windows of %i', (window) => {
    const together = open(batch, window);
    const { x, y, token } = data;
    const { outputs, loss } = together.evaluate({ x, token }, steps, {
      targets: y,
      lengths,
      resets,
      collect: true,
    });
    let sum = 0;
    for (const sequence of sequences) {
      const alone = open(1, steps);
      const count = sequence.to - sequence.from;
      const found = alone.forward({ x: cut(x, sequence), token: cut(token, sequence) }, count, {
        targets: cut(y, sequence),
      });
      for (const name of ['h', 'n']) {
        expect(cut(outputs[name]!, sequence), name).toEqual([...found[name]!]);
      }
      sum += alone.losses.reduce((total, value) => total + value, 0);
      if (sequence.to === lengths[sequence.row]) {
        const { current } = together.states.h!;
        const { row } = sequence;
        expect([...current.subarray(row * H, (row + 1) * H)]).toEqual([...alone.states.h!.current]);
      }
    }
    expect(loss).toBeCloseTo(sum / 15, 5);
    expect([...together.stepCounters]).toEqual([3, 3, 2]);
    for (const name of ['h', 'n']) {
      const { [name]: values } = outputs;
      const entries = values!.length / (steps * batch);
      expect(values!.filter((x, i) => isPadding(Math.floor(i / entries)) && x !== 0)).toHaveLength(0);
    }
  });

  it('give the gradient of their sequences, by the mean of the steps that count', () => {
    const { x, y, token } = data;
    const together = open(batch, steps);
    together.forward({ x, token }, steps, { targets: y, lengths, resets });
    expect(together.meanLoss()).toBeGreaterThan(0);
    together.backward();
    const sum = new Map(Object.keys(together.gradients).map((name) => [name, 0 as number | number[]]));
    for (const sequence of sequences) {
      const alone = open(1, steps, false);
      const count = sequence.to - sequence.from;
      alone.forward({ x: cut(x, sequence), token: cut(token, sequence) }, count, {
        targets: cut(y, sequence),
      });
      alone.backward({ lossScale: count / 15 });
      for (const [name, values] of Object.entries(alone.gradients)) {
        const before = sum.get(name)!;
        sum.set(
          name,
          [...values].map((value, i) => value + (typeof before === 'number' ? 0 : before[i]!)),
        );
      }
    }
    for (const [name, values] of Object.entries(together.gradients)) {
      for (const [i, value] of values.entries())
        expect(value).toBeCloseTo((sum.get(name) as number[])[i]!, 5);
    }
  });

  it('are cut into windows that sum to the whole, and are trained on', () => {
    const { x, y, token } = data;
    const sequence = { inputs: { x, token }, targets: y, steps, lengths, resets };
    const whole = open(batch, steps);
    whole.forward({ x, token }, steps, { targets: y, lengths, resets });
    whole.backward();
    const parts = open(batch, steps);
    const sum = new Map<string, number[]>();
    let count = 0;
    for (const window of windows(parts, sequence, { k1: 2, k2: steps })) {
      count += window.count;
      for (const [name, values] of Object.entries(parts.gradients)) {
        const before = sum.get(name);
        sum.set(
          name,
          [...values].map((value, i) => (before?.[i] ?? 0) + (value * window.count) / 15),
        );
      }
    }
    expect(count).toBe(15);
    for (const [name, values] of Object.entries(whole.gradients)) {
      for (const [i, value] of values.entries()) expect(sum.get(name)![i]!).toBeCloseTo(value, 5);
    }
    const cell = open(batch, steps);
    const epochs = Array.from({ length: 5 }, () =>
      trainEpoch(cell, sequence, { k1: 3, optimiser: sgd({ learningRate: 0.05 }) }),
    );
    expect(epochs[4]!.loss).toBeLessThan(epochs[0]!.loss);
    expect(epochs[0]!.count).toBe(15);
  });

  it.each(['at once', 'from a snapshot'])('without a step are as they were, %s', (when) => {
    const { x, y, token } = data;
    const first = <T extends ArrayLike<number>>(values: T) =>
      Array.from(values).slice(0, (values.length / steps) * 2);
    const cell = open(batch, steps);
    const inputs = { x: first(x), token: first(token) };
    cell.forward(inputs, 2, { targets: first(y), lengths: [2, 0, 1] });
    expect([...cell.stepCounters]).toEqual([2, 0, 1]);
    if (when === 'from a snapshot') {
      const kept = cell.saveState();
      cell.forward(inputs, 2, { targets: first(y), lengths: [2, 2, 0] });
      cell.restoreState(kept);
    }
    cell.parameters.h0!.fill(0.25);
    cell.parametersChanged();
    // Row 1 has not begun: it starts from the parameters of now, and sends its gradient there.
    cell.forward(inputs, 2, { targets: first(y), lengths: [0, 2, 0] });
    cell.backward();
    const alone = open(1, steps);
    alone.parameters.h0!.fill(0.25);
    const sequence = { row: 1, from: 0, to: 2 };
    alone.forward({ x: cut(x, sequence), token: cut(token, sequence) }, 2, { targets: cut(y, sequence) });
    alone.backward();
    expect([...cell.gradients.h0!]).toEqual([...alone.gradients.h0!]);
  });

  it.each([6, 4])('that have ended go on from their own last step, in windows of %i', (window) => {
    const text =
      'cell Back(V) {\n  input token: index(V) = 3, other: index(V) = 0\n  state h: []\n  const e: [V] = (i) -> i + 1\n' +
      '  h = 0.1*h_prev + e[prev(token, 3)] + 10*e[token_prev] + 100*e[prev(other, 2)]\n}\n';
    const made = (rows: number) =>
      instantiateSync(
        compile(
          { name: 'back.rnn', text },
          { target: 'js', sizes: { V: 7 }, batch: rows, window, lengths: true },
        ),
      );
    const tokens = (seed: number) => Int32Array.from({ length: 24 }, (_, i) => (i * seed + 2) % 7);
    const [token, other] = [tokens(3), tokens(5)];
    const part = (values: Int32Array, from: number, to: number) => values.slice(from * 2, to * 2);
    const inputs = (from: number, to: number) => ({
      token: part(token, from, to),
      other: part(other, from, to),
    });
    const together = made(2);
    together.forward(inputs(0, 4), 4, { lengths: [4, 2] });
    together.saveState(1);
    const kept = together.saveState();
    const second = [...together.forward(inputs(4, 8), 4, { lengths: [1, 4] }).h!];
    together.restoreState(kept);
    expect([...together.forward(inputs(4, 8), 4, { lengths: [1, 4] }).h!]).toEqual(second);
    const third = [...together.forward(inputs(8, 12), 4).h!];
    for (const [row, [a, b]] of [
      [4, 1],
      [2, 4],
    ].entries()) {
      const alone = made(1);
      const own = (values: Int32Array) =>
        Array.from({ length: 12 }, (_, t) => values[t * 2 + row]!).filter(
          (_, t) => (t < 4 && t < a!) || (t >= 4 && t < 8 && t - 4 < b!) || t >= 8,
        );
      const [all, others] = [own(token), own(other)];
      const got = all.map((_, t) => alone.step({ token: [all[t]!], other: [others[t]!] }).h![0]!);
      expect(second.filter((_, i) => i % 2 === row).slice(0, b)).toEqual(got.slice(a, a! + b!));
      expect(third.filter((_, i) => i % 2 === row)).toEqual(got.slice(a! + b!));
    }
  });

  it('count no padding, whatever weight it is given', () => {
    const { x, y, token } = data;
    const cell = open(batch, steps);
    cell.forward({ x, token }, steps, { targets: y, lengths, resets });
    const mean = cell.meanLoss();
    expect(cell.meanLoss(new Float32Array(steps * batch).fill(2))).toBeCloseTo(mean, 6);
    expect(cell.losses.filter((value, i) => isPadding(i) && value !== 0)).toHaveLength(0);
    cell.backward();
    const { U } = cell.gradients;
    const gradient = [...U!];
    // They were read when they were given.
    const reused = Int32Array.from(lengths);
    cell.start();
    cell.forward({ x, token }, steps, { targets: y, lengths: reused, resets });
    reused.fill(steps);
    expect(cell.meanLoss()).toBe(mean);
    cell.backward();
    expect([...U!]).toEqual(gradient);
    // Without them the next run is of whole rows again.
    const filled = (values: ArrayLike<number>) => Float32Array.from(values, (v) => (v > -9 && v < 9 ? v : 0));
    cell.start();
    cell.forward({ x: filled(x), token: filled(token) }, steps, { targets: filled(y) });
    expect(cell.losses.every((value) => value !== 0)).toBe(true);
  });
});

describe('refuses', () => {
  const few = { x: new Float32Array(2 * batch * H), token: new Int32Array(2 * batch) };
  const call = (options: object, apart = true) => {
    try {
      open(batch, steps, apart).forward(few, 2, options);
    } catch (error) {
      return (error as Error).message;
    }
    return 'nothing';
  };
  it.each([
    [
      { lengths: [1, 1, 1] },
      false,
      'RNN540  Rows was compiled without lengths. Compile it with { lengths: true }',
    ],
    [{ resets: new Uint8Array(6) }, false, 'RNN540  Rows was compiled without resets.'],
    [{ lengths: [1, 1] }, true, 'RNN501  lengths must hold 3 numbers'],
    [{ lengths: [1, 3, 1] }, true, 'RNN509  lengths of row 1 must be whole, from 0 to the steps, 2; got 3'],
    [{ lengths: [1, 0.5, 1] }, true, 'lengths of row 1 must be whole'],
    [{ resets: [true] }, true, 'RNN501  resets must hold 6 numbers'],
    [{ resets: [0, 0, 0, 0, Number.NaN, 0] }, true, 'RNN509  resets at step 1, row 1'],
    [{ length: [1, 1, 1] }, true, 'RNN518'],
  ])('%o', (options, apart, says) => {
    expect(call(options, apart)).toContain(says);
  });

  it('a class number out of range where it is no padding', () => {
    const cell = open(batch, steps);
    const token = [0, 0, 9, 0, 9, 9];
    expect(() => cell.forward({ ...few, token }, 2, { lengths: [2, 1, 0] })).not.toThrow();
    expect(() => cell.forward({ ...few, token }, 2, { lengths: [2, 1, 1] })).toThrow('step 0, row 2');
  });
});

describe('noise', () => {
  const noisy =
    'cell Noisy() {\n  input x: []\n  noise m: [] ~ bernoulli(0.5) per step\n  state h: []\n  h = m*x + 0.5*h_prev\n}\n';
  const source = { name: 'noisy.rnn', text: noisy };

  it('is that of a row alone, in rows of different lengths', () => {
    const options = { target: 'js', window: 6, lengths: true } as const;
    const together = instantiateSync(compile(source, { ...options, batch: 2 }), { seed: 3 });
    const alone = instantiateSync(compile(source, { ...options, batch: 1 }), { seed: 3 });
    const x = Float32Array.from({ length: 12 }, (_, i) => i + 1);
    const odd = x.filter((_, i) => i % 2 === 1);
    const first = [...together.forward(x, 6, { lengths: [6, 2] }).h!].filter((_, i) => i % 2 === 1);
    const second = [...together.forward(x, 6, { lengths: [0, 6] }).h!].filter((_, i) => i % 2 === 1);
    alone.start([0], [1]);
    expect(first).toEqual([...alone.forward(odd.slice(0, 2), 2).h!, 0, 0, 0, 0]);
    expect(second).toEqual([...alone.forward(odd, 6).h!]);
  });
});
