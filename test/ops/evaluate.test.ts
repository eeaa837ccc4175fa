import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mathOps } from '../../compiler/ops/math.ts';
import { reference } from './reference.ts';

const call = (name: string, ...args: readonly number[]) => mathOps.get(name)!.evaluate(...args);

describe('the meaning of ops in f64', () => {
  for (const [name, values] of reference) {
    it(`${name} is right to 1e-14`, () => {
      for (const [x, y] of values) {
        const error = Math.abs(call(name, x) - y);
        expect(error, `${name}(${x})`).toBeLessThanOrEqual(1e-14 * Math.abs(y));
      }
    });
  }

  it('erf is odd, and continuous where its formula changes', () => {
    expect(call('erf', -0.7)).toBe(-call('erf', 0.7));
    expect(call('erf', 1) - call('erf', 1 - 2 ** -50)).toBeLessThan(4e-15);
    expect(call('erf', Infinity)).toBe(1);
    expect(call('erf', -30)).toBe(-1);
    expect(call('erf', 0)).toBe(0);
  });

  it.each([
    ['round', [0.5], 0],
    ['round', [1.5], 2],
    ['round', [-2.5], -2],
    ['round', [2 ** 52 + 1], 2 ** 52 + 1],
    ['round', [-0.2], -0],
    ['mod', [7, 3], 1],
    ['mod', [-7, 3], 2],
    ['mod', [7, -3], -2],
    ['mod', [-6, 3], 0],
    ['mod', [1, 0], Number.NaN],
    ['mod', [1, Infinity], Number.NaN],
    ['pow', [0, 2], 0],
    ['pow', [0, -1], Infinity],
    ['pow', [-0, -1], Infinity],
    ['pow', [0, 0], 1],
    ['pow', [1, Infinity], 1],
    ['pow', [-2, 2], Number.NaN],
    ['pow', [Number.NaN, 0], Number.NaN],
    ['masked_mul', [0, Infinity], 0],
    ['masked_mul', [0, Number.NaN], 0],
    ['masked_mul', [2, 3], 6],
    ['select', [0, Number.NaN, 5], 5],
    ['select', [-2, 4, Number.NaN], 4],
    ['less', [Number.NaN, 1], 0],
    ['and', [Number.NaN, 1], 1],
    ['not', [Number.NaN], 0],
    ['max', [Number.NaN, 1], Number.NaN],
    ['clamp', [5, 0, 1], 1],
    ['clamp', [-5, 0, 1], 0],
    ['leaky_relu', [-2], -0.02],
    ['silu', [-Infinity], -0],
    ['gelu', [-Infinity], -0],
    ['gelu', [Infinity], Infinity],
    ['softplus', [800], 800],
    ['log_sigmoid', [-800], -800],
    ['sign', [-3], -1],
  ])('%s%j is %d', (name, args, expected) => {
    expect(call(name, ...args)).toBe(expected);
  });

  it('round goes to the nearest whole number', () => {
    const even = (x: number) => {
      const away = Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
      return Math.abs(x % 1) === 0.5 ? 2 * Math.trunc(away / 2) : away;
    };
    fc.assert(
      fc.property(fc.integer({ min: -4000, max: 4000 }), (quarters) => {
        expect(call('round', quarters / 4) + 0).toBe(even(quarters / 4) + 0);
      }),
      { seed: 12, numRuns: 300 },
    );
  });
});
