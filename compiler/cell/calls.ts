import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import { nearest } from '../diagnostics/suggest.ts';
import { callableFunctions } from '../ops/index.ts';
import type { Call, Expression } from '../syntax/tree.ts';
import { reshapeRule } from './arrangements.ts';
import { arrayCallOf } from './arrayCalls.ts';
import { constantNumber } from './constantNumber.ts';
import { quote, shapeInWords, whereFrom } from './describe.ts';
import { constantDim, type Dim, formatDim, subtractDims } from './dim.ts';
import { drawOf, isDistribution } from './draws.ts';
import { mapOf } from './elementwise.ts';
import { type Checked, type Env, report, requireAtLeast } from './env.ts';
import { typeExpression, typeIndexOrReal, typeOf } from './expressions.ts';
import { findFunction, foreignFunctions, functionNames, laterFunctions } from './functionNames.ts';
import { writeOut } from './functions.ts';
import { LONGEST_LAG } from './lags.ts';
import { laggedMember } from './members.ts';
import { previousOf } from './names.ts';
import { isNoiseDistribution } from './noise.ts';
import { oneHotOf } from './pieces.ts';
import { vectorProductOf } from './products.ts';
import { kindInWords } from './scope.ts';
import { sizeOf } from './sizeExpressions.ts';

/** `f(x)`, whatever f is: a function of the user, of the library, of the tables, a draw. */
export function callRule(e: Call, env: Env): Checked {
  const name = e.callee.name;
  const symbol = env.locals.has(name) ? undefined : env.scope?.symbols.get(name);
  if (e.over !== undefined && !goesOver(name, env)) {
    const message = `${name} does not go over the entries of a size`;
    const hint = 'Functions of arrays do: sum, mean, max, softmax, logsumexp, … (x over S).';
    return report(env, cellCatalog.notOver, e.over.span, { message, hint });
  }
  if (symbol?.kind === 'innerCell') {
    symbol.applied ??= e.span;
    return report(env, cellCatalog.applicationMisplaced, e.span, { name });
  }
  const home = findFunction(name, env);
  if (home !== undefined) return refuseNamed(e, env) ? writeOut(home, e, env) : undefined;
  const special = specials.get(name);
  if (special !== undefined)
    return refuseNamed(e, env) && takes(e, special.arity, env) ? special.rule(e, env) : undefined;
  const callable = callableFunctions.get(name);
  const isScalar = callable?.scalar !== undefined && e.args.length === callable.scalar.parameters.length;
  if (callable?.array && (!isScalar || e.over !== undefined)) {
    return arrayCallOf(callable, e, env);
  }
  if (!callable?.scalar && !isDistribution(name)) return reportUnknown(e, env);
  if (!refuseNamed(e, env)) return undefined;
  if (callable?.scalar) {
    if (!takes(e, callable.scalar.parameters.length, env)) return undefined;
    const args = e.args.map((arg) => typeOf(arg, env));
    return mapOf(name, args, e.span, env);
  }
  if (!isDistribution(name)) return undefined;
  const args = e.args.map((arg) => typeExpression(arg, env));
  return args.every((arg) => arg !== undefined) ? drawOf(name, args, e.span, env) : undefined;
}

/** Whether this is a function of arrays, and no function of the user hides it. */
const goesOver = (name: string, env: Env): boolean =>
  callableFunctions.get(name)?.array !== undefined &&
  !specials.has(name) &&
  findFunction(name, env) === undefined;

interface Special {
  readonly arity: number;
  readonly rule: (e: Call, env: Env) => Checked;
}

const specials: ReadonlyMap<string, Special> = new Map<string, Special>([
  ['dot', { arity: 2, rule: (e, env) => vectorProduct('dot', e, env) }],
  ['outer', { arity: 2, rule: (e, env) => vectorProduct('outer', e, env) }],
  ['col', { arity: 1, rule: (e, env) => stretched(0, e, env) }],
  ['row', { arity: 1, rule: (e, env) => stretched(1, e, env) }],
  ['prev', { arity: 2, rule: previousRule }],
  ['reshape', { arity: 2, rule: reshapeRule }],
  ['block_diagonal', { arity: 1, rule: (e, env) => report(env, cellCatalog.blocksMisplaced, e.span, {}) }],
  ['clip_gradient', { arity: 2, rule: clipGradientRule }],
  ['split', { arity: 2, rule: (e, env) => report(env, cellCatalog.splitMisplaced, e.span, {}) }],
  [
    'one_hot',
    {
      arity: 1,
      rule: (e, env) => {
        const index = typeIndexOrReal(e.args[0]!, env);
        return index && oneHotOf(index, e.args[0]!.span, env);
      },
    },
  ],
]);

