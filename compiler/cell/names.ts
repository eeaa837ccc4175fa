import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { Span } from '../source/source.ts';
import type { Identifier } from '../syntax/tree.ts';
import type { TypedExpression, TypedRead } from './cell.ts';
import { type Dim, formatDim, oneDim, sameDim } from './dim.ts';
import { distributionNames, drawOf, isDistribution } from './draws.ts';
import { type Checked, type Env, report, requireAtLeast } from './env.ts';
import { isFunctionName } from './functionNames.ts';
import { withClasses } from './pieces.ts';
import { type CellSymbol, kindInWords } from './scope.ts';
import { oversOf, ownTime, perStep, sameOuter, shared, type TensorType } from './type.ts';
import { real } from './typed.ts';

const PREVIOUS = '_prev';

/** A name in an expression: the value it stands for here. */
export function nameRule(e: Identifier, env: Env): Checked {
  const { name, span } = e;
  if (env.locals.has(name)) return env.locals.get(name);
  const symbol = env.scope?.symbols.get(name);
  if (symbol !== undefined) return readOf(symbol, span, env);
  if (env.scope?.refused.has(name)) return undefined;
  if (name === 'step') {
    if (env.role !== 'equation') return reportRole(name, 'the number of steps so far', span, env);
    return { kind: 'step', type: real([], perStep), span };
  }
  if (name.endsWith(PREVIOUS)) {
    const base = env.scope?.symbols.get(name.slice(0, -PREVIOUS.length));
    if (base !== undefined) return previousOf(base, span, env);
  }
  if (isDistribution(name)) return drawOf(name, [], span, env);
  if (isFunctionName(name, env)) return report(env, cellCatalog.functionAsValue, span, { name });
  const hint = env.scope === undefined ? 'A function outside a cell sees its arguments alone.' : undefined;
  return report(env, cellCatalog.unknownName, span, { name, nearest: nearestName(name, env), hint });
}

function nearestName(name: string, env: Env): string | undefined {
  if (env.role === 'draw') return nearest(name, distributionNames) ?? env.scope?.nearest(name);
  if (!name.endsWith(PREVIOUS)) return env.scope?.nearest(name) ?? nearest(name, previousNames(env));
  const near = env.scope?.nearest(name.slice(0, -PREVIOUS.length));
  return near === undefined ? undefined : near + PREVIOUS;
}

/** `h_prev` of every state and input. */
const previousNames = (env: Env): readonly string[] =>
  [...(env.scope?.symbols.values() ?? [])]
    .filter(({ kind }) => kind === 'state' || kind === 'input')
    .map(({ name }) => name + PREVIOUS);

function readOf(symbol: CellSymbol, span: Span, env: Env): TypedExpression | undefined {
  const { name } = symbol;
  const read = (from: TypedRead['from'], type: TensorType | undefined): TypedExpression | undefined =>
    type && { kind: 'read', from, name, type, span };
  switch (symbol.kind) {
    case 'size':
      return { kind: 'size', dim: env.scope!.sizeNamed(name), type: real([], shared), span };
    case 'number':
      return read('number', real([], shared));
    case 'parameter':
      if (env.role === 'formula' || env.role === 'draw') break;
      return read('parameter', symbol.shape && real(symbol.shape, shared));
    case 'constant': {
      if (env.role === 'equation' || env.role === 'start') {
        return read('constant', symbol.shape && real(symbol.shape, shared));
      }
      const formula = env.formulas.get(name);
      if (formula === undefined) break;
      return formula;
    }
    case 'noise':
      if (env.role !== 'equation') break;
      return read('noise', symbol.shape && real(symbol.shape, symbol.scope === 'update' ? shared : perStep));
    case 'input':
    case 'target': {
      const isKnownAtStart = symbol.type !== undefined && !symbol.type.outer.includes(ownTime);
      if (env.role !== 'equation' && !(env.role === 'start' && isKnownAtStart)) break;
      const value = read('input', symbol.type);
      return value && symbol.classes ? withClasses(value, symbol.classes) : value;
    }
    case 'state':
      if (env.role !== 'equation') break;
      return read('value', symbol.shape && real(symbol.shape, perStep));
    case 'value':
      if (env.role !== 'equation') break;
      return read('value', symbol.type);
    case 'innerCell':
      return report(env, cellCatalog.cellAsValue, span, { name, members: [] });
    case 'application':
      if (symbol.members === undefined) return undefined;
      return report(env, cellCatalog.cellAsValue, span, { name, members: [...symbol.members.keys()] });
  }
  return reportRole(name, kindInWords(symbol), span, env);
}

/** `h_prev`, or `prev(h, 3)` with a lag of its own. */
export function previousOf(symbol: CellSymbol, span: Span, env: Env, lag?: Dim): TypedExpression | undefined {
  const { name } = symbol;
  if (symbol.kind !== 'state' && symbol.kind !== 'input') {
    if (symbol.kind === 'target') {
      const hint = 'Give the previous target as an input of its own.';
      return report(env, cellCatalog.notYet, span, { what: 'the previous value of a target', hint });
    }
    const parameters = {
      name,
      kind: kindInWords(symbol),
      canBeState: symbol.kind === 'value' || symbol.kind === 'noise',
    };
    return report(env, cellCatalog.notAState, span, parameters, [
      { span: symbol.span, label: `${name} is ${symbol.kind === 'value' ? 'defined' : 'declared'} here` },
    ]);
  }
  if (env.role !== 'equation') return reportRole(name + PREVIOUS, 'a previous value', span, env);
  const read = (type: TensorType): TypedExpression => previousRead(name, type, span, lag);
  if ('shape' in symbol) return symbol.shape && read(real(symbol.shape, perStep));
  if (symbol.type === undefined) return undefined;
  if (!sameOuter(symbol.type.outer, perStep)) {
    const isSame = !symbol.type.outer.includes(ownTime);
    const message = isSame
      ? `${name} is given once per sequence, so it has no previous value`
      : `The previous value of an input over ${oversOf(symbol.type.outer)[0]} is not kept`;
    const hint = isSame ? `Read ${name}: it is the same at every step.` : undefined;
    return report(env, cellCatalog.givenMisplaced, span, { message, hint });
  }
  env.scope?.lagged.add(name);
  const value = read(symbol.type);
  if (symbol.classes === undefined) return value;
  if (symbol.start === undefined) {
    return report(env, cellCatalog.indexStart, span, { name }, [
      { span: symbol.span, label: `${name} is declared here` },
    ]);
  }
  const { start, classes } = symbol;
  const reason = `${name} starts at class ${start}, which needs ${formatDim(classes)} to be at least ${start + 1}`;
  if (!requireAtLeast(env, classes, start + 1, span, reason)) return undefined;
  return withClasses(value, classes);
}

/** The value `lag` steps back of what is called `name`; one step where there is no lag. */
export function previousRead(name: string, type: TensorType, span: Span, lag?: Dim): TypedExpression {
  const isOne = lag === undefined || sameDim(lag, oneDim);
  return { kind: 'read', from: 'previous', name, ...(isOne ? {} : { lag }), type, span };
}

/** Says that something known at a step only stands where nothing of a step is known. */
export function reportRole(text: string, kind: string, span: Span, env: Env): undefined {
  const entry = env.role === 'start' ? cellCatalog.startReads : cellCatalog.formulaReads;
  return report(env, entry, span, { text, kind });
}
