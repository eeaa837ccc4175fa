import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Span } from '../source/source.ts';
import type { Index, Slice } from '../syntax/tree.ts';
import type { TypedExpression } from './cell.ts';
import { quote, shapeInWords, whereFrom } from './describe.ts';
import { addDims, constantOf, type Dim, formatDim, isAtLeast, oneDim, sameDim, subtractDims } from './dim.ts';
import { type Env, report } from './env.ts';
import { typeExpression, typeIndexOrReal } from './expressions.ts';
import { isSizeExpression, sizeOf } from './sizeExpressions.ts';
import { formatShape, unionOuter } from './type.ts';
import { real } from './typed.ts';

/** `z[0:H]`: entries along the first axis, end excluded. */
export function sliceRule(e: Slice, env: Env): TypedExpression | undefined {
  const value = typeExpression(e.object, env);
  const start = sizeOf(e.start, env);
  const end = sizeOf(e.end, env);
  if (value === undefined || start === undefined || end === undefined) return undefined;
  if (!hasAxis(value, 'A slice', env)) return undefined;
  return within(value, start, subtractDims(end, start), e.span, env);
}

/** The part of `length` entries from `start`, if it lies inside. */
export function within(
  value: TypedExpression,
  start: Dim,
  length: Dim,
  span: Span,
  env: Env,
): TypedExpression | undefined {
  const whole = value.type.shape[0]!;
  const text = quote(span);
  const end = addDims(start, length);
  const demands: readonly (readonly [Dim, number, string])[] = [
    [start, 0, `${formatDim(start)} to be at least 0`],
    [length, 1, `${formatDim(length)}, its length, to be a whole number of at least 1`],
    [subtractDims(whole, end), 0, `${formatDim(end)} to be at most ${formatDim(whole)}`],
  ];
  for (const [dim, least, needs] of demands) {
    const decided = isAtLeast(dim, least);
    if (decided === 'never') {
      const parameters = { text, shape: formatShape(value.type.shape), why: `needs ${needs}` };
      return report(env, cellCatalog.sliceOutside, span, parameters, [whereFrom(value, env)]);
    }
    if (decided === 'sizes') {
      env.constraints.push({ value: dim, least, reason: `${text} needs ${needs}`, span });
    }
  }
  const type = real([length, ...value.type.shape.slice(1)], value.type.outer);
  return { kind: 'slice', value, start, length, type, span };
}

/** `z[0]`: one entry or row; `E[token]`: the row of a class. */
export function indexRule(e: Index, env: Env): TypedExpression | undefined {
  const value = typeExpression(e.object, env);
  if (isSizeExpression(e.index, env)) {
    const place = sizeOf(e.index, env);
    if (value === undefined || place === undefined || !hasAxis(value, 'An index', env)) return undefined;
    if (isAtLeast(place, 0) === 'never') return reportNegative(e, value, place, env);
    const slice = within(value, place, oneDim, e.span, env);
    const type = real(value.type.shape.slice(1), value.type.outer);
    return slice && { kind: 'reshape', value: slice, type, span: e.span };
  }
  const index = typeIndexOrReal(e.index, env);
  if (value === undefined || index === undefined || !hasAxis(value, 'An index', env)) return undefined;
  if (index.type.element !== 'index') {
    const hint = 'An index is a whole number, a size, or an input declared as index(V).';
    return report(env, cellCatalog.notAnIndex, e.index.span, { text: quote(index.span), hint });
  }
  const hot = oneHotOf(index, e.index.span, env);
  if (hot === undefined) return undefined;
  const rows = value.type.shape[0]!;
  if (!sameDim(hot.type.shape[0]!, rows)) {
    const parameters = {
      text: quote(index.span),
      classes: formatDim(hot.type.shape[0]!),
      rows: formatDim(rows),
      shape: quote(value.span, 'the array'),
    };
    const related = [whereFrom(value, env), whereIndexFrom(index, env)];
    return report(env, cellCatalog.classesDiffer, e.span, parameters, related);
  }
  const kind = value.type.shape.length === 1 ? 'dot' : 'matmul';
  const type = real(value.type.shape.slice(1), unionOuter(value.type.outer, index.type.outer));
  return { kind, left: hot, right: value, type, span: e.span };
}

/** A class number as a vector with a single one. */
export function oneHotOf(index: TypedExpression, span: Span, env: Env): TypedExpression | undefined {
  const symbol = index.kind === 'read' ? env.scope?.symbols.get(index.name) : undefined;
  const classes =
    classesOf.get(index) ??
    (symbol?.kind === 'input' || symbol?.kind === 'target' ? symbol.classes : undefined);
  if (index.type.element !== 'index' || classes === undefined) {
    const hint = 'It has to be an input or target declared as index(V).';
    return report(env, cellCatalog.notAnIndex, span, { text: quote(span), hint });
  }
  return { kind: 'oneHot', index, classes, type: real([classes], index.type.outer), span };
}

const classesOf = new WeakMap<TypedExpression, Dim>();

/** Notes how many classes a read class number counts, for functions at top level, which do not see its declaration. */
export function withClasses(index: TypedExpression, classes: Dim): TypedExpression {
  classesOf.set(index, classes);
  return index;
}

function whereIndexFrom(index: TypedExpression, env: Env) {
  const symbol = index.kind === 'read' ? env.scope?.symbols.get(index.name) : undefined;
  return { span: symbol?.span ?? index.span, label: `${quote(index.span)} is a class number` };
}

function hasAxis(value: TypedExpression, what: string, env: Env): boolean {
  if (value.type.shape.length > 0) return true;
  const found = shapeInWords(value.type.shape);
  report(env, cellCatalog.wrongRank, value.span, { what, needs: 'a vector or matrix', found }, [
    whereFrom(value, env),
  ]);
  return false;
}

function reportNegative(e: Index, value: TypedExpression, place: Dim, env: Env): undefined {
  const last = constantOf(place);
  const length = formatDim(value.type.shape[0]!);
  if (last !== undefined && !Number.isInteger(last)) {
    const hint = `Here it is ${last}. In a loop, floor(${quote(e.index.span, 'k')}) is a whole number.`;
    return report(env, cellCatalog.notAnIndex, e.index.span, { text: quote(e.index.span), hint });
  }
  const parameters = {
    text: quote(e.span),
    shape: formatShape(value.type.shape),
    why: 'entries are counted from 0',
    hint:
      last === undefined ? undefined : `From the end: ${quote(e.object.span, 'z')}[${length} - ${-last}].`,
  };
  return report(env, cellCatalog.sliceOutside, e.span, parameters, [whereFrom(value, env)]);
}
