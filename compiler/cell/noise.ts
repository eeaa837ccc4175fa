import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { Span } from '../source/source.ts';
import type { Call, NoiseGroup } from '../syntax/tree.ts';
import type { Noise, NoiseDistribution, TypedExpression } from './cell.ts';
import { constantNumber } from './constantNumber.ts';
import { quote, shapeInWords } from './describe.ts';
import { type Env, report } from './env.ts';
import { typeFormula } from './starts.ts';
import { shared } from './type.ts';
import { real } from './typed.ts';

interface NoiseRecord {
  /** What the arguments are. */
  readonly takes: readonly string[];
  readonly expectation: (args: readonly TypedExpression[], span: Span) => TypedExpression;
  /** What of the arguments' values cannot be, in words. */
  readonly refuses: (...args: readonly number[]) => string | undefined;
}

/** What noise is drawn from. */
const distributions: Readonly<Record<NoiseDistribution, NoiseRecord>> = {
  /** 1 with the given probability, else 0. */
  bernoulli: {
    takes: ['probability'],
    expectation: ([probability]) => probability!,
    refuses: (p = Number.NaN) =>
      p >= 0 && p <= 1 ? undefined : `a probability lies from 0 to 1, and this is ${p}`,
  },
  normal: {
    takes: ['mean', 'deviation'],
    expectation: ([mean]) => mean!,
    refuses: (mean, deviation = Number.NaN) =>
      notFinite(mean) ??
      (deviation >= 0 && deviation < Infinity
        ? undefined
        : `a deviation is a number of at least 0, and this is ${deviation}`),
  },
  uniform: {
    takes: ['low', 'high'],
    expectation: ([low, high], span) => half(low!, high!, span),
    refuses: (low = Number.NaN, high = Number.NaN) =>
      notFinite(low) ?? notFinite(high) ?? (low <= high ? undefined : `${low} is above ${high}`),
  },
};

const notFinite = (value = Number.NaN): string | undefined =>
  Number.isFinite(value) ? undefined : `${value} is no number to draw with`;

function half(low: TypedExpression, high: TypedExpression, span: Span): TypedExpression {
  const type = real([], shared);
  const sum: TypedExpression = { kind: 'map', op: 'add', args: [low, high], type, span };
  return { kind: 'map', op: 'mul', args: [sum, { kind: 'number', value: 0.5, type, span }], type, span };
}

/** What is wrong with the numbers that noise is drawn with; undefined where nothing is. */
export function noiseProblem(distribution: NoiseDistribution, args: readonly number[]): string | undefined {
  return distributions[distribution].refuses(...args);
}

export const isNoiseDistribution = (name: string): name is NoiseDistribution =>
  Object.hasOwn(distributions, name);

/** `m, n: [H] ~ bernoulli(0.9) per step`: each name with what it is drawn from. */
export function noisesOf({ names, draw, scope }: NoiseGroup, env: Env): readonly Noise[] {
  if (draw.kind !== 'call' || !isNoiseDistribution(draw.callee.name)) {
    const known = Object.keys(distributions);
    const name = draw.kind === 'call' ? draw.callee.name : draw.kind === 'identifier' ? draw.name : undefined;
    const near = name === undefined ? undefined : nearest(name, known);
    report(env, cellCatalog.noiseDistribution, draw.span, { text: quote(draw.span), nearest: near });
    return [];
  }
  const distribution = draw.callee.name;
  const record = distributions[distribution];
  const args = argumentsOf(draw, record, env);
  if (args === undefined) return [];
  const expectation = record.expectation(args, draw.span);
  return names.flatMap(({ name, span }) => {
    const symbol = env.scope!.symbols.get(name);
    if (symbol?.kind !== 'noise' || symbol.span !== span || symbol.shape === undefined) return [];
    return [{ name, shape: symbol.shape, scope, distribution, args, expectation, span }];
  });
}

function argumentsOf(draw: Call, record: NoiseRecord, env: Env): readonly TypedExpression[] | undefined {
  const { name } = draw.callee;
  const [named] = draw.named;
  if (named !== undefined) {
    return report(env, cellCatalog.namedArgument, named.span, { name: named.name.name, callee: name });
  }
  if (draw.args.length !== record.takes.length) {
    const count = record.takes.length === 1 ? '1 argument' : `${record.takes.length} arguments`;
    const takes = `${count} (${record.takes.join(', ')})`;
    return report(env, cellCatalog.argumentCount, draw.span, { name, takes, given: draw.args.length });
  }
  const before = env.reporter.errors;
  const args = draw.args.map((arg) => typeFormula(arg, { ...env, role: 'formula' }));
  for (const arg of args) {
    if (arg === undefined || arg.type.shape.length === 0) continue;
    report(env, cellCatalog.formulaShape, arg.span, { found: shapeInWords(arg.type.shape) });
  }
  const numbers = draw.args.map(constantNumber);
  if (env.reporter.errors === before && numbers.every((number) => number !== undefined)) {
    const problem = record.refuses(...numbers);
    if (problem !== undefined)
      report(env, cellCatalog.noiseNumbers, draw.span, { text: quote(draw.span), problem });
  }
  return args.every((arg) => arg !== undefined) && env.reporter.errors === before ? args : undefined;
}
