import { describe, expect, it } from 'vitest';
import { instantiateSync } from '../../runtime/index.ts';
import { numbersFrom } from '../support/numbersFrom.ts';
import { example } from './streamCells.ts';

const bits = (values: Float32Array | Int32Array): Int32Array => new Int32Array(values.slice().buffer);
const lstm = (batch: number, window: number, training: boolean) =>
  example('lstm.rnn', { sizes: { I: 3, H: 5 }, batch, window, training, profile: 'separate' });

describe.each([
  { batch: 1, window: 1, training: false },
  { batch: 3, window: 1, training: false },
  { batch: 2, window: 7, training: true },
])('steps of %j', ({ batch, window, training }) => {
  const T = 20;
  const next = numbersFrom(7);
  const inputs = Float32Array.from({ length: T * batch * 3 }, next);
  const at = (t: number) => inputs.subarray(t * batch * 3, (t + 1) * batch * 3);
  const open = () => instantiateSync(lstm(batch, window, training), { seed: 2 });

  it('in place have the bits of steps with arguments, and of a sweep', () => {
    const [whole, given, placed] = [open(), open(), open()];
    const expected = whole.evaluate(inputs, T, { collect: true }).outputs.h!;
    for (let t = 0; t < T; t++) {
      const row = expected.subarray(t * batch * 5, (t + 1) * batch * 5);
      expect(bits(given.step(at(t)).h!)).toEqual(bits(row));
      placed.inputs.x!.set(at(t));
      expect(bits(placed.step().h!)).toEqual(bits(row));
      expect(bits(placed.states.h!.current)).toEqual(bits(row));
    }
    expect(placed.stepCounters).toEqual(new Int32Array(batch).fill(T));
  });

  it('go on after a sweep, and a sweep after them', () => {
    if (window === 1) return;
    const [whole, mixed] = [open(), open()];
    const expected = whole.evaluate(inputs, T, { collect: true }).outputs.h!;
    const found: number[] = [];
    for (let t = 0; t < T; ) {
      const steps = t % 2 === 0 ? Math.min(window - 1, T - t) : 1;
      if (steps > 1) {
        const part = inputs.subarray(t * batch * 3, (t + steps) * batch * 3);
        found.push(...mixed.forward(part, steps).h!);
      } else found.push(...mixed.step(at(t)).h!);
      t += steps;
    }
    expect(bits(Float32Array.from(found))).toEqual(bits(expected));
  });
});

it('hands out the same arrays at every step', () => {
  const instance = instantiateSync(lstm(1, 1, false));
  const { h } = instance.step([1, 2, 3]);
  const { current } = instance.states.h!;
  expect(instance.step({ x: [3, 2, 1] }).h).toBe(h);
  expect(instance.states.h!.current).toBe(current);
});

it('refuses an index out of range that was written in place, before anything runs', () => {
  const model = example('char_model.rnn', { sizes: { V: 4, D: 2, H: 3 }, training: false });
  const [instance, other] = [instantiateSync(model), instantiateSync(model)];
  instance.step([1]);
  other.step([1]);
  for (const wrong of [4, -1]) {
    instance.inputs.token![0] = wrong;
    expect(() => instance.step()).toThrow(
      `RNN503  input token at step 0, row 0 is ${wrong}; it must be a whole number from 0 to 3.`,
    );
  }
  instance.inputs.token![0] = 2;
  expect(bits(instance.step().logits!)).toEqual(bits(other.step([2]).logits!));
});

it('takes new weights after parametersChanged() only', () => {
  const instance = instantiateSync(lstm(1, 1, false), { seed: 1 });
  const other = instantiateSync(lstm(1, 1, false), { seed: 2 });
  instance.step([0, 0, 0]);
  for (const [name, values] of Object.entries(other.parameters)) instance.parameters[name]!.set(values);
  instance.parametersChanged();
  instance.start();
  expect(bits(instance.step([1, 2, 3]).h!)).toEqual(bits(other.step([1, 2, 3]).h!));
});
