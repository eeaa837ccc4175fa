import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Span } from '../source/source.ts';
import type { Call, Expression } from '../syntax/tree.ts';
import type { TypedExpression } from './cell.ts';
import { lengthOf } from './declarations.ts';
import { quote, shapeInWords, whereBothFrom, whereFrom } from './describe.ts';
import { type Dim, formatDim, multiplyDims, oneDim, sameDim } from './dim.ts';
import { type Env, report } from './env.ts';
import { typeExpression } from './expressions.ts';
import { formatShape, unionOuter } from './type.ts';
import { real } from './typed.ts';

const entriesOf = (shape: readonly Dim[]): Dim => shape.reduce(multiplyDims, oneDim);

/** `reshape(x, [N, D])`: the same entries, the last axis fastest, in another shape. */
export function reshapeRule(e: Call, env: Env): TypedExpression | undefined {
  const [given, shapeText] = e.args as [Expression, Expression];
  const value = typeExpression(given, env);
  const parts =
    shapeText.kind === 'list'
      ? shapeText.elements
      : shapeText.kind === 'stack' && shapeText.parts.length === 1
        ? shapeText.parts
        : undefined;
  if (parts === undefined) {
    const parameters = { what: 'reshape', needs: 'a shape like [N, D]', found: quote(shapeText.span) };
    return report(env, cellCatalog.wrongRank, shapeText.span, parameters);
  }
  const shape = parts.map((part) => lengthOf(part, 'A size of reshape:', env));
  if (value === undefined || !shape.every((dim) => dim !== undefined)) return undefined;
  const [before, after] = [entriesOf(value.type.shape), entriesOf(shape)];
  if (!sameDim(before, after)) {
    const parameters = {
      left: formatShape(value.type.shape),
      right: formatShape(shape),
      label: `${quote(value.span, 'the array')} has ${formatDim(before)} entries, the shape ${formatDim(after)}`,
    };
    return report(env, cellCatalog.shapesDiffer, e.span, parameters, [whereFrom(value, env)]);
  }
  return { kind: 'reshape', value, type: real(shape, value.type.outer), span: e.span };
}

/** `block_diagonal(R) @ x`: each block of R times its part of x. R is [N, A, B], x is [N*B], the result [N*A]. */
export function blockProductOf(
  blocks: Call,
  right: Expression,
  span: Span,
  env: Env,
): TypedExpression | undefined {
  const [given] = blocks.args;
  if (given === undefined || blocks.args.length > 1 || blocks.named.length > 0) {
    const parameters = { name: 'block_diagonal', takes: '1 argument', given: blocks.args.length };
    return report(env, cellCatalog.argumentCount, blocks.span, parameters);
  }
  const left = typeExpression(given, env);
  const vector = typeExpression(right, env);
  if (left === undefined || vector === undefined) return undefined;
  const [count, rows, columns, ...more] = left.type.shape;
  if (count === undefined || rows === undefined || columns === undefined || more.length > 0) {
    const found = shapeInWords(left.type.shape);
    const parameters = { what: 'block_diagonal', needs: 'blocks, an array [N, A, B]', found };
    return report(env, cellCatalog.wrongRank, given.span, parameters, [whereFrom(left, env)]);
  }
  const length = multiplyDims(count, columns);
  if (vector.type.shape.length !== 1 || !sameDim(vector.type.shape[0]!, length)) {
    const parameters = {
      left: formatShape(left.type.shape),
      right: formatShape(vector.type.shape),
      label: `${formatDim(count)} blocks of ${formatDim(columns)} columns need a vector of length ${formatDim(length)}`,
    };
    return report(env, cellCatalog.shapesDiffer, span, parameters, whereBothFrom(left, vector, env));
  }
  const parts: TypedExpression = {
    kind: 'reshape',
    value: vector,
    type: real([count, columns], vector.type.outer),
    span: vector.span,
  };
  const outer = unionOuter(left.type.outer, vector.type.outer);
  const product: TypedExpression = {
    kind: 'blocks',
    left,
    right: parts,
    type: real([count, rows], outer),
    span,
  };
  return { kind: 'reshape', value: product, type: real([multiplyDims(count, rows)], outer), span };
}
