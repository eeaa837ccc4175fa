import { describe, expect, it } from 'vitest';
import {
  add,
  divide,
  exponential,
  logarithm,
  multiply,
  precise,
  squareRoot,
  subtract,
  toNumber,
} from './precise.ts';

/* The reference against digits from tables (e and ln 2 to 40 places), and against laws. */
const digits = (text: string) => {
  const [whole, part] = text.split('.') as [string, string];
  return divide(
    { mantissa: BigInt(whole + part), exponent: 0 },
    { mantissa: 10n ** BigInt(part.length), exponent: 0 },
  );
};
const near = (a: ReturnType<typeof precise>, b: ReturnType<typeof precise>, within: number) =>
  expect(Math.abs(toNumber(divide(subtract(a, b), b)))).toBeLessThan(within);

describe('precise arithmetic', () => {
  it('knows e and ln 2', () => {
    near(exponential(precise(1)), digits('2.7182818284590452353602874713526624977572'), 1e-39);
    near(logarithm(precise(2)), digits('0.6931471805599453094172321214581765680755'), 1e-39);
  });

  it.each([-1000, -3.7, -1e-9, 0.25, 12, 1000])('exp(%d)*exp(-x) is 1, and log undoes exp', (x) => {
    near(multiply(exponential(precise(x)), exponential(precise(-x))), precise(1), 1e-60);
    near(logarithm(exponential(precise(x))), precise(x), 1e-60);
  });

  it('keeps what f64 loses', () => {
    const tiny = exponential(precise(-100));
    near(subtract(add(precise(1), tiny), precise(1)), tiny, 1e-30);
    expect(toNumber(squareRoot(precise(6.25)))).toBeCloseTo(2.5, 15);
    expect(toNumber(precise(-0.1))).toBe(-0.1);
    expect(toNumber(exponential(precise(-740)))).toBe(Math.exp(-740));
    expect(toNumber(exponential(precise(800)))).toBe(Number.POSITIVE_INFINITY);
  });
});
