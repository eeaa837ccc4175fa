import type { ScalarExpression } from '../expression.ts';
import { abs, add, atLeast, atMost, div, floor, less, mul, neg, select, sub } from '../notation.ts';
import { powerInHalves, splitExponential } from './exponential.ts';
import { polynomial } from './polynomial.ts';

/** erf(x)/x - 1 in x^2 for |x| <= 1; error relative to erf(x): 1e-9. */
const ERF = [
  0.128379166, -0.37612626, 0.112835787, -0.0268533472, 0.0051871622, -0.00079978531, 7.80690389e-5,
];

/** (Phi(x) - 1/2)/x in x^2 for |x| <= 1; error relative to 1 - Phi(|x|): 3e-9. */
const MIDDLE = [0.398942292, -0.0664905384, 0.00997416303, -0.00118801999, 0.000115018833, -8.16956344e-6];

/** (a + 3.25) * exp(a*a/2) * (1 - Phi(a)) in (a - 3.25)/(a + 3.25) for 0 <= a <= 15; relative error 3e-8. */
const TAIL = [
  0.737438381, -0.539486647, 0.274454951, -0.0809262022, 0.00108800444, 0.00831100438, -0.00113543007,
  -0.00105265994, 0.000113653092, 0.000114115137,
];

/** a * exp(a*a/2) * (1 - Phi(a)) in (a - 3.25)/(a + 3.25) for 1 <= a <= 15; relative error 3e-8. */
const TAIL_TIMES_ARGUMENT = [
  0.36871919, 0.098975867, -0.132515505, 0.09676373, -0.0399272777, 0.004714943, 0.00363484211, -0.0011899044,
  -0.000533002312, 0.000289915013,
];

/** Where a*(1 - Phi(a)) is below the smallest subnormal. */
const END = 15;

/**
 * 1 - Phi(a), the normal distribution's upper tail, for 0 <= a <= 15, as two factors; the second is a power of two, for the
 * caller to multiply with last.
 *
 * a is cut after six binary digits: that part has an exact square, and what the other adds to the exponent is small.
 */
function upperTail(a: ScalarExpression): [ScalarExpression, ScalarExpression] {
  const shifted = add(a, 3.25);
  return scaledTail(a, (t) => div(polynomial(t, TAIL), shifted));
}

/** a*(1 - Phi(a)) for 1 <= a <= 15, likewise. */
function upperTailTimesArgument(a: ScalarExpression): [ScalarExpression, ScalarExpression] {
  return scaledTail(a, (t) => polynomial(t, TAIL_TIMES_ARGUMENT));
}

/** exp(-a*a/2) times a function of t = (a - 3.25)/(a + 3.25). */
function scaledTail(
  a: ScalarExpression,
  of: (t: ScalarExpression) => ScalarExpression,
): [ScalarExpression, ScalarExpression] {
  const coarse = mul(floor(mul(a, 64)), 1 / 64);
  const high = mul(mul(coarse, coarse), -0.5);
  const low = mul(mul(sub(a, coarse), add(a, coarse)), -0.5);
  const { n, q } = splitExponential(high, low);
  const [first, second] = powerInHalves(n);
  const ratio = of(div(sub(a, 3.25), add(a, 3.25)));
  return [mul(add(ratio, mul(q, ratio)), first), second];
}

/** x*Phi(x) up to |x| = 1, from there max(x, 0) - |x|*(1 - Phi(|x|)). */
export function gelu(x: ScalarExpression): ScalarExpression {
  const middle = mul(x, add(0.5, mul(x, polynomial(mul(x, x), MIDDLE))));
  const distance = atMost(abs(x), END);
  const [tail, scale] = upperTailTimesArgument(distance);
  const outer = sub(atLeast(x, 0), mul(tail, scale));
  return select(less(distance, 1), middle, outer);
}

/** A polynomial up to 1, from there 1 - 2*(1 - Phi(sqrt(2)*|x|)). */
export function erf(x: ScalarExpression): ScalarExpression {
  const distance = abs(x);
  const near = add(distance, mul(distance, polynomial(mul(distance, distance), ERF)));
  const [tail, scale] = upperTail(atMost(mul(distance, Math.SQRT2), END));
  const positive = select(less(distance, 1), near, sub(1, mul(mul(tail, scale), 2)));
  return select(less(x, 0), neg(positive), positive);
}
