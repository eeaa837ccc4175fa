import { apply, type ScalarExpression } from '../expression.ts';
import { abs, add, and, div, floor, less, select, sub } from '../notation.ts';
import { product } from './twofold.ts';

/** Beyond this quotient f32 cannot tell which multiple of b is the last below a. */
export const LARGEST_QUOTIENT = 2 ** 22;

/**
 * a - b*floor(a/b) with an exact product. Rounding can lift the quotient to the next whole number, never push it below one;
 * then the remainder has the wrong sign, and one b more sets it right.
 */
export function modulo(a: ScalarExpression, b: ScalarExpression): ScalarExpression {
  const quotient = floor(div(a, b));
  const { high, low } = product(b, quotient);
  const remainder = sub(sub(a, high), low);
  const below = and(less(remainder, 0), less(0, b));
  const above = and(less(0, remainder), less(b, 0));
  const mended = select(apply('or', below, above), add(remainder, b), remainder);
  const known = less(abs(quotient), LARGEST_QUOTIENT);
  return select(known, mended, sub(quotient, quotient));
}
