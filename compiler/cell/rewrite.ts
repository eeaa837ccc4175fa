import type { TypedExpression, TypedRead } from './cell.ts';
import type { Dim } from './dim.ts';
import { operandsOf, withOperands } from './typed.ts';

export interface Rewriting {
  readonly dim?: (dim: Dim) => Dim;
  readonly read?: (e: TypedRead) => TypedExpression;
}

/** Rewrites sizes and reads throughout; what was shared stays shared for as long as the function is kept. */
export function rewriter({
  dim = (same) => same,
  read = (same) => same,
}: Rewriting): (e: TypedExpression) => TypedExpression {
  const done = new Map<TypedExpression, TypedExpression>();
  const rewrite = (e: TypedExpression): TypedExpression => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const rebuilt = withDims(withOperands(e, operandsOf(e).map(rewrite)), dim);
    const result = rebuilt.kind === 'read' ? read(rebuilt) : rebuilt;
    done.set(e, result);
    return result;
  };
  return rewrite;
}

function withDims(e: TypedExpression, dim: (dim: Dim) => Dim): TypedExpression {
  const type = { ...e.type, shape: e.type.shape.map(dim) };
  switch (e.kind) {
    case 'size':
      return { ...e, type, dim: dim(e.dim) };
    case 'read':
      return e.lag === undefined ? { ...e, type } : { ...e, type, lag: dim(e.lag) };
    case 'slice':
      return { ...e, type, start: dim(e.start), length: dim(e.length) };
    case 'oneHot':
      return { ...e, type, classes: dim(e.classes) };
    default:
      return { ...e, type };
  }
}
