/*
 * Real numbers to some 2600 bits, with exponents without a bound: mantissa * 2^exponent. The mathematical meaning of an
 * expression, where f64 overflows or cancels: enough bits for 1 + exp(-800) less 1.
 */

export interface Precise {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const BITS = 2600;
/** Halvings of an argument beyond 1, and so many terms of a series, that the rest is below the last bit. */
const HALVINGS = 64;
const TERMS = 40;

const lengthOf = (x: bigint): number => (x < 0n ? -x : x).toString(16).length * 4;

function rounded(mantissa: bigint, exponent: number): Precise {
  if (mantissa === 0n) return { mantissa, exponent: 0 };
  const excess = lengthOf(mantissa) - BITS;
  return excess <= 0
    ? { mantissa, exponent }
    : { mantissa: mantissa >> BigInt(excess), exponent: exponent + excess };
}

export const zero: Precise = { mantissa: 0n, exponent: 0 };

/** Exactly a number of f64. */
export function precise(x: number): Precise {
  if (!Number.isFinite(x)) throw new Error(`${x} is not a number`);
  let exponent = 0;
  let scaled = x;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    exponent--;
  }
  return { mantissa: BigInt(scaled), exponent };
}

export const one = precise(1);

export function add(a: Precise, b: Precise): Precise {
  if (a.mantissa === 0n) return b;
  if (b.mantissa === 0n) return a;
  const [low, high] = a.exponent <= b.exponent ? [a, b] : [b, a];
  const shift = high.exponent - low.exponent;
  // What lies far below the last bit of the other does not show.
  if (shift > 4 * BITS)
    return lengthOf(high.mantissa) + shift > lengthOf(low.mantissa) + 2 * BITS ? high : low;
  return rounded(low.mantissa + (high.mantissa << BigInt(shift)), low.exponent);
}

export const negative = ({ mantissa, exponent }: Precise): Precise => ({ mantissa: -mantissa, exponent });
export const subtract = (a: Precise, b: Precise): Precise => add(a, negative(b));
export const multiply = (a: Precise, b: Precise): Precise =>
  rounded(a.mantissa * b.mantissa, a.exponent + b.exponent);

export function divide(a: Precise, b: Precise): Precise {
  const shift = BITS + lengthOf(b.mantissa);
  return rounded((a.mantissa << BigInt(shift)) / b.mantissa, a.exponent - shift - b.exponent);
}

export const isNegative = ({ mantissa }: Precise): boolean => mantissa < 0n;

/** The nearest f64, near enough; infinite or 0 beyond its range. */
export function toNumber({ mantissa, exponent }: Precise): number {
  const excess = Math.max(0, lengthOf(mantissa) - 60);
  const leading = Number(mantissa >> BigInt(excess));
  // In two steps, so that subnormal results are reached.
  const half = Math.trunc((exponent + excess) / 2);
  return leading * 2 ** half * 2 ** (exponent + excess - half);
}

/** e^x by its series at x/2^k, squared k times. */
export function exponential(x: Precise): Precise {
  const halvings = Math.max(0, lengthOf(x.mantissa) + x.exponent + HALVINGS);
  const small = { mantissa: x.mantissa, exponent: x.exponent - halvings };
  let sum = one;
  let term = one;
  for (let n = 1; n < TERMS; n++) {
    term = divide(multiply(term, small), precise(n));
    sum = add(sum, term);
  }
  for (let i = 0; i < halvings; i++) sum = multiply(sum, sum);
  return sum;
}

/** ln x for x > 0: Newton's steps of third order from what f64 says. */
export function logarithm(x: Precise): Precise {
  if (x.mantissa <= 0n) throw new Error('the logarithm of a number that is not positive');
  const bits = lengthOf(x.mantissa);
  const leading = Number(x.mantissa >> BigInt(Math.max(0, bits - 60)));
  let y = precise(Math.log(leading) + (x.exponent + Math.max(0, bits - 60)) * Math.LN2);
  for (let i = 0; i < 4; i++) {
    const e = exponential(y);
    y = add(y, divide(multiply(precise(2), subtract(x, e)), add(x, e)));
  }
  return y;
}

/** Of x >= 0, by Newton's steps. */
export function squareRoot(x: Precise): Precise {
  if (x.mantissa === 0n) return zero;
  return exponential(multiply(precise(0.5), logarithm(x)));
}
