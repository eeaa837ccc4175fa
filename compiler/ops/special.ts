/* Functions of the normal distribution in f64, to a few units of the last place; JavaScript has none of them. */

const INVERSE_ROOT_PI = 0.5641895835477563;

/**
 * exp(-x*x) without the error that rounding x*x would bring: the high half of x has an exact square.
 */
function gaussian(x: number): number {
  const high = Math.fround(x);
  return Math.exp(-high * high) * Math.exp(-(x - high) * (x + high));
}

/** erf for 0 <= x < 1: 2/sqrt(pi) * exp(-x*x) * sum of 2^n x^(2n+1) / (1*3*...*(2n+1)); all terms are positive. */
function erfSeries(x: number): number {
  let term = x;
  let sum = 0;
  for (let n = 1; term > sum * 1e-17; n += 1) {
    sum += term;
    term *= (2 * x * x) / (2 * n + 1);
  }
  return 2 * INVERSE_ROOT_PI * gaussian(x) * sum;
}

/** exp(x*x) * erfc(x) for x >= 0; beyond 1 by its continued fraction x + 0.5/(x + 1/(x + 1.5/(x + ...))). */
function scaledErfc(x: number): number {
  if (x < 1) return (1 - erfSeries(x)) / gaussian(x);
  let tail = x;
  for (let n = 12 + Math.ceil(200 / (x * x)); n > 0; n -= 1) tail = x + n / 2 / tail;
  return INVERSE_ROOT_PI / tail;
}

export function erf(x: number): number {
  const distance = Math.abs(x);
  if (distance < 1) return Math.sign(x) * erfSeries(distance);
  if (distance > 6) return Math.sign(x);
  return Math.sign(x) * (1 - gaussian(x) * scaledErfc(distance));
}

/** Probability that a standard normal number is at most x; relative accuracy also far on the negative side. */
export function normalDistribution(x: number): number {
  if (Math.abs(x) > 40) return x < 0 ? 0 : 1;
  const high = Math.fround(x);
  const density = Math.exp(-0.5 * high * high) * Math.exp(-0.5 * (x - high) * (x + high));
  const tail = 0.5 * density * scaledErfc(Math.abs(x) * Math.SQRT1_2);
  return x < 0 ? tail : 1 - tail;
}
