import type { Dim } from '../cell/dim.ts';
import {
  type CallFormula,
  type Entry,
  type Formula,
  formulaKey,
  type InfixFormula,
  mapOperands,
  type Stack,
} from './formula.ts';

/*
 * Makers of formulas that tidy up as a person does: nested sums and products are one, signs and numbers come to the
 * front, equal factors are a power, a common factor goes before a bracket. Equal in real numbers, not in every bit.
 */

const rankOf = (parts: readonly Formula[]): number => Math.max(0, ...parts.map(({ rank }) => rank));

export const number = (value: number): Formula =>
  value < 0 ? negative({ kind: 'number', value: -value, rank: 0 }) : { kind: 'number', value, rank: 0 };

export const size = (dim: Dim): Formula => ({ kind: 'size', dim, rank: 0 });

export const call = (fn: string, args: readonly Formula[], rank: number): CallFormula => ({
  kind: 'call',
  fn,
  args,
  rank,
});

export const infix = (operator: InfixFormula['operator'], left: Formula, right: Formula): Formula => ({
  kind: 'infix',
  operator,
  left,
  right,
  rank: rankOf([left, right]),
});

export const not = (operand: Formula): Formula => ({ kind: 'not', operand, rank: operand.rank });

export const choose = (condition: Formula, then: Formula, otherwise: Formula): Formula => ({
  kind: 'if',
  condition,
  then,
  otherwise,
  rank: rankOf([condition, then, otherwise]),
});

export const matrixProduct = (left: Formula, right: Formula): Formula =>
  signed([left, right], ([a, b]) => ({
    kind: 'matrixProduct',
    left: a!,
    right: b!,
    rank: left.rank + right.rank - 2,
  }));

export const outer = (a: Formula, b: Formula): Formula =>
  signed([a, b], (factors) => call('outer', factors, 2));

export const dot = (a: Formula, b: Formula): Formula => signed([a, b], (factors) => call('dot', factors, 0));

/** A product of any kind, with the signs of its factors before it. */
function signed(factors: readonly Formula[], make: (factors: readonly Formula[]) => Formula): Formula {
  const isNegative = factors.filter(({ kind }) => kind === 'negative').length % 2 === 1;
  const positive = make(factors.map((factor) => (factor.kind === 'negative' ? factor.operand : factor)));
  return isNegative ? negative(positive) : positive;
}

export const transpose = (operand: Formula): Formula =>
  operand.kind === 'transpose'
    ? operand.operand
    : signed([operand], ([matrix]) => ({ kind: 'transpose', operand: matrix!, rank: 2 }));

export const stack = (parts: readonly Formula[], rank: number): Stack => ({ kind: 'stack', parts, rank });

export const entry = (object: Formula, index: Formula): Entry => ({
  kind: 'entry',
  object,
  index,
  rank: object.rank - 1,
});

export const isNumber = (formula: Formula, value: number): boolean =>
  formula.kind === 'number' && formula.value === value;

export function negative(operand: Formula): Formula {
  if (operand.kind === 'negative') return operand.operand;
  if (isNumber(operand, 0)) return operand;
  // -(a - b) is b - a.
  if (operand.kind === 'sum' && operand.terms.some(({ kind }) => kind === 'negative')) {
    const flipped = operand.terms.map(negative);
    return sum([
      ...flipped.filter(({ kind }) => kind !== 'negative'),
      ...flipped.filter(({ kind }) => kind === 'negative'),
    ]);
  }
  return { kind: 'negative', operand, rank: operand.rank };
}

export function sum(terms: readonly Formula[]): Formula {
  // Equal terms of equal sign are counted; `x - x` stays, for it may be all that gives the sum its shape.
  const counted = new Map<string, { readonly term: Formula; count: number }>();
  for (const term of terms.flatMap(termsOf)) {
    if (isNumber(term, 0)) continue;
    const key = formulaKey(term);
    const known = counted.get(key);
    if (known === undefined) counted.set(key, { term, count: 1 });
    else known.count += 1;
  }
  const collected = [...counted.values()].map(({ term, count }) => product([number(count), term]));
  if (collected.length === 0) return number(0);
  if (collected.length === 1) return collected[0]!;
  return { kind: 'sum', terms: collected, rank: rankOf(collected) };
}

function termsOf(term: Formula): readonly Formula[] {
  if (term.kind === 'sum') return term.terms;
  if (term.kind === 'negative' && term.operand.kind === 'sum' && term.operand.terms.length === 2) {
    return term.operand.terms.map(negative);
  }
  return [term];
}

