import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Span } from '../source/source.ts';
import type { Expression, Identifier } from '../syntax/tree.ts';
import type { Equation, TypedExpression } from './cell.ts';
import { constantNumber } from './constantNumber.ts';
import { lengthOf } from './declarations.ts';
import { declareAs, quote, whereFrom } from './describe.ts';
import {
  addDims,
  constantDim,
  type Dim,
  divideDims,
  formatDim,
  oneDim,
  sameDim,
  sameShape,
  zeroDim,
} from './dim.ts';
import { type Env, report } from './env.ts';
import { typeExpression } from './expressions.ts';
import { type AppliedCell, applyCell } from './innerCells.ts';
import type { Dependent } from './order.ts';
import { isSingle } from './over.ts';
import { within } from './pieces.ts';
import { stackOf } from './products.ts';
import type { CellSymbol } from './scope.ts';
import { formatShape } from './type.ts';
import { real } from './typed.ts';

/** What an equation, or an output with a value, says. */
export interface Definition extends Dependent {
  readonly names: readonly Identifier[];
  /** `[a, b] = …` */
  readonly list: boolean;
  /** Its value is a stack whose parts are the entries of a new first axis. */
  readonly isLayered: boolean;
  readonly value: Expression;
  readonly span: Span;
}

/** Checks one definition and notes the types of what it defines; the inner cell's parts, where it applies one. */
export function checkDefinition(
  definition: Definition,
  env: Env,
): { readonly equations: readonly Equation[]; readonly applied?: AppliedCell } {
  const symbol = env.scope!.symbols.get(definition.names[0]!.name);
  if (symbol?.kind === 'application' && symbol.span === definition.names[0]!.span) {
    const { value } = definition;
    const applied = value.kind === 'call' ? applyCell(symbol.inner, value, env) : undefined;
    symbol.members = applied?.members;
    return { equations: applied?.equations ?? [], ...(applied && { applied }) };
  }
  if (definition.list) return { equations: splitInto(definition, env) };
  const value = definition.isLayered ? layersOf(definition, env) : typeExpression(definition.value, env);
  return { equations: define(definition.names[0]!, value, definition, env) };
}

/** Entries of one shape as one array. */
function layersOf({ value, names, span }: Definition, env: Env): TypedExpression | undefined {
  const parts = (value.kind === 'stack' ? value.parts : []).map((part) => typeExpression(part, env));
  if (!parts.every((part) => part !== undefined)) return undefined;
  const [first] = parts;
  const other = parts.find((part) => !sameShape(part.type.shape, first!.type.shape));
  if (other !== undefined) {
    const parameters = {
      left: formatShape(first!.type.shape),
      right: formatShape(other.type.shape),
      label: `${names[0]!.name} is read as one array, so all its entries have one shape`,
    };
    return report(env, cellCatalog.shapesDiffer, other.span, parameters, [whereFrom(other, env)]);
  }
  const layers = parts.map((part): TypedExpression => {
    const { shape, outer } = part.type;
    if (shape.length === 0) return part;
    return { kind: 'reshape', value: part, type: real([oneDim, ...shape], outer), span: part.span };
  });
  return stackOf(layers, span, env);
}

function define(
  name: Identifier,
  value: TypedExpression | undefined,
  { span }: Definition,
  env: Env,
): readonly Equation[] {
  const symbol = env.scope!.symbols.get(name.name);
  if (value === undefined || symbol === undefined) return [];
  if (symbol.kind === 'value' && symbol.span === name.span) symbol.type = value.type;
  if (symbol.kind === 'state' && !stateFits(symbol, value, env)) return [];
  return [{ name: name.name, value, span }];
}

function stateFits(symbol: CellSymbol, value: TypedExpression, env: Env): boolean {
  if (symbol.kind !== 'state' || symbol.shape === undefined) return false;
  if (!isSingle(value, `The state ${symbol.name}`, env)) return false;
  if (sameShape(symbol.shape, value.type.shape)) return true;
  const parameters = {
    name: symbol.name,
    declared: formatShape(symbol.shape),
    found: formatShape(value.type.shape),
    hint: mendState(symbol.name, symbol.shape, value, env),
  };
  report(env, cellCatalog.stateShape, value.span, parameters, [
    { span: symbol.span, label: `${symbol.name} is declared here as ${formatShape(symbol.shape)}` },
  ]);
  return false;
}

function mendState(
  name: string,
  shape: readonly Dim[],
  value: TypedExpression,
  env: Env,
): string | undefined {
  if (value.kind === 'matmul' && value.type.shape.length === 1 && shape.length === 1) {
    const declared = declareAs(value.left, [shape[0]!, ...value.left.type.shape.slice(1)], env);
    if (declared !== undefined) return `${declared}.`;
  }
  return `Declare ${name} as ${formatShape(value.type.shape)}, or change the equation.`;
}

/** `[a, b] = split(z, 2)` or `split(z, [K, L])`. */
function splitInto(definition: Definition, env: Env): readonly Equation[] {
  const { names, value: e } = definition;
  if (e.kind !== 'call' || e.callee.name !== 'split') {
    report(env, cellCatalog.splitMisplaced, e.span, {});
    return [];
  }
  const [whole, parts] = e.args;
  const named = e.named[0];
  if (named !== undefined) {
    report(env, cellCatalog.namedArgument, named.span, { name: named.name.name, callee: 'split' });
    return [];
  }
  if (e.args.length !== 2) {
    report(env, cellCatalog.argumentCount, e.span, {
      name: 'split',
      takes: '2 arguments',
      given: e.args.length,
    });
    return [];
  }
  const value = typeExpression(whole!, env);
  if (value !== undefined && value.type.shape.length === 0) {
    const parameters = { what: 'split', needs: 'a vector or matrix', found: 'a scalar' };
    report(env, cellCatalog.wrongRank, value.span, parameters, [whereFrom(value, env)]);
    return [];
  }
  const lengths = partsOf(parts!, value, definition, env);
  if (lengths === undefined) return [];
  let start = zeroDim;
  return names.flatMap((name, i) => {
    const length = lengths[i]!;
    const part = value && within(value, start, length, e.span, env);
    start = addDims(start, length);
    return define(name, part, definition, env);
  });
}

function partsOf(
  e: Expression,
  value: TypedExpression | undefined,
  { names, value: split }: Definition,
  env: Env,
): readonly Dim[] | undefined {
  const count = e.kind === 'list' ? e.elements.length : constantNumber(e);
  if (count === undefined || !Number.isSafeInteger(count) || count < 1) {
    const what = 'The second argument of split';
    const hint = e.kind === 'stack' ? `${quote(e.span)} (with commas)` : quote(e.span);
    return report(env, cellCatalog.notConstant, e.span, { text: hint, what });
  }
  if (count !== names.length) {
    return report(env, cellCatalog.splitCount, split.span, { names: names.length, parts: count });
  }
  const whole = value?.type.shape[0];
  if (e.kind !== 'list') {
    return whole && names.map(() => divideDims(whole, constantDim(count))!);
  }
  const lengths = e.elements.map((element) => lengthOf(element, 'A part of split:', env));
  if (!lengths.every((length) => length !== undefined) || whole === undefined) return undefined;
  const sum = addDims(...lengths);
  if (sameDim(sum, whole)) return lengths;
  const parameters = { sum: formatDim(sum), length: formatDim(whole) };
  return report(env, cellCatalog.splitSizes, split.span, parameters, [whereFrom(value!, env)]);
}
