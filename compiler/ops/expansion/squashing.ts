import { apply, type ScalarExpression } from '../expression.ts';
import { abs, add, atLeast, atMost, bounded, div, less, mul, neg, select, sub } from '../notation.ts';
import { exponentialBelowZero, exponentialMinusOneModerate, splitExponential } from './exponential.ts';
import { logarithmOfOnePlusUnit } from './logarithm.ts';

/** exp(-x) times 2^-scale, for x where that is a normal number. */
function scaledExponential(x: ScalarExpression, scale: number): ScalarExpression {
  const { n, q } = splitExponential(neg(x));
  return mul(add(1, q), apply('pow2', sub(n, scale)));
}

/** 1/(1 + exp(-x)), both times 2^-24: so exp(-x) does not overflow before the result is 0. From 18 on that is 1. */
export function sigmoid(x: ScalarExpression): ScalarExpression {
  const one = 2 ** -24;
  return div(one, add(one, scaledExponential(bounded(x, -104, 18), 24)));
}

/** With m = exp(2|x|) - 1: |tanh(x)| = m/(2 + m), which is exactly 1 where m is large. */
export function tanh(x: ScalarExpression): ScalarExpression {
  const m = exponentialMinusOneModerate(mul(2, atMost(abs(x), 10)));
  return apply('copySign', div(m, add(2, m)), x);
}

export function softplus(x: ScalarExpression): ScalarExpression {
  return add(atLeast(x, 0), logarithmOfOnePlusUnit(exponentialBelowZero(neg(abs(x)))));
}

export function elu(x: ScalarExpression): ScalarExpression {
  return select(less(0, x), x, exponentialMinusOneModerate(atLeast(x, -20)));
}

/**
 * x/(1 + exp(-x)), the divisor times 2^-30, so that it does not overflow; the quotient, 2^30 too large, gets its last power
 * of two at the end, and rounds there once if it is subnormal. From 20 on the divisor is 1.
 */
export function silu(x: ScalarExpression): ScalarExpression {
  const above = atLeast(x, -109);
  const divisor = add(2 ** -30, scaledExponential(above, 30));
  return select(less(x, 20), mul(div(above, divisor), 2 ** -30), x);
}
