import type { ScalarExpression } from '../expression.ts';
import { add, mul, sub } from '../notation.ts';

/** A number as the sum of two f32, the second at most half a unit of the first's last place. */
export interface Twofold {
  readonly high: ScalarExpression;
  readonly low: ScalarExpression;
}

/** a + b exactly, where |a| >= |b|. Dekker 1971. */
export function sumInOrder(a: ScalarExpression, b: ScalarExpression): Twofold {
  const high = add(a, b);
  return { high, low: sub(b, sub(high, a)) };
}

/** a + b exactly. Knuth, The Art of Computer Programming, 4.2.2. */
export function sum(a: ScalarExpression, b: ScalarExpression): Twofold {
  const high = add(a, b);
  const added = sub(high, a);
  return { high, low: add(sub(a, sub(high, added)), sub(b, added)) };
}

/** x as two numbers of twelve bits; |x| < 2^115. */
function halves(x: ScalarExpression): Twofold {
  const scaled = mul(x, 4097);
  const high = sub(scaled, sub(scaled, x));
  return { high, low: sub(x, high) };
}

/** a*b exactly, where nothing overflows and the last digit is not below the subnormals. Dekker 1971. */
export function product(a: ScalarExpression, b: ScalarExpression): Twofold {
  const high = mul(a, b);
  const [x, y] = [halves(a), halves(b)];
  const outer = sub(mul(x.high, y.high), high);
  const middle = add(add(outer, mul(x.high, y.low)), mul(x.low, y.high));
  return { high, low: add(middle, mul(x.low, y.low)) };
}
