import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Span } from '../source/source.ts';
import type { TypedExpression } from './cell.ts';
import { declareAs, quote, whereBothFrom } from './describe.ts';
import { type Dim, formatDim, sameDim, sameShape } from './dim.ts';
import { type Checked, type Env, report, type Stretched } from './env.ts';
import { formatShape, unionOuter } from './type.ts';
import { real } from './typed.ts';

/** One scalar operation, entry by entry: equal shapes, scalars repeated, `col` and `row` laid along a matrix. */
export function mapOf(op: string, args: readonly Checked[], span: Span, env: Env): Checked {
  if (!args.every((arg) => arg !== undefined)) return undefined;
  for (const arg of args) {
    if (arg.kind !== 'stretched' && arg.type.element === 'index') {
      return report(env, cellCatalog.indexValue, arg.span, { text: quote(arg.span) });
    }
  }
  const stretched = args.filter((arg) => arg.kind === 'stretched');
  const plain = args.filter((arg) => arg.kind !== 'stretched');
  if (stretched.length === 0) return mapOfTyped(op, plain, span, env);

  const first = stretched[0]!;
  if (plain.every((arg) => arg.type.shape.length === 0) && stretched.every((s) => s.along === first.along)) {
    const value = mapOfTyped(op, args.map(withoutStretch), span, env);
    return value && { kind: 'stretched', along: first.along, value, span };
  }
  const shape = plain.find((arg) => arg.type.shape.length > 0)?.type.shape ?? crossShape(stretched);
  const laid = args.map((arg) => (arg.kind === 'stretched' ? stretch(arg, shape, span, env) : arg));
  if (!laid.every((arg) => arg !== undefined)) return undefined;
  return mapOfTyped(op, laid, span, env);
}

const withoutStretch = (arg: TypedExpression | Stretched): TypedExpression =>
  arg.kind === 'stretched' ? arg.value : arg;

/** `col(a)*row(b)`: as many rows as a has entries, as many columns as b has. */
function crossShape(stretched: readonly Stretched[]): readonly Dim[] {
  const length = (along: 0 | 1) => stretched.find((s) => s.along === along)!.value.type.shape[0]!;
  return [length(0), length(1)];
}

function stretch(
  { value, along, span }: Stretched,
  shape: readonly Dim[],
  whole: Span,
  env: Env,
): TypedExpression | undefined {
  const length = value.type.shape[0]!;
  const needed = shape[along];
  if (shape.length !== 2 || needed === undefined) {
    const example = along === 0 ? 'col(a)*S' : 'row(v)*S';
    return report(env, cellCatalog.stretchAlone, span, { word: along === 0 ? 'col' : 'row', example });
  }
  if (!sameDim(length, needed)) {
    const axis = along === 0 ? 'rows' : 'columns';
    return report(env, cellCatalog.shapesDiffer, whole, {
      left: formatShape(value.type.shape),
      right: formatShape(shape),
      label: `${quote(value.span)} has ${formatDim(length)} entries, the matrix ${formatDim(needed)} ${axis}`,
    });
  }
  return { kind: 'stretch', value, along, type: real(shape, value.type.outer), span };
}

function mapOfTyped(
  op: string,
  args: readonly TypedExpression[],
  span: Span,
  env: Env,
): TypedExpression | undefined {
  const first = args.find((arg) => arg.type.shape.length > 0);
  const shape = first?.type.shape ?? [];
  const other = args.find((arg) => arg.type.shape.length > 0 && !sameShape(arg.type.shape, shape));
  if (first !== undefined && other !== undefined) return reportDifferent(op, first, other, span, env);
  const outer = unionOuter(...args.map((arg) => arg.type.outer));
  const operand = args[0]!;
  if (op === 'neg' && operand.kind === 'number') {
    return { ...operand, value: -operand.value, span };
  }
  return { kind: 'map', op, args, type: real(shape, outer), span };
}

function reportDifferent(
  op: string,
  a: TypedExpression,
  b: TypedExpression,
  span: Span,
  env: Env,
): undefined {
  const left = formatShape(a.type.shape);
  const right = formatShape(b.type.shape);
  const label = `${quote(a.span, 'one operand')} is ${left}, ${quote(b.span, 'the other')} is ${right}`;
  const related = whereBothFrom(a, b, env);
  const [vector, matrix] = a.type.shape.length < b.type.shape.length ? [a, b] : [b, a];
  if (vector.type.shape.length === 1 && matrix.type.shape.length === 2) {
    const hint = stretchHint(op, vector, matrix);
    return report(env, cellCatalog.vectorBesideMatrix, span, { left, right, label, hint }, related);
  }
  const hint = declareAs(b, a.type.shape, env) ?? declareAs(a, b.type.shape, env);
  return report(
    env,
    cellCatalog.shapesDiffer,
    span,
    { left, right, label, hint: hint && `${hint}.` },
    related,
  );
}

function stretchHint(op: string, vector: TypedExpression, matrix: TypedExpression): string {
  const text = quote(vector.span, 'v');
  const [rows, columns] = matrix.type.shape;
  const length = vector.type.shape[0]!;
  if (op === 'mul' && sameDim(length, columns!)) {
    const product = `For the product of the matrix and the vector write ${quote(matrix.span, 'W')} @ ${text}`;
    const laid = sameDim(length, rows!) ? `col(${text}) scales rows, ` : '';
    return `${product}; ${laid}row(${text}) lays it along every row.`;
  }
  if (sameDim(length, rows!) && sameDim(rows!, columns!)) {
    return `No vector stretches silently: col(${text}) scales rows, row(${text}) lays it along every row.`;
  }
  if (sameDim(length, rows!)) return `To give each row one entry of ${text}, write col(${text}).`;
  if (sameDim(length, columns!)) return `To lay ${text} along every row, write row(${text}).`;
  return 'A product of a matrix and a vector is written with @.';
}
