import { apply, type ScalarExpression } from '../expression.ts';
import { abs, add, atLeast, atMost, div, floor, less, mul, select, sub } from '../notation.ts';
import { splitExponential } from './exponential.ts';
import { polynomial } from './polynomial.ts';

/** erf(x)/x - 1 in x^2 for |x| <= 1.1; error relative to erf(x): 5e-9. */
const ERF_NEAR = [
  0.128379166, -0.376126111, 0.112833641, -0.026843518, 0.00516773108, -0.000782473944, 7.23606863e-5,
];

/** The fourth root of 1 - erf(x) for 1.1 <= x <= 4; with it, erf has a relative error of 1.2e-8. */
const ERF_FAR = [
  1.00514221, -0.307363093, -0.0658144429, -0.0482952893, 0.0649478361, -0.021842625, 0.00317052519,
  -0.000174911489,
];

const ERF_EDGE = 1.1;
/** From here on erf rounds to 1. */
const ERF_END = 4;

/** exp(-a*a/2)/(1 - Phi(a)) is 2 + a*(ROOT_TWO_PI + above/below), polynomials in a, for 0 <= a <= 13.3; relative error 2e-8. */
const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);
const MILLS = {
  above: [-0.910857856, -0.554849744, -0.155367821, -0.0189174153],
  below: [1, 0.909112513, 0.390717149, 0.0894790441, 0.00946011115],
};

/** Where a*(1 - Phi(a)) is below the smallest subnormal; from 13.1 on it is subnormal. */
const TAIL_END = 15;

export function erf(x: ScalarExpression): ScalarExpression {
  const distance = atMost(abs(x), ERF_END);
  const near = add(distance, mul(distance, polynomial(mul(distance, distance), ERF_NEAR)));
  const root = polynomial(distance, ERF_FAR);
  const square = mul(root, root);
  const far = sub(1, mul(square, square));
  return apply('copySign', select(less(distance, ERF_EDGE), near, far), x);
}

/**
 * a*(1 - Phi(a)), Phi the normal distribution, for 0 <= a <= 15. The tail is divided by exp(-a*a/2), and that quotient
 * (Mills) turned over: it is 2 at 0 and then grows nearly like a, so what the polynomials err counts little at both ends.
 *
 * a is cut after six binary digits: that part has an exact square, and what the other adds to the exponent is small. 2^(n +
 * 42) stays in range, and the last product rounds once, if the result is subnormal.
 */
function tailTimesArgument(a: ScalarExpression): ScalarExpression {
  const coarse = mul(floor(mul(a, 64)), 1 / 64);
  const high = mul(mul(coarse, coarse), -0.5);
  const low = mul(mul(sub(a, coarse), add(a, coarse)), -0.5);
  const { n, q } = splitExponential(high, low);
  const curve = div(polynomial(a, MILLS.above), polynomial(a, MILLS.below));
  const ratio = div(a, add(2, mul(a, add(ROOT_TWO_PI, curve))));
  return mul(mul(add(ratio, mul(q, ratio)), apply('pow2', add(n, 42))), 2 ** -42);
}

/** x*Phi(x) = max(x, 0) - |x|*(1 - Phi(|x|)). */
export function gelu(x: ScalarExpression): ScalarExpression {
  return sub(atLeast(x, 0), tailTimesArgument(atMost(abs(x), TAIL_END)));
}
