import { apply, type ScalarExpression } from '../expression.ts';
import { add, bounded, mul, sub } from '../notation.ts';
import { polynomial } from './polynomial.ts';

/**
 * pi in four parts. The first three have eleven significant bits, so their products with n up to 4095, or with half an odd
 * number up to there, are exact (Cody & Waite 1980); what all four leave of pi is 2e-19, which is enough for the f32 nearest
 * to a multiple of pi/2.
 */
const HALF_TURN = [3.140625, 9.675025939941406e-4, 1.5099067240953445e-7, 5.126688136514172e-12];

/** A little more than pi/2, because n is the nearest to a rounded quotient. */
const LARGEST_REST = 1.572;

/** (sin(r) - r)/r^3 in r^2 for |r| <= 1.572; error relative to sin(r): 6e-9. */
const SINE = [-0.166666597, 0.00833306834, -0.000198096648, 2.6057769e-6];

/** (-1)^n * sin(x - halfTurns*pi), which is sin(x) for halfTurns = n, and cos(x) for n - 1/2. */
function wave(x: ScalarExpression, halfTurns: ScalarExpression, n: ScalarExpression): ScalarExpression {
  const rest = HALF_TURN.reduce((left: ScalarExpression, part) => sub(left, mul(halfTurns, part)), x);
  // Far out, where n has lost its last digits, the rest is anything; a bound keeps the result within -1 and 1.
  const r = bounded(rest, -LARGEST_REST, LARGEST_REST);
  const square = mul(r, r);
  return apply('negateIfOdd', add(r, mul(mul(r, square), polynomial(square, SINE))), n);
}

const inHalfTurns = (x: ScalarExpression) => mul(x, 1 / Math.PI);

export function sine(x: ScalarExpression): ScalarExpression {
  const n = apply('nearest', inHalfTurns(x));
  return wave(x, n, n);
}

export function cosine(x: ScalarExpression): ScalarExpression {
  const n = apply('nearest', add(inHalfTurns(x), 0.5));
  return wave(x, sub(n, 0.5), n);
}
