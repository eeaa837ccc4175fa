import { describe, expect, it } from 'vitest';
import { evaluated, live } from './support.ts';

/*
 * Which of two running sums is larger? A linear network of one unit knows, and the same weights behind tanh do not.
 */

const weights = { w_xh: [1, -1], w_hh: [1] };
const sums = (inputs: readonly number[]) => {
  let difference = 0;
  return Array.from({ length: inputs.length / 2 }, (_, t) => {
    difference += inputs[2 * t]! - inputs[2 * t + 1]!;
    return difference;
  });
};

describe('the linear network that tells which sum is larger', () => {
  const x = [2, 1, 0, 2, 1, 4];

  it('gives h = y = 1, -1, -4 for (2, 1), (0, 2), (1, 4)', () => {
    const result = evaluated('lectures/which_sum.rnn', { steps: 3, parameters: weights, inputs: { x } });
    expect([...result.values.get('h')!]).toEqual([1, -1, -4]);
    expect([...result.outputs.get('y')!]).toEqual([1, -1, -4]);
  });

  it.each(['interpreter', 'js', 'wasm'] as const)(
    'gives them in %s too, from the weights in the file',
    (target) => {
      const network = live('lectures/which_sum.rnn', { target, window: 3 });
      expect([...network.forward(x, 3).y!]).toEqual([1, -1, -4]);
      expect([...network.states.h!.slots]).toEqual([0, 1, -1, -4]);
    },
  );

  it('is right about (3, 0), (0, 2)', () => {
    const network = live('lectures/which_sum.rnn', { window: 2 });
    expect([...network.forward([3, 0, 0, 2], 2).y!]).toEqual([3, 1]);
  });
});

describe('its tanh twin', () => {
  const x = [3, 0, 0, 2];

  it('fails on (3, 0), (0, 2): the sums are 3 and 2, and it says the second is larger', () => {
    const result = evaluated('lectures/which_sum_tanh.rnn', { steps: 2, parameters: weights, inputs: { x } });
    const y = result.outputs.get('y')!;
    expect(sums(x)).toEqual([3, 1]);
    expect(y[0]).toBeCloseTo(Math.tanh(3), 14); // 0.995: by how much the first leads is lost
    expect(y[1]).toBeCloseTo(Math.tanh(Math.tanh(3) - 2), 14);
    expect(y[0]).toBeCloseTo(0.9950547536867305, 12);
    expect(y[1]).toBeCloseTo(-0.7636632229871442, 12);
    expect(Math.sign(y[1]!)).not.toBe(Math.sign(sums(x)[1]!));
  });

  it('fails in the kernels too', () => {
    const network = live('lectures/which_sum_tanh.rnn', { window: 2 });
    const { y } = network.forward(x, 2);
    expect(y![0]).toBeCloseTo(0.9950547, 6);
    expect(y![1]).toBeCloseTo(-0.7636632, 6);
  });

  it('is right where no lead is larger than it can hold', () => {
    const network = live('lectures/which_sum_tanh.rnn', { window: 3 });
    const small = [0.5, 0.25, 0, 0.5, 0.5, 0];
    expect(Array.from(network.forward(small, 3).y!, Math.sign)).toEqual(sums(small).map(Math.sign));
  });
});
