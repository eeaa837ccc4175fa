import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Span } from '../source/source.ts';
import type {
  CellDefinition,
  DeclarationGroup,
  Expression,
  FunctionDefinition,
  HeaderEntry,
  Identifier,
  NoiseGroup,
  ShapeExpression,
  Statement,
} from '../syntax/tree.ts';
import type { NumberParameter, SizeParameter } from './cell.ts';
import { constantNumber } from './constantNumber.ts';
import { quote } from './describe.ts';
import { type Dim, formatDim } from './dim.ts';
import { type Env, report, requireAtLeast } from './env.ts';
import { sizeNamed } from './over.ts';
import type { CellSymbol } from './scope.ts';
import { sizeOf } from './sizeExpressions.ts';
import { type OuterAxes, perExample, perStep, type TensorType, unionOuter } from './type.ts';

/** Enters the sizes and numbers of a cell's header. */
export function declareHeader(
  { sizes, numbers }: CellDefinition,
  env: Env,
): { readonly sizes: readonly SizeParameter[]; readonly numbers: readonly NumberParameter[] } {
  const parameter = (entry: HeaderEntry, kind: 'size' | 'number') => {
    const { name, span } = entry.name;
    env.scope!.declare({ kind, name, span }, entry.name);
    const value = entry.value && constantOrReport(entry.value, `The default of ${name}`, env);
    const isLegal = value === undefined || kind === 'number' || (Number.isSafeInteger(value) && value >= 1);
    if (!isLegal)
      report(env, cellCatalog.badDefault, entry.value!.span, { name, text: quote(entry.value!.span) });
    return { name, span, ...(value === undefined || !isLegal ? {} : { default: value }) };
  };
  return {
    sizes: sizes.map((entry) => parameter(entry, 'size')),
    numbers: numbers.map((entry) => parameter(entry, 'number')),
  };
}

/** A finite plain number, or a report that it has to be one. */
export function constantOrReport(e: Expression, what: string, env: Env): number | undefined {
  const value = constantNumber(e);
  if (value !== undefined && Number.isFinite(value)) return value;
  return report(env, cellCatalog.notConstant, e.span, { text: quote(e.span), what });
}

/** Enters what a statement declares, without its start. Sizes must be known. */
export function declareStatement(statement: Statement, env: Env): void {
  if (statement.kind === 'input' || statement.kind === 'target') {
    for (const group of statement.groups) declareInputs(statement.kind, group, env);
  } else if (statement.kind === 'state') declareArrays('state', statement.groups, env);
  else if (statement.kind === 'param') declareArrays('parameter', statement.groups, env);
  else if (statement.kind === 'const') declareArrays('constant', statement.groups, env);
  else if (statement.kind === 'noise') for (const group of statement.groups) declareNoise(group, env);
  else if (statement.kind === 'function') declareFunction(statement, env);
}

function declareFunction(statement: FunctionDefinition, env: Env): void {
  const { name } = statement;
  refuseRepeated(statement.parameters, 'an argument', env);
  const first = env.scope!.functions.get(name.name);
  if (first !== undefined) {
    const parameters = { name: name.name, kind: 'a function', isSize: false };
    report(env, cellCatalog.duplicateName, name.span, parameters, [
      { span: first.name.span, label: `${name.name} is first defined here` },
    ]);
  } else if (name.name === 'prev' || name.name === 'split') {
    const why = `${name.name} belongs to the language`;
    report(env, cellCatalog.reservedName, name.span, { name: name.name, why });
  } else env.scope!.functions.set(name.name, statement);
}

function declareInputs(kind: 'input' | 'target', group: DeclarationGroup, env: Env): void {
  const classes =
    group.type.kind === 'index'
      ? (lengthOf(group.type.classes, 'The number of classes', env) ?? 'wrong')
      : undefined;
  const shape = group.type.kind === 'shape' ? shapeOf(group.type, env) : [];
  const outer = outerOf(kind, group, env);
  const type: TensorType | undefined =
    classes === 'wrong' || shape === undefined || outer === undefined
      ? undefined
      : { shape, outer, element: classes === undefined ? 'real' : 'index' };
  const start = startOf(kind, group, env);
  for (const name of group.names) {
    const known = classes === undefined || classes === 'wrong' ? {} : { classes };
    env.scope!.declare({ kind, name: name.name, span: name.span, type, start, ...known }, name);
  }
}

