import { describe, expect, it } from 'vitest';
import {
  adam,
  clipByGlobalNorm,
  clipByParameterNorm,
  type Instance,
  instantiateSync,
  sgd,
  trainEpoch,
  windows,
} from '../../runtime/index.ts';
import { kernelsFor } from '../../runtime/kernels.ts';
import { layoutOf } from '../../runtime/optimisers/layout.ts';
import { elmanCell, sizes } from './elmanCell.ts';
import { wave } from './linearReference.ts';

const T = 30;
const batch = 2;
const inputs = Float32Array.from(wave(T * batch * sizes.I, 0.7));
const targets = Float32Array.from(wave(T * batch * sizes.H, 1.1), (value) => value / 2);
const sequence = { inputs, targets, steps: T };
const live = (window: number, training = true) =>
  instantiateSync(elmanCell({ batch, window, training }), { seed: 3 });

/** Largest difference of any entry, by parameter. */
function difference(a: Readonly<Record<string, ArrayLike<number>>>, b: typeof a): number {
  return Math.max(
    ...Object.keys(a).flatMap((name) => Array.from(a[name]!, (value, i) => Math.abs(value - b[name]![i]!))),
  );
}

function wholeGradient(): { loss: number; gradients: Readonly<Record<string, Float32Array>> } {
  const cell = live(T);
  cell.forward(inputs, T, { targets });
  const loss = cell.meanLoss();
  cell.backward();
  return { loss, gradients: cell.gradients };
}

/** Mean loss in f64, by the equations of the cell; the parameters of `cell`, `change` added to one entry. */
function lossByHand(cell: Instance, name: string, entry: number, change: number): number {
  const p = Object.fromEntries(
    Object.entries(cell.parameters).map(([key, values]) => [key, Float64Array.from(values)]),
  );
  p[name]![entry]! += change;
  const { I, H } = sizes;
  let loss = 0;
  for (let row = 0; row < batch; row++) {
    let h: ArrayLike<number> = p.h0!;
    for (let t = 0; t < T; t++) {
      const x = (at: number, i: number) => (at < 0 ? 0 : inputs[(at * batch + row) * I + i]!);
      h = Float64Array.from({ length: H }, (_, j) => {
        let z = 0;
        for (let i = 0; i < I; i++) z += p.W![j * I + i]! * x(t, i) + p.V![j * I + i]! * x(t - 1, i);
        for (let k = 0; k < H; k++) z += p.U![j * H + k]! * h[k]!;
        return Math.tanh(z);
      });
      for (let j = 0; j < H; j++) loss += (h[j]! - targets[(t * batch + row) * H + j]!) ** 2;
    }
  }
  return loss / (T * batch);
}

