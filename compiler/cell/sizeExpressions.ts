import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Expression } from '../syntax/tree.ts';
import { quote } from './describe.ts';
import {
  addDims,
  constantDim,
  constantOf,
  type Dim,
  divideDims,
  isTooLarge,
  multiplyDims,
  oneDim,
  subtractDims,
  zeroDim,
} from './dim.ts';
import { type Env, report } from './env.ts';
import { kindInWords } from './scope.ts';

const LARGEST = 2 ** 31;

/** An expression as a size: whole numbers, sizes, `+ - * /` and whole powers. */
export function sizeOf(e: Expression, env: Env): Dim | undefined {
  const dim = unchecked(e, env);
  if (dim === undefined || !isTooLarge(dim)) return dim;
  return report(env, cellCatalog.tooComplex, e.span, { what: 'This size is past what can be computed with' });
}

/** Whether every name in it is a size, so that it is an index known when sizes are bound. */
export function isSizeExpression(e: Expression, env: Env): boolean {
  const pending = [e];
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (next.kind === 'identifier') {
      const local = env.locals.get(next.name);
      const isSize = env.locals.has(next.name)
        ? local?.kind === 'size' || local?.kind === 'number'
        : env.scope?.symbols.get(next.name)?.kind === 'size';
      if (!isSize) return false;
    } else if (next.kind === 'unary') pending.push(next.operand);
    else if (next.kind === 'binary') pending.push(next.left, next.right);
    else if (next.kind !== 'number') return false;
  }
  return true;
}

function unchecked(e: Expression, env: Env): Dim | undefined {
  switch (e.kind) {
    case 'number':
      if (!Number.isInteger(e.value) || e.value > LARGEST) return notASize(e, 'it is no whole number', env);
      return constantDim(e.value);
    case 'identifier':
      return namedSize(e.name, e, env);
    case 'unary': {
      if (e.operator !== '-') break;
      const value = unchecked(e.operand, env);
      return value && subtractDims(zeroDim, value);
    }
    case 'binary': {
      const left = sizeOf(e.left, env);
      const right = sizeOf(e.right, env);
      if (left === undefined || right === undefined) return undefined;
      if (e.operator === '+') return addDims(left, right);
      if (e.operator === '-') return subtractDims(left, right);
      if (e.operator === '*') return multiplyDims(left, right);
      if (e.operator === '/') {
        const quotient = constantOf(right) === 0 ? undefined : divideDims(left, right);
        return quotient ?? notASize(e, 'a size is divided by a number or a product of sizes', env);
      }
      if (e.operator === '^') return powerOf(left, constantOf(right)) ?? notASize(e, 'its exponent', env);
      break;
    }
  }
  return notASize(e, 'sizes are built from whole numbers and sizes by + - * /', env);
}

function powerOf(base: Dim, exponent: number | undefined): Dim | undefined {
  if (exponent === undefined || !Number.isInteger(exponent) || exponent < 0 || exponent > 12)
    return undefined;
  let result = oneDim;
  for (let i = 0; i < exponent && !isTooLarge(result); i++) result = multiplyDims(result, base);
  return result;
}

function namedSize(name: string, e: Expression, env: Env): Dim | undefined {
  const local = env.locals.get(name);
  if (env.locals.has(name)) {
    if (local === undefined) return undefined;
    if (local.kind === 'size') return local.dim;
    if (local.kind === 'number' && Number.isSafeInteger(local.value)) return constantDim(local.value);
    return notASize(e, 'it is an argument', env);
  }
  const symbol = env.scope?.symbols.get(name);
  if (symbol === undefined) {
    const near = env.scope?.nearest(name);
    const hint = near === undefined ? `Add it to the cell's sizes.` : undefined;
    return report(env, cellCatalog.unknownName, e.span, { name, nearest: near, hint });
  }
  if (symbol.kind === 'size') return env.scope!.sizeNamed(name);
  const why =
    symbol.kind === 'number'
      ? 'numbers behind the semicolon never enter a shape'
      : `it is ${kindInWords(symbol)}`;
  const related = [{ span: symbol.span, label: `${name} is declared here` }];
  return report(env, cellCatalog.notASize, e.span, { text: name, why }, related);
}

function notASize(e: Expression, why: string, env: Env): undefined {
  return report(env, cellCatalog.notASize, e.span, { text: quote(e.span), why });
}
