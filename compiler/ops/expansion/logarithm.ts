import { apply, type ScalarExpression } from '../expression.ts';
import { add, atLeast, atMost, div, less, mul, neg, select, sub } from '../notation.ts';
import { LN2_HIGH, LN2_LOW } from './exponential.ts';
import { polynomial } from './polynomial.ts';

/** (log((1 + s)/(1 - s)) - 2*s)/s^3 in s^2 for |s| <= 0.172; error relative to the logarithm: 8e-10. */
const LOGARITHM = [0.666667759, 0.399775863, 0.298706949];

/** (log(1 + e) - u)/u^3 in u^2, where u = e/(1 + e/2), for 0 <= e <= 1; error relative to log(1 + e): 5e-9. */
const LOGARITHM_OF_UNIT = [0.0833330229, 0.0125066992, 0.00218773657, 0.000547006901];

const SMALLEST_NORMAL = 2 ** -126;
const LARGEST = 2 ** 128 - 2 ** 104;

/** x = 2^n * (1 + f), n whole, 1 + f from sqrt(1/2) to sqrt(2). */
export interface Binade {
  readonly n: ScalarExpression;
  readonly f: ScalarExpression;
}

/** Of a normal x > 0. */
function binade(x: ScalarExpression): Binade {
  return { n: apply('exponent', x), f: sub(apply('significand', x), 1) };
}

/** Of any finite x > 0. */
export function binadeOfAny(x: ScalarExpression): Binade {
  const lift = mul(less(x, SMALLEST_NORMAL), 23);
  const { n, f } = binade(mul(x, apply('pow2', lift)));
  return { n: sub(n, lift), f };
}

/**
 * With s = f/(2 + f), 1 + f is (1 + s)/(1 - s), and 2*s = f - s*f: in the sum f - f*f/2 + s*(f*f/2 + ...) the error of the
 * quotient counts little.
 */
function logarithmOfBinade({ n, f }: Binade): ScalarExpression {
  const s = div(f, add(2, f));
  const square = mul(s, s);
  const half = mul(mul(f, 0.5), f);
  const curve = mul(s, add(half, mul(square, polynomial(square, LOGARITHM))));
  const low = sub(add(curve, mul(n, LN2_LOW)), half);
  return add(add(f, low), mul(n, LN2_HIGH));
}

/** `inside` where x > 0: -infinity for 0, NaN below and for NaN, infinity for infinity, where `inside` may be anything. */
function withEdges(x: ScalarExpression, inside: ScalarExpression): ScalarExpression {
  const above = atLeast(sub(x, LARGEST), inside);
  return select(less(0, x), above, sub(apply('sqrt', x), Number.POSITIVE_INFINITY));
}

export function logarithm(x: ScalarExpression): ScalarExpression {
  return withEdges(x, logarithmOfBinade(binadeOfAny(x)));
}

/** log(sum + lost), where `lost` is what rounding took from the sum 1 + x; then f takes it up again. */
export function logarithmOfOnePlus(x: ScalarExpression): ScalarExpression {
  const sum = add(1, x);
  const added = sub(sum, 1);
  const lost = add(sub(x, added), sub(1, sub(sum, added)));
  const { n, f } = binade(sum);
  const scaled = mul(lost, apply('pow2', neg(atMost(n, 126))));
  return withEdges(sum, logarithmOfBinade({ n, f: add(f, scaled) }));
}

/** log(1 + e) for 0 <= e <= 1, cheaper; NaN for NaN. */
export function logarithmOfOnePlusUnit(e: ScalarExpression): ScalarExpression {
  const u = div(e, add(1, mul(e, 0.5)));
  const square = mul(u, u);
  return add(u, mul(mul(u, square), polynomial(square, LOGARITHM_OF_UNIT)));
}
