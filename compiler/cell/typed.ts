import type { TypedExpression } from './cell.ts';
import type { Dim } from './dim.ts';
import type { OuterAxes, TensorType } from './type.ts';

/** The type of quantities: `shape` per example and step, varying along `outer`. */
export const real = (shape: readonly Dim[], outer: OuterAxes): TensorType => ({
  shape,
  outer,
  element: 'real',
});

/** What an expression is made from, in the order of writing. */
export function operandsOf(e: TypedExpression): readonly TypedExpression[] {
  switch (e.kind) {
    case 'number':
    case 'size':
    case 'read':
    case 'step':
    case 'indexVariable':
      return [];
    case 'draw':
    case 'map':
    case 'array':
      return e.args;
    case 'power':
      return [e.base];
    case 'matmul':
    case 'outer':
    case 'dot':
    case 'blocks':
      return [e.left, e.right];
    case 'transpose':
    case 'slice':
    case 'reshape':
    case 'stretch':
      return [e.value];
    case 'stack':
      return e.parts;
    case 'oneHot':
      return [e.index];
  }
}

/** The same form over other operands, in the order of `operandsOf`. */
export function withOperands(e: TypedExpression, operands: readonly TypedExpression[]): TypedExpression {
  switch (e.kind) {
    case 'number':
    case 'size':
    case 'read':
    case 'step':
    case 'indexVariable':
      return e;
    case 'draw':
    case 'map':
    case 'array':
      return { ...e, args: operands };
    case 'power':
      return { ...e, base: operands[0]! };
    case 'matmul':
    case 'outer':
    case 'dot':
    case 'blocks':
      return { ...e, left: operands[0]!, right: operands[1]! };
    case 'transpose':
    case 'slice':
    case 'reshape':
    case 'stretch':
      return { ...e, value: operands[0]! };
    case 'stack':
      return { ...e, parts: operands };
    case 'oneHot':
      return { ...e, index: operands[0]! };
  }
}

/** Calls `visit` once for every expression in `roots`, shared ones once. */
export function visitExpressions(
  roots: readonly TypedExpression[],
  visit: (e: TypedExpression) => void,
): void {
  const seen = new Set<TypedExpression>();
  const pending = [...roots];
  while (pending.length > 0) {
    const e = pending.pop()!;
    if (seen.has(e)) continue;
    seen.add(e);
    visit(e);
    pending.push(...operandsOf(e));
  }
}

export interface Extent {
  /** Expressions as a tree, shared ones counted at each place. */
  readonly count: number;
  readonly depth: number;
}

const extents = new WeakMap<TypedExpression, Extent>();

/** How large an expression is when everything shared in it is written out. */
export function extentOf(e: TypedExpression): Extent {
  const known = extents.get(e);
  if (known !== undefined) return known;
  let count = 1;
  let depth = 0;
  for (const operand of operandsOf(e)) {
    const extent = extentOf(operand);
    count += extent.count;
    depth = Math.max(depth, extent.depth);
  }
  const extent = { count, depth: depth + 1 };
  extents.set(e, extent);
  return extent;
}