describe('a compiled cell', () => {
  it('has the gradient that differences of its equations have', () => {
    const { loss, gradients } = wholeGradient();
    const cell = live(T);
    expect(loss).toBeCloseTo(lossByHand(cell, 'W', 0, 0), 5);
    for (const name of Object.keys(gradients)) {
      gradients[name]!.forEach((value, i) => {
        const slope = (lossByHand(cell, name, i, 1e-5) - lossByHand(cell, name, i, -1e-5)) / 2e-5;
        expect(value).toBeCloseTo(slope, 4);
      });
    }
  });

  it('has windows that sum to the whole when k2 reaches over all steps', () => {
    const whole = wholeGradient();
    for (const k1 of [1, 4, 7, 30]) {
      const cell = live(T);
      const sum = Object.fromEntries(
        Object.entries(whole.gradients).map(([name, values]) => [name, new Float64Array(values.length)]),
      );
      let loss = 0;
      for (const window of windows(cell, sequence, { k1, k2: T })) {
        const share = window.count / (T * batch);
        loss += window.loss * share;
        for (const name of Object.keys(sum)) {
          cell.gradients[name]!.forEach((value, i) => {
            sum[name]![i]! += value * share;
          });
        }
      }
      expect(loss).toBeCloseTo(whole.loss, 6);
      expect(difference(sum, whole.gradients)).toBeLessThan(1e-5);
    }
  });

  it('gives the same bits whole, in windows, chunk by chunk and step by step', () => {
    const whole = live(T).forward(inputs, T).h!;
    for (const window of [1, 4, 7]) {
      const evaluation = live(window, false).evaluate(inputs, T, { targets, collect: true });
      expect(evaluation.outputs.h).toEqual(whole);
      expect(evaluation.loss).toBe(live(T).evaluate(inputs, T, { targets }).loss);
    }
    const stream = live(1, false);
    for (let t = 0; t < T; t++) {
      const stride = batch * sizes.I;
      const { h } = stream.step(inputs.subarray(t * stride, (t + 1) * stride));
      expect(h).toEqual(whole.subarray(t * batch * sizes.H, (t + 1) * batch * sizes.H));
    }
    const cell = live(8);
    const outputs = Array.from(windows(cell, sequence, { k1: 4, k2: 7 }), (window) => [...window.outputs.h!]);
    expect(outputs.flat()).toEqual([...whole]);
  });

  it('carries x_prev with a snapshot, and forgets it where a row begins anew', () => {
    const cell = live(8);
    cell.forward(inputs.subarray(0, 20), 5);
    const snapshot = structuredClone(cell.saveState());
    const row = inputs.subarray(20, 24);
    const after = cell.step(row).h!.slice();
    cell.restoreState(snapshot);
    cell.start([1]);
    const mixed = cell.step(row).h!.slice();
    const fresh = live(1).step(row).h!;
    expect(mixed.subarray(0, 3)).toEqual(after.subarray(0, 3));
    expect(mixed.subarray(3)).toEqual(fresh.subarray(3));
    expect(Object.keys(cell.states)).toEqual(['h']);
  });

  it('learns, the same bits for the same seed', () => {
    const train = () => {
      const cell = live(10);
      const optimiser = adam({ learningRate: 0.02 });
      const clip = clipByGlobalNorm(1);
      const losses: number[] = [];
      for (let i = 0; i < 60; i++)
        losses.push(trainEpoch(cell, sequence, { k1: 5, k2: 10, optimiser, clip }).loss);
      return losses;
    };
    const losses = train();
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
    expect(train()).toEqual(losses);
  });

  it.each([
    ['adam', () => adam({ learningRate: 0.02 }), () => clipByGlobalNorm(0.1)],
    ['sgd', () => sgd({ learningRate: 0.02, momentum: 0.9 }), () => clipByParameterNorm(0.05)],
  ])('learns by %s to the same bits in every target, in WebAssembly by kernels', (_, optimiserOf, clipOf) => {
    const train = (target: 'interpreter' | 'js' | 'wasm') => {
      const cell = instantiateSync(elmanCell({ batch, window: 7, training: true, target }), { seed: 4 });
      const clip = clipOf();
      trainEpoch(cell, sequence, { k1: 5, k2: 7, optimiser: optimiserOf(), clip });
      expect(clip.report.clipped).toBeGreaterThan(0);
      const byKernels = kernelsFor(cell.gradients.W!)?.room?.tenant !== undefined;
      expect(byKernels).toBe(target === 'wasm');
      // All parameters stand side by side, so that one call updates them.
      expect(layoutOf(cell)?.runs.length).toBe(target === 'wasm' ? 1 : undefined);
      return Object.values(cell.parameters).map((values) => [...values]);
    };
    expect(train('js')).toEqual(train('wasm'));
    expect(train('interpreter')).toEqual(train('wasm'));
  });

  it('says in its own words what it wants', () => {
    expect(() => live(8).forward([1, 2], 3)).toThrow(
      /input x must hold 12 numbers, \[steps, batch, I\] with steps = 3, batch = 2, I = 2; it holds 2\./,
    );
  });
});
