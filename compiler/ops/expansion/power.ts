import { apply, constant, type ScalarExpression } from '../expression.ts';
import { abs, add, and, bounded, div, less, lessEqual, mul, neg, select, sub } from '../notation.ts';
import { exponentialOfSum, LN2_HIGH, LN2_LOW } from './exponential.ts';
import { binadeOfAny } from './logarithm.ts';
import { polynomial } from './polynomial.ts';
import { product, sum, sumInOrder, type Twofold } from './twofold.ts';

/** (log((1 + s)/(1 - s)) - 2*s)/s^3 in s^2 for |s| <= 0.172; error relative to the logarithm: 3e-11. */
const LOGARITHM_OF_QUOTIENT = [0.666666627, 0.400009722, 0.284987926, 0.242788181];

/** The first coefficient in two parts; the first part has ten significant bits. */
const CUBIC_HIGH = 0.6669921875;
const CUBIC_LOW = LOGARITHM_OF_QUOTIENT[0]! - CUBIC_HIGH;

/**
 * log((1 + s)/(1 - s)) - 2*s for s = high + low as the sum of two f32. s is cut after seven binary digits: the cube of that
 * part is exact, and so is its product with the first half of the first coefficient; what the other part adds is small.
 */
function logarithmMinusLinear({ high: s, low }: Twofold): Twofold {
  const coarse = mul(apply('nearest', mul(s, 128)), 1 / 128);
  const fine = add(sub(s, coarse), low);
  const cube = mul(mul(coarse, coarse), coarse);
  const cubeRest = mul(fine, add(mul(mul(3, coarse), s), mul(fine, fine)));
  const square = mul(s, s);
  const higher = mul(mul(s, mul(square, square)), polynomial(square, LOGARITHM_OF_QUOTIENT.slice(1)));
  const cubicRest = add(mul(cubeRest, LOGARITHM_OF_QUOTIENT[0]!), mul(cube, CUBIC_LOW));
  return { high: mul(cube, CUBIC_HIGH), low: add(cubicRest, higher) };
}

/** log(x) for finite x > 0 to about 31 bits: with s = f/(2 + f), 1 + f is (1 + s)/(1 - s). */
function preciseLogarithm(x: ScalarExpression): Twofold {
  const { n, f } = binadeOfAny(x);
  const divisor = sumInOrder(constant(2), f);
  const s = div(f, divisor.high);
  const back = product(s, divisor.high);
  const remainder = sub(sub(sub(f, back.high), back.low), mul(s, divisor.low));
  const sLow = div(remainder, divisor.high);
  const curve = logarithmMinusLinear({ high: s, low: sLow });
  const leading = sum(mul(n, LN2_HIGH), add(s, s));
  const small = add(add(sLow, sLow), add(curve.low, mul(n, LN2_LOW)));
  return sumInOrder(leading.high, add(leading.low, add(curve.high, small)));
}

/** x^exponent for finite x > 0: exp(exponent*log(x)), the product and the logarithm as sums of two f32. */
function powerInside(x: ScalarExpression, exponent: ScalarExpression): ScalarExpression {
  const logarithm = preciseLogarithm(x);
  const finite = bounded(exponent, -1e30, 1e30);
  const { high, low } = product(finite, logarithm.high);
  const rest = add(low, mul(finite, logarithm.low));
  const inside = less(abs(high), 110);
  return exponentialOfSum(bounded(high, -110, 110), select(inside, rest, 0));
}

/** x^exponent, x >= 0. At x = 0 and infinity the sign of the exponent decides. */
export function power(x: ScalarExpression, exponent: ScalarExpression): ScalarExpression {
  const atZero = apply('equal', x, 0);
  const atEdge = apply('or', atZero, apply('equal', x, Number.POSITIVE_INFINITY));
  const growth = select(atZero, neg(exponent), exponent);
  const edge = select(less(0, growth), Number.POSITIVE_INFINITY, select(less(growth, 0), 0, 1));
  const isNumber = and(lessEqual(0, x), apply('equal', exponent, exponent));
  return select(isNumber, select(atEdge, edge, powerInside(x, exponent)), Number.NaN);
}
