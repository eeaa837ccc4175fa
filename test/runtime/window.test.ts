import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clipByGlobalNorm,
  instantiateSync,
  sgd,
  trainEpoch,
  type Window,
  type WindowPosition,
  windows,
} from '../../runtime/index.ts';
import { linearCell } from './linearCell.ts';
import { linearReference, wave } from './linearReference.ts';

const T = 50;
const x = wave(T, 0.7);
const y = wave(T, 1.3);
const h0 = 0.5;
const w = Math.fround(0.9);
const live = (window = T) => instantiateSync(linearCell({ window, w, start: h0 }));

/** The windows with the gradients of each, parameters held still. */
function run(cell: ReturnType<typeof live>, k1: number, k2: number, lossWeights?: readonly number[]) {
  const sequence = { inputs: x, targets: y, steps: T, ...(lossWeights && { lossWeights }) };
  return Array.from(windows(cell, sequence, { k1, k2 }), (window) => ({
    ...window,
    w: cell.gradients.w![0]!,
    h0: cell.gradients.h0![0]!,
  }));
}

const k1k2 = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 40 }))
  .map(([k1, more]) => [k1, k1 + more] as const);

describe('windows', () => {
  it('send the newest k1 losses back through k2 steps and no further', () => {
    fc.assert(
      fc.property(k1k2, ([k1, k2]) => {
        const all = run(live(60), k1, k2);
        expect(all.length).toBe(Math.ceil(T / k1));
        for (const [i, window] of all.entries()) {
          const first = i * k1;
          const end = Math.min(first + k1, T);
          const from = Math.max(0, end - k2);
          expect(window).toMatchObject({ first, steps: end - first, from, count: end - first });
          const expected = linearReference({ x, y, w, h0 }, { from, first, end });
          expect(window.loss).toBeCloseTo(expected.loss, 5);
          expect(window.w).toBeCloseTo(expected.w, 4);
          expect(window.h0).toBeCloseTo(expected.h0, 5);
        }
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it('weighted by their counts sum to the whole when k2 reaches over all steps', () => {
    const whole = linearReference({ x, y, w, h0 }, { from: 0, first: 0, end: T });
    for (const k1 of [1, 7, 16, 50, 80]) {
      const all = run(live(60), k1, Math.max(k1, T));
      const sum = (of: (window: (typeof all)[number]) => number) =>
        all.reduce((total, window) => total + (of(window) * window.count) / T, 0);
      expect(sum(({ loss }) => loss)).toBeCloseTo(whole.loss, 5);
      expect(sum((window) => window.w)).toBeCloseTo(whole.w, 4);
      expect(sum((window) => window.h0)).toBeCloseTo(whole.h0, 5);
    }
  });

  it('count only the steps that have a weight', () => {
    const last = Array.from({ length: T }, (_, t) => (t === T - 1 ? 2 : 0));
    const all = run(live(), 20, 30, last);
    expect(all.map(({ count, loss, w }) => [count, loss > 0, w !== 0])).toEqual([
      [0, false, false],
      [0, false, false],
      [2, true, true],
    ]);
    const expected = linearReference({ x, y, w, h0 }, { from: 20, first: T - 1, end: T });
    expect(all[2]!.loss).toBeCloseTo(expected.loss, 6);
    expect(all[2]!.w).toBeCloseTo(expected.w, 5);
  });

  it('go on inside a sequence to the bit, from any window, in another instance', () => {
    const sequence = { inputs: x, targets: y, steps: T };
    const learn = (cell: ReturnType<typeof live>) => {
      cell.parameters.w![0]! -= 0.01 * Math.sign(cell.gradients.w![0]!);
    };
    const numbers = ({ loss, first, from }: Window, cell: ReturnType<typeof live>) => [
      first,
      from,
      loss,
      cell.gradients.w![0],
      cell.gradients.h0![0],
    ];
    fc.assert(
      fc.property(k1k2, fc.nat(20), ([k1, k2], stop) => {
        const one = live(60);
        const whole = Array.from(windows(one, sequence, { k1, k2 }), (window) => {
          const seen = numbers(window, one);
          learn(one);
          return seen;
        });
        const before = live(60);
        const parts: unknown[] = [];
        let at: WindowPosition | undefined;
        for (const window of windows(before, sequence, { k1, k2 })) {
          parts.push(numbers(window, before));
          learn(before);
          at = window.next;
          if (parts.length > stop) break;
        }
        if (at !== undefined) {
          const after = instantiateSync(linearCell({ window: 60, w, start: h0 }), {
            weights: before.parameters,
          });
          for (const window of windows(after, sequence, { k1, k2, at })) {
            parts.push(numbers(window, after));
            learn(after);
          }
        }
        expect(parts).toEqual(whole);
        expect(parts.length).toBe(Math.ceil(T / k1));
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('run older steps again with the present parameters, from the state kept at their start', () => {
    const cell = live();
    const sequence = { inputs: [1, 1, 1, 1], targets: [0, 0, 0, 0], steps: 4 };
    const newest: number[] = [];
    for (const { outputs } of windows(cell, sequence, { k1: 1, k2: 2 })) {
      newest.push(outputs.h![0]!);
      cell.parameters.w![0]! *= 2;
      cell.parametersChanged();
    }
    // h_-1 = 0.5. Step 0 with w; steps 0, 1 with 2w from h_-1; steps 1, 2 with 4w from that run's h_0; and so on.
    const first = w * h0 + 1;
    const zeroAgain = 2 * w * h0 + 1;
    const oneAgain = 4 * w * zeroAgain + 1;
    const twoAgain = 8 * w * oneAgain + 1;
    const expected = [first, 2 * w * zeroAgain + 1, 4 * w * oneAgain + 1, 8 * w * twoAgain + 1];
    newest.forEach((value, i) => {
      expect(value / expected[i]!).toBeCloseTo(1, 5);
    });
  });

  it('keep their own state when the instance is used between them', () => {
    const alone = run(live(), 5, 8);
    const cell = live();
    const shared: number[] = [];
    for (const _ of windows(cell, { inputs: x, targets: y, steps: T }, { k1: 5, k2: 8 })) {
      shared.push(cell.gradients.w![0]!);
      cell.evaluate(y, T);
    }
    expect(shared).toEqual(alone.map((window) => window.w));
  });

  it('go on from the state of the sequence before, where asked to', () => {
    const cell = live();
    const half = T / 2;
    const parts = [0, half].map((from) => ({
      inputs: x.slice(from, from + half),
      targets: y.slice(from, from + half),
      steps: half,
    }));
    const losses = parts.flatMap((part, i) =>
      Array.from(windows(cell, part, { k1: 5, carry: i > 0 }), ({ loss }) => loss),
    );
    expect(losses).toEqual(run(live(), 5, 5).map(({ loss }) => loss));
    expect([...cell.stepCounters]).toEqual([T]);
  });

  it('give a learned start its gradient in the window that holds the start, and in no later one', () => {
    const all = run(live(), 5, 5);
    expect(all[0]!.h0).not.toBe(0);
    expect(all.slice(1).every((window) => window.h0 === 0)).toBe(true);
  });
});

describe('trainEpoch', () => {
  it('finds the weight that made the targets', () => {
    const truth = linearReference({ x, y, w: 0.6, h0: 0.2 }, { from: 0, first: 0, end: 1 }).h;
    const cell = instantiateSync(linearCell({ window: 20, w: 0.1 }));
    const clip = clipByGlobalNorm(0.5);
    const optimiser = sgd({ learningRate: 0.2, momentum: 0.5 });
    let epoch = { loss: Number.POSITIVE_INFINITY, count: 0, updates: 0, clipped: 0 };
    for (let i = 0; i < 400; i++) {
      epoch = trainEpoch(cell, { inputs: x, targets: truth, steps: T }, { k1: 10, k2: 20, clip, optimiser });
    }
    expect(epoch.updates).toBe(5);
    expect(epoch.count).toBe(T);
    expect(optimiser.updates).toBe(2000);
    expect(clip.report.updates).toBe(2000);
    expect(epoch.loss).toBeLessThan(1e-6);
    expect(cell.parameters.w![0]).toBeCloseTo(0.6, 3);
    expect(cell.parameters.h0![0]).toBeCloseTo(0.2, 3);
  });
});