/** A product with everything in its place: its sign, its number, what is multiplied, what is divided by. */
interface Fraction {
  isNegative: boolean;
  coefficient: number;
  readonly above: Formula[];
  readonly below: Formula[];
}

export const product = (factors: readonly Formula[]): Formula => fromFraction(fractionOf(factors, []));

export const quotient = (above: Formula, below: Formula): Formula =>
  fromFraction(fractionOf([above], [below]));

function fractionOf(above: readonly Formula[], below: readonly Formula[]): Fraction {
  const fraction: Fraction = { isNegative: false, coefficient: 1, above: [], below: [] };
  const take = (factor: Formula, side: 'above' | 'below'): void => {
    if (factor.kind === 'product') for (const inner of factor.factors) take(inner, side);
    else if (factor.kind === 'quotient') {
      take(factor.above, side);
      take(factor.below, side === 'above' ? 'below' : 'above');
    } else if (factor.kind === 'negative') {
      fraction.isNegative = !fraction.isNegative;
      take(factor.operand, side);
    } else if (factor.kind === 'number' && side === 'above') fraction.coefficient *= factor.value;
    else if (!isNumber(factor, 1)) fraction[side].push(factor);
  };
  for (const factor of above) take(factor, 'above');
  for (const factor of below) take(factor, 'below');
  return fraction;
}

function fromFraction({ isNegative, coefficient, above, below }: Fraction): Formula {
  if (coefficient === 0) return number(0);
  const numbered = coefficient === 1 && above.length > 0 ? above : [number(coefficient), ...above];
  const top = multiplied(numbered);
  const bottom = multiplied(below);
  const positive: Formula =
    below.length === 0 ? top : { kind: 'quotient', above: top, below: bottom, rank: rankOf([top, bottom]) };
  return isNegative ? negative(positive) : positive;
}

/** Equal neighbours become a power, but for a name times itself, which stays `h*h`. */
function multiplied(factors: readonly Formula[]): Formula {
  const runs: { base: Formula; exponent: number }[] = [];
  for (const factor of factors) {
    const isPower = factor.kind === 'power' && factor.exponent.kind === 'number';
    const base = isPower ? factor.base : factor;
    const exponent = isPower && factor.exponent.kind === 'number' ? factor.exponent.value : 1;
    const last = runs.at(-1);
    if (last !== undefined && formulaKey(last.base) === formulaKey(base)) last.exponent += exponent;
    else runs.push({ base, exponent });
  }
  const written = runs.flatMap(({ base, exponent }): readonly Formula[] => {
    if (exponent === 1) return [base];
    if (exponent === 2 && base.kind === 'quantity') return [base, base];
    return [{ kind: 'power', base, exponent: number(exponent), rank: base.rank }];
  });
  return written.length === 1 ? written[0]! : { kind: 'product', factors: written, rank: rankOf(written) };
}

/** a*x + a*y as a*(x + y), where every term begins with the same cotangent; else the formula as it is. */
export function factored(formula: Formula): Formula {
  if (formula.kind !== 'sum' || formula.terms.some(hasStretch)) return formula;
  const split = formula.terms.map(withoutFirstCotangent);
  const first = split[0];
  if (first === undefined) return formula;
  const key = formulaKey(first.factor);
  if (!split.every((part) => part !== undefined && formulaKey(part.factor) === key)) return formula;
  return product([first.factor, sum(split.map((part) => part!.rest))]);
}

function withoutFirstCotangent(term: Formula): { factor: Formula; rest: Formula } | undefined {
  if (term.kind === 'negative') {
    const inner = withoutFirstCotangent(term.operand);
    return inner && { factor: inner.factor, rest: negative(inner.rest) };
  }
  if (term.kind !== 'product') return undefined;
  const [factor, ...rest] = term.factors;
  const isCotangent = factor!.kind === 'quantity' && (factor!.role === 'cotangent' || factor!.temporary);
  return isCotangent ? { factor: factor!, rest: product(rest) } : undefined;
}

/** col(a) + row(b) in a bracket of its own would have no shape. */
function hasStretch(formula: Formula): boolean {
  if (formula.kind === 'call' && (formula.fn === 'col' || formula.fn === 'row')) return true;
  let found = false;
  mapOperands(formula, (operand) => {
    found ||= hasStretch(operand);
    return operand;
  });
  return found;
}
