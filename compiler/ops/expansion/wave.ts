import { apply, type ScalarExpression } from '../expression.ts';
import { add, bounded, floor, mul, neg, select, sub } from '../notation.ts';
import { polynomial } from './polynomial.ts';

/**
 * pi/2 in four parts. The first three have eleven significant bits, so their products with a whole n up to 8191 are exact
 * (Cody & Waite 1980); what all four leave of pi/2 is 8e-20, which is enough for the f32 nearest to a multiple of pi/2.
 */
const QUARTER = [1.5703125, 4.837512969970703e-4, 7.549533620476723e-8, 2.5633440682570896e-12];

/** A little more than pi/4, because n is the nearest to a rounded quotient. */
const LARGEST_REST = 0.787;

/** (sin(r) - r)/r^3 in r^2 for |r| <= 0.787; error relative to sin(r): 4e-9. */
const SINE = [-0.166666538, 0.00833210628, -0.000195078741];
/** (cos(r) - 1 + r^2/2)/r^4 in r^2 for |r| <= 0.787; relative error 1e-10. */
const COSINE = [0.0416666456, -0.00138873083, 2.44321018e-5];

const isOdd = (whole: ScalarExpression, half: ScalarExpression): ScalarExpression =>
  apply('not', apply('equal', add(half, half), whole));

/** sin(x + quarters*pi/2) for quarters 0 or 1. */
function wave(x: ScalarExpression, quarters: 0 | 1): ScalarExpression {
  const n = apply('nearest', mul(x, 2 / Math.PI));
  const rest = QUARTER.reduce((left: ScalarExpression, part) => sub(left, mul(n, part)), x);
  // Far out, where n has lost its last digits, the rest is anything; a bound keeps the result within -1 and 1.
  const r = bounded(rest, -LARGEST_REST, LARGEST_REST);
  const square = mul(r, r);
  const sine = add(r, mul(mul(r, square), polynomial(square, SINE)));
  const cosine = add(sub(1, mul(square, 0.5)), mul(mul(square, square), polynomial(square, COSINE)));
  const turns = quarters === 0 ? n : add(n, 1);
  const halfTurns = floor(mul(turns, 0.5));
  const magnitude = select(isOdd(turns, halfTurns), cosine, sine);
  return select(isOdd(halfTurns, floor(mul(halfTurns, 0.5))), neg(magnitude), magnitude);
}

export const sine = (x: ScalarExpression): ScalarExpression => wave(x, 0);
export const cosine = (x: ScalarExpression): ScalarExpression => wave(x, 1);
