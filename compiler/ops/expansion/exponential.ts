import { apply, type ScalarExpression } from '../expression.ts';
import { add, atLeast, bounded, floor, mul, neg, sub } from '../notation.ts';
import { polynomial } from './polynomial.ts';

/** log(2) in two parts; the first has ten significant bits, so n times it is exact. */
export const LN2_HIGH = 0.693359375;
export const LN2_LOW = -2.1219444005469057e-4;

/** (exp(r) - 1 - r)/r^2 for |r| <= log(2)/2; error relative to exp(r) - 1: 1.4e-8. */
const EXPONENTIAL = [0.49999997, 0.166665465, 0.0416674353, 0.00836625881, 0.00138706539];

/** Beyond these bounds exp is infinite or rounds to 0. */
const OVERFLOW = 89;
const UNDERFLOW = -104;

/** exp(x) = 2^n * (1 + q), |q| <= 0.42, n whole. NaN gives NaN in both. */
export interface Exponential {
  readonly n: ScalarExpression;
  readonly q: ScalarExpression;
}

/** Of `x + low`, where x is a few hundred at most, and low at most 1 in size and given more exactly than x + low can be. */
export function splitExponential(x: ScalarExpression, low?: ScalarExpression): Exponential {
  const n = apply('nearest', mul(low ? add(x, low) : x, Math.LOG2E));
  const rest = sub(x, mul(n, LN2_HIGH));
  const r = low ? add(rest, sub(low, mul(n, LN2_LOW))) : sub(rest, mul(n, LN2_LOW));
  return { n, q: add(r, mul(mul(r, r), polynomial(r, EXPONENTIAL))) };
}

/** 2^n in two factors, so that a product with both rounds once, at the second, when the result is subnormal. */
export function powerInHalves(n: ScalarExpression): [ScalarExpression, ScalarExpression] {
  const half = floor(mul(n, 0.5));
  return [apply('pow2', half), apply('pow2', sub(n, half))];
}

export function exponential(x: ScalarExpression): ScalarExpression {
  return exponentialOfSum(bounded(x, UNDERFLOW, OVERFLOW));
}

/** exp(x) for x <= 0, cheaper: 2^(n + 25) stays in range, and one product with 2^-25 rounds. */
export function exponentialBelowZero(x: ScalarExpression): ScalarExpression {
  const { n, q } = splitExponential(atLeast(x, UNDERFLOW));
  return mul(mul(add(1, q), apply('pow2', add(n, 25))), 2 ** -25);
}

/** exp(x + low), as `splitExponential` takes them. */
export function exponentialOfSum(x: ScalarExpression, low?: ScalarExpression): ScalarExpression {
  const { n, q } = splitExponential(x, low);
  const [first, second] = powerInHalves(n);
  return mul(mul(add(1, q), first), second);
}

/** exp(x) - 1 = second*(first*q + (first - 1/second)), where first*second = 2^n. */
export function exponentialMinusOne(x: ScalarExpression): ScalarExpression {
  const { n, q } = splitExponential(bounded(x, -20, OVERFLOW));
  const half = floor(mul(n, 0.5));
  const rest = sub(n, half);
  const first = apply('pow2', half);
  return mul(apply('pow2', rest), add(mul(first, q), sub(first, apply('pow2', neg(rest)))));
}

/** exp(x) - 1 for -20 <= x <= 88, cheaper. */
export function exponentialMinusOneModerate(x: ScalarExpression): ScalarExpression {
  const { n, q } = splitExponential(x);
  const scale = apply('pow2', n);
  return add(mul(scale, q), sub(scale, 1));
}
