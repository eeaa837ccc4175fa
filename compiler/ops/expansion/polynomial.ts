import type { ScalarExpression } from '../expression.ts';
import { constant } from '../expression.ts';
import { add, mul } from '../notation.ts';

/**
 * c[0] + c[1]*x + c[2]*x^2 + ..., by Horner's rule.
 *
 * The coefficients of all expansions were fitted here: least maximum of the error that the doc beside them names, found by
 * reweighted least squares on 400 Chebyshev points against 40-digit values, then rounded to f32 one by one from c[0] on,
 * the rest refitted after each.
 */
export function polynomial(x: ScalarExpression, coefficients: readonly number[]): ScalarExpression {
  return coefficients
    .map((c): ScalarExpression => constant(c))
    .reduceRight((tail, coefficient) => add(coefficient, mul(x, tail)));
}
