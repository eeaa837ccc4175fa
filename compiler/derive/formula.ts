import type { Dim } from '../cell/dim.ts';

/*
 * What a person writes on paper: names, sums, products, matrix products, functions. The equations of both sweeps are
 * made of these, and printed as text and as LaTeX. `rank` is the number of axes; a scalar that is repeated in an
 * elementwise operation stays a scalar here.
 */

export type Formula =
  | Quantity
  | NumberFormula
  | SizeFormula
  | SumFormula
  | ProductFormula
  | QuotientFormula
  | NegativeFormula
  | PowerFormula
  | InfixFormula
  | NotFormula
  | IfFormula
  | CallFormula
  | MatrixProduct
  | Transpose
  | Entry
  | Part
  | Stack;

interface FormulaBase {
  readonly rank: number;
}

/** A name that stands for something; how it is spelled is the printer's affair. */
export interface Quantity extends FormulaBase {
  readonly kind: 'quantity';
  /** The user's name (a path, for inner cells), or one of ours. */
  readonly name: string;
  readonly role: QuantityRole;
  /** Whether it differs from step to step. */
  readonly varies: boolean;
  /** t1, t2, …: named by us to be used more than once. */
  readonly temporary: boolean;
  /** A step by number, where steps are written out: 1 is the first, 0 is before it. */
  readonly at?: number;
}

export type QuantityRole =
  | 'value'
  /** One step back. */
  | 'previous'
  /** Before the first step. */
  | 'start'
  /** dL/d value. */
  | 'cotangent'
  /** dL/d previous value, by way of this step and later ones. */
  | 'previousCotangent'
  /** What comes back from step t + 1. */
  | 'fromNext'
  /** What this step's own loss sends. */
  | 'fromHere'
  /** What leaves the first step. */
  | 'startCotangent';

export interface NumberFormula extends FormulaBase {
  readonly kind: 'number';
  /** At least 0. */
  readonly value: number;
}

export interface SizeFormula extends FormulaBase {
  readonly kind: 'size';
  readonly dim: Dim;
}

/** Two terms or more; a `negative` term is subtracted. */
export interface SumFormula extends FormulaBase {
  readonly kind: 'sum';
  readonly terms: readonly Formula[];
}

/** Two factors or more, elementwise; a number stands first. */
export interface ProductFormula extends FormulaBase {
  readonly kind: 'product';
  readonly factors: readonly Formula[];
}

export interface QuotientFormula extends FormulaBase {
  readonly kind: 'quotient';
  readonly above: Formula;
  readonly below: Formula;
}

export interface NegativeFormula extends FormulaBase {
  readonly kind: 'negative';
  readonly operand: Formula;
}

export interface PowerFormula extends FormulaBase {
  readonly kind: 'power';
  readonly base: Formula;
  readonly exponent: Formula;
}

export interface InfixFormula extends FormulaBase {
  readonly kind: 'infix';
  readonly operator: 'or' | 'and' | '<' | '<=' | '>' | '>=' | '==';
  readonly left: Formula;
  readonly right: Formula;
}

export interface NotFormula extends FormulaBase {
  readonly kind: 'not';
  readonly operand: Formula;
}

export interface IfFormula extends FormulaBase {
  readonly kind: 'if';
  readonly condition: Formula;
  readonly then: Formula;
  readonly otherwise: Formula;
}

/** A function of the language, or one of `ones`, `pad`, `reverse_cumsum`, `contract`, which only derivatives need. */
export interface CallFormula extends FormulaBase {
  readonly kind: 'call';
  readonly fn: string;
  readonly args: readonly Formula[];
}

export interface MatrixProduct extends FormulaBase {
  readonly kind: 'matrixProduct';
  readonly left: Formula;
  readonly right: Formula;
}

export interface Transpose extends FormulaBase {
  readonly kind: 'transpose';
  readonly operand: Formula;
}

/** `z[0]`, `E[token]` */
export interface Entry extends FormulaBase {
  readonly kind: 'entry';
  readonly object: Formula;
  readonly index: Formula;
}

/** `z[0:H]` */
export interface Part extends FormulaBase {
  readonly kind: 'part';
  readonly object: Formula;
  readonly start: Dim;
  readonly end: Dim;
}

/** `[a; b]` */
export interface Stack extends FormulaBase {
  readonly kind: 'stack';
  readonly parts: readonly Formula[];
}

/** Equal for formulas that are written the same. */
export function formulaKey(formula: Formula): string {
  return JSON.stringify(formula);
}

/** The formula with its operands replaced; quantities, numbers and sizes have none. */
export function mapOperands(formula: Formula, f: (operand: Formula) => Formula): Formula {
  switch (formula.kind) {
    case 'quantity':
    case 'number':
    case 'size':
      return formula;
    case 'sum':
      return { ...formula, terms: formula.terms.map(f) };
    case 'product':
      return { ...formula, factors: formula.factors.map(f) };
    case 'quotient':
      return { ...formula, above: f(formula.above), below: f(formula.below) };
    case 'negative':
    case 'not':
    case 'transpose':
      return { ...formula, operand: f(formula.operand) };
    case 'power':
      return { ...formula, base: f(formula.base), exponent: f(formula.exponent) };
    case 'infix':
    case 'matrixProduct':
      return { ...formula, left: f(formula.left), right: f(formula.right) };
    case 'if':
      return {
        ...formula,
        condition: f(formula.condition),
        // biome-ignore lint/suspicious/noThenProperty: the branches of an `if` are called so.
        then: f(formula.then),
        otherwise: f(formula.otherwise),
      };
    case 'call':
      return { ...formula, args: formula.args.map(f) };
    case 'entry':
      return { ...formula, object: f(formula.object), index: f(formula.index) };
    case 'part':
      return { ...formula, object: f(formula.object) };
    case 'stack':
      return { ...formula, parts: formula.parts.map(f) };
  }
}

/** Every quantity of a formula, from left to right, repeated ones repeated. */
export function quantitiesOf(formula: Formula): readonly Quantity[] {
  const found: Quantity[] = [];
  const visit = (part: Formula): Formula => {
    if (part.kind === 'quantity') found.push(part);
    return mapOperands(part, visit);
  };
  visit(formula);
  return found;
}
