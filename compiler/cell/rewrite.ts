import type { TypedExpression, TypedRead } from './cell.ts';
import type { Dim } from './dim.ts';
import { type OuterAxes, oversOf, unionOuter, withoutOvers } from './type.ts';
import { operandsOf, withOperands } from './typed.ts';

export interface Rewriting {
  readonly dim?: (dim: Dim) => Dim;
  /** New names of sizes that values vary over. */
  readonly over?: ReadonlyMap<string, string>;
  readonly read?: (e: TypedRead) => TypedExpression;
}

/** Rewrites sizes and reads throughout; what was shared stays shared for as long as the function is kept. */
export function rewriter({
  dim = (same) => same,
  over = new Map(),
  read = (same) => same,
}: Rewriting): (e: TypedExpression) => TypedExpression {
  const done = new Map<TypedExpression, TypedExpression>();
  const rewrite = (e: TypedExpression): TypedExpression => {
    const known = done.get(e);
    if (known !== undefined) return known;
    const rebuilt = withDims(withOperands(e, operandsOf(e).map(rewrite)), dim, over);
    const result = rebuilt.kind === 'read' ? read(rebuilt) : rebuilt;
    done.set(e, result);
    return result;
  };
  return rewrite;
}

function withDims(
  e: TypedExpression,
  dim: (dim: Dim) => Dim,
  over: ReadonlyMap<string, string>,
): TypedExpression {
  const type = { ...e.type, shape: e.type.shape.map(dim), outer: renamedOvers(e.type.outer, over) };
  switch (e.kind) {
    case 'size':
      return { ...e, type, dim: dim(e.dim) };
    case 'read':
      return e.lag === undefined ? { ...e, type } : { ...e, type, lag: dim(e.lag) };
    case 'slice':
      return { ...e, type, start: dim(e.start), length: dim(e.length) };
    case 'oneHot':
      return { ...e, type, classes: dim(e.classes) };
    case 'array':
      return e.over === undefined ? { ...e, type } : { ...e, type, over: over.get(e.over) ?? e.over };
    default:
      return { ...e, type };
  }
}

export function renamedOvers(outer: OuterAxes, over: ReadonlyMap<string, string>): OuterAxes {
  if (over.size === 0 || oversOf(outer).length === 0) return outer;
  const names = oversOf(outer).map((name) => over.get(name) ?? name);
  return unionOuter(withoutOvers(outer), ...names.map((name): OuterAxes => [`over:${name}`]));
}
