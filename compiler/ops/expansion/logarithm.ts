import { apply, type ScalarExpression } from '../expression.ts';
import { add, atMost, less, mul, neg, select, sub } from '../notation.ts';
import { LN2_HIGH, LN2_LOW } from './exponential.ts';
import { polynomial } from './polynomial.ts';

/** (log(1 + f) - f + f^2/2)/f^3 from sqrt(1/2) to sqrt(2); error relative to log(1 + f): 8e-10. */
const LOGARITHM = [
  0.333333135, -0.250000089, 0.200020716, -0.166679889, 0.142203599, -0.124062397, 0.118835375, -0.116700247,
  0.0674918965,
];

const SMALLEST_NORMAL = 2 ** -126;

/** x = 2^n * (1 + f), n whole, 1 + f from sqrt(1/2) to sqrt(2). */
export interface Binade {
  readonly n: ScalarExpression;
  readonly f: ScalarExpression;
}

/** Of a normal x > 0. */
export function binade(x: ScalarExpression): Binade {
  const significand = apply('significand', x);
  const upper = less(Math.SQRT2, significand);
  const n = add(apply('exponent', x), upper);
  return { n, f: sub(select(upper, mul(significand, 0.5), significand), 1) };
}

/** Of any finite x > 0. */
export function binadeOfAny(x: ScalarExpression): Binade {
  const subnormal = less(x, SMALLEST_NORMAL);
  const { n, f } = binade(select(subnormal, mul(x, 2 ** 23), x));
  return { n: sub(n, select(subnormal, 23, 0)), f };
}

function logarithmOfBinade({ n, f }: Binade): ScalarExpression {
  const square = mul(f, f);
  const curve = mul(mul(f, square), polynomial(f, LOGARITHM));
  const low = sub(add(curve, mul(n, LN2_LOW)), mul(square, 0.5));
  return add(add(f, low), mul(n, LN2_HIGH));
}

/** `x` from `edge` on: -infinity at the edge itself, NaN before it and for NaN, infinity for infinity. */
function withEdge(x: ScalarExpression, edge: number, inside: ScalarExpression): ScalarExpression {
  const outside = select(apply('equal', x, edge), Number.NEGATIVE_INFINITY, Number.NaN);
  return select(less(edge, x), select(less(x, Number.POSITIVE_INFINITY), inside, x), outside);
}

export function logarithm(x: ScalarExpression): ScalarExpression {
  return withEdge(x, 0, logarithmOfBinade(binadeOfAny(x)));
}

/** log(sum + lost), where `lost` is what rounding took from the sum; then f takes it up again. */
function logarithmOfSum(sum: ScalarExpression, lost: ScalarExpression): ScalarExpression {
  const { n, f } = binade(sum);
  return logarithmOfBinade({ n, f: add(f, mul(lost, apply('pow2', neg(atMost(n, 126))))) });
}

export function logarithmOfOnePlus(x: ScalarExpression): ScalarExpression {
  const sum = add(1, x);
  const lost = select(less(x, 1), sub(x, sub(sum, 1)), sub(1, sub(sum, x)));
  return withEdge(x, -1, logarithmOfSum(sum, lost));
}

/** log(1 + x) for 0 <= x <= 1, cheaper; NaN for NaN. */
export function logarithmOfOnePlusUnit(x: ScalarExpression): ScalarExpression {
  const sum = add(1, x);
  return logarithmOfSum(sum, sub(x, sub(sum, 1)));
}
