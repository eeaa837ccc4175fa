import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Binary, Call, Expression, If, Unary } from '../syntax/tree.ts';
import { blockProductOf } from './arrangements.ts';
import { callRule } from './calls.ts';
import type { TypedExpression } from './cell.ts';
import { constantNumber } from './constantNumber.ts';
import { quote } from './describe.ts';
import { mapOf } from './elementwise.ts';
import { type Checked, type Env, report } from './env.ts';
import { findFunction } from './functionNames.ts';
import { memberRule } from './members.ts';
import { nameRule } from './names.ts';
import { indexRule, sliceRule } from './pieces.ts';
import { matmulOf, stackOf } from './products.ts';
import { shared } from './type.ts';
import { real } from './typed.ts';

/** How deep expressions may nest, functions written out. */
const DEEPEST = 1000;
/** How many operations a cell may come to, functions written out. */
const MOST_OPERATIONS = 200_000;

type Rules = {
  readonly [K in Expression['kind']]: (e: Extract<Expression, { kind: K }>, env: Env) => Checked;
};

const rules: Rules = {
  number: (e) => ({ kind: 'number', value: e.value, type: real([], shared), span: e.span }),
  identifier: nameRule,
  unary: unaryRule,
  binary: binaryRule,
  if: ifRule,
  call: callRule,
  member: memberRule,
  indexing: indexRule,
  slice: sliceRule,
  stack: (e, env) => {
    const parts = e.parts.map((part) => typeExpression(part, env));
    return parts.every((part) => part !== undefined) ? stackOf(parts, e.span, env) : undefined;
  },
  list: (e, env) => report(env, cellCatalog.splitMisplaced, e.span, { isList: true }),
};

/** The type of an expression and everything in it, with a stretched vector still on its way to a matrix. */
export function typeOf(e: Expression, env: Env): Checked {
  const { work } = env;
  const place = env.calls[0]?.span ?? e.span;
  if (work.depth >= DEEPEST) {
    const what = `This is nested more than ${DEEPEST} levels deep`;
    return report(env, cellCatalog.tooComplex, place, { what });
  }
  work.operations++;
  if (work.operations > MOST_OPERATIONS) {
    const what = `This cell comes to more than ${MOST_OPERATIONS} operations, its functions written out`;
    // Told once: whatever follows is past the limit too.
    if (work.operations > MOST_OPERATIONS + 1) return undefined;
    return report(env, cellCatalog.tooComplex, place, { what });
  }
  work.depth++;
  // The union of rules takes the union of expressions; each rule gets its own kind.
  const rule = rules[e.kind] as (e: Expression, env: Env) => Checked;
  const checked = rule(e, env);
  work.depth--;
  return checked;
}

/** A value or a class number. */
export function typeIndexOrReal(e: Expression, env: Env): TypedExpression | undefined {
  return settled(typeOf(e, env), env);
}

/** A value: what most places need. */
export function typeExpression(e: Expression, env: Env): TypedExpression | undefined {
  const checked = settled(typeOf(e, env), env);
  if (checked?.type.element !== 'index') return checked;
  return report(env, cellCatalog.indexValue, e.span, { text: quote(e.span) });
}

function settled(checked: Checked, env: Env): TypedExpression | undefined {
  if (checked?.kind !== 'stretched') return checked;
  const word = checked.along === 0 ? 'col' : 'row';
  const example = `${word}(${quote(checked.value.span, 'v')})*S`;
  return report(env, cellCatalog.stretchAlone, checked.span, { word, example });
}

function unaryRule(e: Unary, env: Env): Checked {
  return mapOf(e.operator === '-' ? 'neg' : 'not', [typeOf(e.operand, env)], e.span, env);
}

/** Operators as ops of the table; `>` and `>=` exchange their sides. */
const operators: ReadonlyMap<string, { readonly op: string; readonly swapped?: boolean }> = new Map([
  ['+', { op: 'add' }],
  ['-', { op: 'sub' }],
  ['*', { op: 'mul' }],
  ['/', { op: 'div' }],
  ['<', { op: 'less' }],
  ['<=', { op: 'lessEqual' }],
  ['>', { op: 'less', swapped: true }],
  ['>=', { op: 'lessEqual', swapped: true }],
  ['==', { op: 'equal' }],
  ['and', { op: 'and' }],
  ['or', { op: 'or' }],
]);

function binaryRule(e: Binary, env: Env): Checked {
  if (e.operator === '@') {
    if (e.left.kind === 'call' && isBlocks(e.left, env)) return blockProductOf(e.left, e.right, e.span, env);
    const left = typeExpression(e.left, env);
    const right = typeExpression(e.right, env);
    return left && right && matmulOf(left, right, e.span, env);
  }
  if (e.operator === '^') return powerRule(e, env);
  const left = typeOf(e.left, env);
  const right = typeOf(e.right, env);
  if (e.operator === '!=') {
    return mapOf('not', [mapOf('equal', [left, right], e.span, env)], e.span, env);
  }
  const { op, swapped } = operators.get(e.operator)!;
  return mapOf(op, swapped ? [right, left] : [left, right], e.span, env);
}

/** A user's function of that name wins. */
const isBlocks = ({ callee }: Call, env: Env): boolean =>
  callee.name === 'block_diagonal' && findFunction(callee.name, env) === undefined;

function powerRule(e: Binary, env: Env): Checked {
  const base = typeOf(e.left, env);
  const exponent = constantNumber(e.right);
  if (exponent === undefined || !Number.isSafeInteger(exponent)) {
    return mapOf('pow', [base, typeOf(e.right, env)], e.span, env);
  }
  if (base === undefined) return undefined;
  const of = (value: TypedExpression): TypedExpression => ({
    kind: 'power',
    base: value,
    exponent,
    type: value.type,
    span: e.span,
  });
  if (base.kind === 'stretched') return { ...base, value: of(base.value), span: e.span };
  if (base.type.element === 'index') {
    return report(env, cellCatalog.indexValue, base.span, { text: quote(base.span) });
  }
  return of(base);
}

function ifRule(e: If, env: Env): Checked {
  const parts = [e.condition, e.then, e.otherwise].map((part) => typeOf(part, env));
  return mapOf('select', parts, e.span, env);
}
