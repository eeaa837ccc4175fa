import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Span } from '../source/source.ts';
import type { TypedExpression } from './cell.ts';
import { declareAs, quote, shapeInWords, valueOfShape, whereBothFrom, whereFrom } from './describe.ts';
import { addDims, type Dim, formatDim, oneDim, sameDim } from './dim.ts';
import { type Env, report } from './env.ts';
import { formatShape, unionOuter } from './type.ts';
import { real } from './typed.ts';

/** `a @ b`: last axis of the left with the first of the right; at least one of them a matrix. */
export function matmulOf(
  left: TypedExpression,
  right: TypedExpression,
  span: Span,
  env: Env,
): TypedExpression | undefined {
  for (const side of [left, right]) {
    if (side.type.shape.length > 0) continue;
    const needs = 'a matrix or vector on both sides';
    const hint = 'Multiply with a number by *.';
    return report(env, cellCatalog.wrongRank, side.span, { what: '@', needs, found: 'a scalar', hint });
  }
  if (left.type.shape.length === 1 && right.type.shape.length === 1) {
    return report(
      env,
      cellCatalog.vectorTimesVector,
      span,
      {
        left: formatShape(left.type.shape),
        right: formatShape(right.type.shape),
        leftText: quote(left.span, 'a'),
        rightText: quote(right.span, 'b'),
      },
      whereBothFrom(left, right, env),
    );
  }
  const ranks = [left, right].map(({ type }) => type.shape.length);
  if (Math.max(...ranks) > 2 && Math.min(...ranks) > 1) {
    const side = ranks[0]! > 2 ? left : right;
    const found = shapeInWords(side.type.shape);
    const hint = `Beside an array of three axes stands a vector; for a product in each of its matrices write a loop over them, as in S[n] @ q[n], or block_diagonal(R) @ x.`;
    return report(
      env,
      cellCatalog.wrongRank,
      side.span,
      { what: '@ with a matrix', needs: 'a matrix', found, hint },
      [whereFrom(side, env)],
    );
  }
  if (!sameDim(left.type.shape.at(-1)!, right.type.shape[0]!)) {
    return reportMismatch(left, right, span, env);
  }
  const shape = [...left.type.shape.slice(0, -1), ...right.type.shape.slice(1)];
  const type = real(shape, unionOuter(left.type.outer, right.type.outer));
  return { kind: 'matmul', left, right, type, span };
}

function reportMismatch(left: TypedExpression, right: TypedExpression, span: Span, env: Env): undefined {
  const last = left.type.shape.at(-1)!;
  const first = right.type.shape[0]!;
  const has =
    right.type.shape.length === 1 ? `has length ${formatDim(first)}` : `has ${formatDim(first)} rows`;
  const needs =
    right.type.shape.length === 1 ? `a vector of length ${formatDim(last)}` : `${formatDim(last)} rows`;
  const label = `${quote(left.span, 'the left side')} needs ${needs}; ${quote(right.span, 'the right side')} ${has}`;
  const parameters = {
    left: formatShape(left.type.shape),
    right: formatShape(right.type.shape),
    label,
    hint: mendProduct(left, right, env),
  };
  return report(env, cellCatalog.shapesDiffer, span, parameters, whereBothFrom(left, right, env));
}

/** Another shape for the side that is a parameter, or another operand. */
function mendProduct(left: TypedExpression, right: TypedExpression, env: Env): string | undefined {
  const first = right.type.shape[0]!;
  const last = left.type.shape.at(-1)!;
  const declared =
    left.kind === 'transpose'
      ? declareAs(left.value, [first, ...left.value.type.shape.slice(1)], env)
      : (declareAs(left, [...left.type.shape.slice(0, -1), first], env) ??
        declareAs(right, [last, ...right.type.shape.slice(1)], env));
  const instead = right.type.shape.length === 1 ? valueOfShape([last], env) : undefined;
  if (declared === undefined) return instead && `A value of that length is ${instead}.`;
  return instead === undefined ? `${declared}.` : `${declared}, or multiply it with ${instead}.`;
}

/** `outer(a, b)`: a matrix; `dot(a, b)`: a number. Of two vectors. */
export function vectorProductOf(
  kind: 'outer' | 'dot',
  left: TypedExpression,
  right: TypedExpression,
  span: Span,
  env: Env,
): TypedExpression | undefined {
  for (const side of [left, right]) {
    if (side.type.shape.length === 1) continue;
    const found = shapeInWords(side.type.shape);
    const hint = side.type.shape.length === 2 ? 'Matrices are multiplied by @.' : undefined;
    const parameters = { what: kind, needs: 'two vectors', found, hint };
    return report(env, cellCatalog.wrongRank, side.span, parameters, [whereFrom(side, env)]);
  }
  const a = left.type.shape[0]!;
  const b = right.type.shape[0]!;
  if (kind === 'dot' && !sameDim(a, b)) {
    const [leftText, rightText] = [formatShape(left.type.shape), formatShape(right.type.shape)];
    const label = `${quote(left.span, 'the first')} is ${leftText}, ${quote(right.span, 'the second')} is ${rightText}`;
    const parameters = { left: leftText, right: rightText, label };
    return report(env, cellCatalog.shapesDiffer, span, parameters, whereBothFrom(left, right, env));
  }
  const shape: readonly Dim[] = kind === 'outer' ? [a, b] : [];
  return { kind, left, right, type: real(shape, unionOuter(left.type.outer, right.type.outer)), span };
}

/** `W.T`, of a matrix. */
export function transposeOf(value: TypedExpression, span: Span, env: Env): TypedExpression | undefined {
  const [rows, columns, ...more] = value.type.shape;
  if (rows === undefined || columns === undefined || more.length > 0) {
    const found = shapeInWords(value.type.shape);
    const hint =
      value.type.shape.length === 1
        ? 'A vector is neither row nor column; v @ W multiplies from the left.'
        : undefined;
    return report(env, cellCatalog.wrongRank, value.span, { what: '.T', needs: 'a matrix', found, hint }, [
      whereFrom(value, env),
    ]);
  }
  return { kind: 'transpose', value, type: real([columns, rows], value.type.outer), span };
}

/** `[a; b]`: vectors, scalars among them, or arrays whose other axes agree. */
export function stackOf(
  parts: readonly TypedExpression[],
  span: Span,
  env: Env,
): TypedExpression | undefined {
  const largest = parts.reduce((a, b) => (b.type.shape.length > a.type.shape.length ? b : a));
  const rank = Math.max(1, largest.type.shape.length);
  const others = largest.type.shape.slice(1);
  for (const part of parts) {
    const isEntry = rank === 1 && part.type.shape.length === 0;
    const agrees =
      isEntry ||
      (part.type.shape.length === rank && part.type.shape.slice(1).every((d, i) => sameDim(d, others[i]!)));
    if (agrees) continue;
    const left = formatShape(largest.type.shape);
    const right = formatShape(part.type.shape);
    const label = `${quote(part.span, 'this')} is ${right}; stacked parts differ in the first axis alone`;
    const parameters = { left, right, label };
    return report(env, cellCatalog.shapesDiffer, part.span, parameters, whereBothFrom(largest, part, env));
  }
  const length = addDims(...parts.map((part) => part.type.shape[0] ?? oneDim));
  const type = real([length, ...others], unionOuter(...parts.map((part) => part.type.outer)));
  return { kind: 'stack', parts, type, span };
}