/** Along what an input or target varies: given at every step, or once per sequence; over the entries of a size. */
function outerOf(kind: 'input' | 'target', group: DeclarationGroup, env: Env): OuterAxes | undefined {
  const { over, per, type } = group;
  const size = over && sizeNamed(over, env);
  if (over !== undefined && size === undefined) return undefined;
  if (per?.moment === 'update') {
    const message = 'Nothing is given per update: only noise is drawn so';
    const hint = 'What is the same for all examples is a frozen param.';
    return report(env, cellCatalog.givenMisplaced, per.span, { message, hint });
  }
  if (kind === 'target' && per?.moment === 'sequence') {
    const message = 'A target is compared with at every step, so it is given at every step';
    return report(env, cellCatalog.givenMisplaced, per.span, { message });
  }
  if (over !== undefined && type.kind === 'index') {
    const hint = 'Give the rows of the table instead: input M: [D] over S.';
    return report(env, cellCatalog.notYet, over.span, { what: 'class numbers over a size', hint });
  }
  const perSequence =
    kind === 'input' && (per === undefined ? over !== undefined : per.moment === 'sequence');
  const outer = perSequence ? perExample : perStep;
  return size === undefined ? outer : unionOuter(outer, [`over:${size}`]);
}

function startOf(kind: 'input' | 'target', group: DeclarationGroup, env: Env): number | undefined {
  const { initialiser } = group;
  if (initialiser === undefined) return undefined;
  if (initialiser.kind !== 'value' || kind === 'target') {
    const what =
      kind === 'target'
        ? 'A target has no start'
        : 'Before the first step an input is a plain number, as in = 0';
    return report(env, cellCatalog.initialiserMisplaced, initialiser.span, { what });
  }
  if (group.per?.moment === 'sequence' || (group.over !== undefined && group.per === undefined)) {
    const message = 'What is given once per sequence has no value before its first step';
    return report(env, cellCatalog.givenMisplaced, initialiser.span, { message });
  }
  const start = constantOrReport(initialiser.value, 'The start of an input', env);
  if (start === undefined || group.type.kind === 'shape') return start;
  if (Number.isInteger(start) && start >= 0) return start;
  const hint = 'It is a class: a whole number from 0.';
  return report(env, cellCatalog.notAnIndex, initialiser.value.span, { text: String(start), hint });
}

function declareArrays(
  kind: 'state' | 'parameter' | 'constant',
  groups: readonly DeclarationGroup[],
  env: Env,
): void {
  for (const group of groups) {
    const shape = group.type.kind === 'shape' ? shapeOf(group.type, env) : undefined;
    if (group.type.kind === 'index') {
      const what = `Only inputs and targets hold class numbers, a ${kind} does not`;
      report(env, cellCatalog.initialiserMisplaced, group.type.span, { what });
    }
    for (const name of group.names) {
      const symbol: CellSymbol = { kind, name: name.name, span: name.span, shape };
      env.scope!.declare(symbol, name);
    }
  }
}

function declareNoise({ names, type, scope }: NoiseGroup, env: Env): void {
  const shape = type.kind === 'shape' ? shapeOf(type, env) : undefined;
  if (type.kind === 'index') {
    const what = 'Only inputs and targets hold class numbers, noise does not';
    report(env, cellCatalog.initialiserMisplaced, type.span, { what });
  }
  for (const name of names)
    env.scope!.declare({ kind: 'noise', name: name.name, span: name.span, shape, scope }, name);
}

/** A declared shape, every size of it at least 1. */
export function shapeOf(e: ShapeExpression, env: Env): readonly Dim[] | undefined {
  const dims = e.dims.map((dim) => lengthOf(dim, `In ${quote(e.span, 'this shape')},`, env));
  return dims.every((dim) => dim !== undefined) ? dims : undefined;
}

/** A size that has to be a whole number of at least 1. */
export function lengthOf(e: Expression, what: string, env: Env): Dim | undefined {
  const dim = sizeOf(e, env);
  if (dim === undefined) return undefined;
  const needs = `${what} ${formatDim(dim)} has to be a whole number of at least 1`;
  return requireAtLeast(env, dim, 1, e.span, needs) ? dim : undefined;
}

/** Refuses a name that stands twice in one list, such as the arguments of a function. */
export function refuseRepeated(names: readonly Identifier[], what: string, env: Env): void {
  const seen = new Map<string, Span>();
  for (const { name, span } of names) {
    const first = seen.get(name);
    if (first === undefined) seen.set(name, span);
    else {
      const related = [{ span: first, label: `${name} stands here first` }];
      report(env, cellCatalog.duplicateName, span, { name, kind: what, isSize: false }, related);
    }
  }
}
