import type { ScalarExpression } from '../expression.ts';
import { abs, add, atLeast, atMost, div, exp, less, mul, neg, select } from '../notation.ts';
import { exponentialMinusOneBelowZero, powerInHalves, splitExponential } from './exponential.ts';
import { logarithmOfOnePlusUnit } from './logarithm.ts';

/** With e = exp(-|x|): 1/(1 + e), and e/(1 + e) for x < 0, which keeps its digits down to the subnormals. */
export function sigmoid(x: ScalarExpression): ScalarExpression {
  const e = exp(neg(abs(x)));
  return div(select(less(x, 0), e, 1), add(1, e));
}

/** With m = exp(-2|x|) - 1: |tanh(x)| = -m/(2 + m), which is exactly 1 where m is -1. */
export function tanh(x: ScalarExpression): ScalarExpression {
  const m = exponentialMinusOneBelowZero(mul(-2, atMost(abs(x), 10)));
  const positive = div(neg(m), add(2, m));
  return select(less(x, 0), neg(positive), positive);
}

export function softplus(x: ScalarExpression): ScalarExpression {
  return add(atLeast(x, 0), logarithmOfOnePlusUnit(exp(neg(abs(x)))));
}

export function elu(x: ScalarExpression): ScalarExpression {
  return select(less(0, x), x, exponentialMinusOneBelowZero(atMost(x, 0)));
}

/** As sigmoid, but x multiplies exp(-|x|) before that has got its last power of two, and could be subnormal. */
export function silu(x: ScalarExpression): ScalarExpression {
  const above = atLeast(x, -120);
  const { n, q } = splitExponential(neg(atMost(abs(above), 120)));
  const [first, second] = powerInHalves(n);
  const part = mul(add(1, q), first);
  const below = less(x, 0);
  const quotient = div(mul(select(below, part, 1), above), add(1, mul(part, second)));
  return mul(quotient, select(below, second, 1));
}