function vectorProduct(kind: 'dot' | 'outer', e: Call, env: Env): Checked {
  const left = typeExpression(e.args[0]!, env);
  const right = typeExpression(e.args[1]!, env);
  return left && right && vectorProductOf(kind, left, right, e.span, env);
}

function stretched(along: 0 | 1, e: Call, env: Env): Checked {
  const value = typeExpression(e.args[0]!, env);
  if (value === undefined) return undefined;
  if (value.type.shape.length === 1) return { kind: 'stretched', along, value, span: e.span };
  const found = shapeInWords(value.type.shape);
  const parameters = { what: e.callee.name, needs: 'a vector', found };
  return report(env, cellCatalog.wrongRank, e.args[0]!.span, parameters, [whereFrom(value, env)]);
}

/** The limit is a number, or a number of the header, so that it is known and positive. */
function clipGradientRule(e: Call, env: Env): Checked {
  const [value, limit] = e.args as [Expression, Expression];
  const constant = constantNumber(limit);
  if (constant !== undefined && !(constant > 0)) {
    return report(env, cellCatalog.clipLimit, limit.span, { text: quote(limit.span), found: 'not positive' });
  }
  const typed = typeExpression(limit, env);
  const clipped = typeOf(value, env);
  if (typed === undefined || clipped === undefined) return undefined;
  if (constant === undefined && !(typed.kind === 'read' && typed.from === 'number')) {
    return report(env, cellCatalog.clipLimit, limit.span, { text: quote(limit.span), found: 'not known' });
  }
  if (env.role === 'formula' || env.role === 'draw') return clipped;
  return mapOf('clip_gradient', [clipped, typed], e.span, env);
}

/** `prev(h, 3)` is the value three steps back, `prev(h, 1)` is `h_prev`. */
function previousRule(e: Call, env: Env): Checked {
  const [value] = e.args;
  const lag = lagOf(e.args[1]!, env);
  if (lag === undefined) return undefined;
  const isOwn = value!.kind === 'identifier' && !env.locals.has(value!.name);
  const symbol = isOwn ? env.scope?.symbols.get(value!.name) : undefined;
  if (symbol !== undefined) return previousOf(symbol, e.span, env, lag);
  if (value!.kind === 'member') return laggedMember(value!, e.span, lag, env);
  const name = quote(value!.span);
  if (value!.kind === 'identifier') {
    return report(env, cellCatalog.unknownName, value!.span, { name, nearest: env.scope?.nearest(name) });
  }
  return report(env, cellCatalog.notAState, value!.span, { name, kind: 'an expression', canBeState: false });
}

/** Steps back: a number, or an expression of sizes. */
function lagOf(e: Expression, env: Env): Dim | undefined {
  const steps = constantNumber(e);
  if (steps !== undefined) {
    if (Number.isInteger(steps) && steps >= 1 && steps <= LONGEST_LAG) return constantDim(steps);
    return report(env, cellCatalog.lag, e.span, { text: quote(e.span), longest: LONGEST_LAG });
  }
  const dim = sizeOf(e, env);
  if (dim === undefined) return undefined;
  const needs = `The lag ${formatDim(dim)} has to be a whole number from 1 to ${LONGEST_LAG}`;
  const left = subtractDims(constantDim(LONGEST_LAG), dim);
  const isLong = requireAtLeast(env, dim, 1, e.span, needs);
  return isLong && requireAtLeast(env, left, 0, e.span, needs) ? dim : undefined;
}

function takes(e: Call, arity: number, env: Env): boolean {
  if (e.args.length === arity) return true;
  const inWords = arity === 1 ? '1 argument' : `${arity} arguments`;
  const parameters = { name: e.callee.name, takes: inWords, given: e.args.length };
  report(env, cellCatalog.argumentCount, e.span, parameters);
  return false;
}

function refuseNamed(e: Call, env: Env): boolean {
  const [named] = e.named;
  if (named === undefined) return true;
  report(env, cellCatalog.namedArgument, named.span, { name: named.name.name, callee: e.callee.name });
  return false;
}

function reportUnknown(e: Call, env: Env): undefined {
  const name = e.callee.name;
  if (env.module.failed.has(name)) {
    env.work.flawed = true;
    return undefined;
  }
  if (isNoiseDistribution(name))
    return report(env, cellCatalog.drawMisplaced, e.span, { name, isNoise: true });
  const later = laterFunctions.get(name);
  if (later !== undefined) return report(env, cellCatalog.notYet, e.callee.span, { what: later });
  const symbol = env.scope?.symbols.get(name);
  const hint =
    symbol === undefined
      ? foreignFunctions.get(name)
      : `${name} is ${kindInWords(symbol)}; for a product write ${name}*(...) or ${name} @ (...).`;
  const near = nearest(name, functionNames(env));
  return report(env, cellCatalog.unknownFunction, e.callee.span, { name, nearest: near, hint });
}
