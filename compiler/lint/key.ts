import type { TypedExpression } from '../cell/cell.ts';
import { operandsOf } from '../cell/typed.ts';

const keys = new WeakMap<TypedExpression, string>();

/** Equal for expressions that are written the same, functions written out. */
export function keyOf(e: TypedExpression): string {
  const known = keys.get(e);
  if (known !== undefined) return known;
  const own = Object.entries(e).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [`${name}=${value}`] : [],
  );
  const sizes = 'dim' in e ? JSON.stringify(e.dim) : 'start' in e ? JSON.stringify([e.start, e.length]) : '';
  const lag = 'lag' in e ? JSON.stringify(e.lag) : '';
  const key = `${own.join(' ')}${sizes}${lag}(${operandsOf(e).map(keyOf).join(', ')})`;
  keys.set(e, key);
  return key;
}
