import type { Dim } from '../cell/dim.ts';
import { printExpression } from '../syntax/printExpression.ts';
import type { BinaryOperator, Expression, Identifier } from '../syntax/tree.ts';
import type { Formula } from './formula.ts';
import type { Spelling } from './names.ts';

/** A formula in the notation of the language, with no bracket that is not needed. */
export function printText(formula: Formula, spell: Spelling): string {
  return printExpression(toExpression(formula, spell));
}

/** Made by us: there is no text behind these nodes. */
const span = { source: { name: 'derived', text: '' }, start: 0, end: 0 };

const identifier = (name: string): Identifier => ({ kind: 'identifier', name, span });

const binary = (operator: BinaryOperator, left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator,
  operatorSpan: span,
  left,
  right,
  span,
});

const minus = (operand: Expression): Expression => ({ kind: 'unary', operator: '-', operand, span });

function toExpression(formula: Formula, spell: Spelling): Expression {
  const convert = (part: Formula) => toExpression(part, spell);
  switch (formula.kind) {
    case 'quantity':
      return identifier(spell(formula));
    case 'number':
      return { kind: 'number', value: formula.value, text: numberText(formula.value), span };
    case 'size':
      return sizeExpression(formula.dim);
    case 'sum':
      return formula.terms.slice(1).reduce((left: Expression, term) => {
        if (term.kind === 'negative') return binary('-', left, convert(term.operand));
        return binary('+', left, convert(term));
      }, convert(formula.terms[0]!));
    case 'product':
      return formula.factors.map(convert).reduce((left, right) => binary('*', left, right));
    case 'quotient':
      return binary('/', convert(formula.above), convert(formula.below));
    case 'negative':
      return minus(convert(formula.operand));
    case 'power':
      return binary('^', convert(formula.base), convert(formula.exponent));
    case 'infix':
      return binary(formula.operator, convert(formula.left), convert(formula.right));
    case 'not':
      return { kind: 'unary', operator: 'not', operand: convert(formula.operand), span };
    case 'if':
      return {
        kind: 'if',
        condition: convert(formula.condition),
        // biome-ignore lint/suspicious/noThenProperty: the branches of an `if` are called so.
        then: convert(formula.then),
        otherwise: convert(formula.otherwise),
        span,
      };
    case 'call':
      return {
        kind: 'call',
        callee: identifier(formula.fn),
        args: formula.args.map(convert),
        named: [],
        span,
      };
    case 'matrixProduct':
      return binary('@', convert(formula.left), convert(formula.right));
    case 'transpose':
      return { kind: 'member', object: convert(formula.operand), name: identifier('T'), span };
    case 'entry':
      return { kind: 'indexing', object: convert(formula.object), index: convert(formula.index), span };
    case 'part':
      return {
        kind: 'slice',
        object: convert(formula.object),
        start: sizeExpression(formula.start),
        end: sizeExpression(formula.end),
        span,
      };
    case 'stack':
      return { kind: 'stack', parts: formula.parts.map(convert), span };
  }
}

const numberText = (value: number): string => String(value).replace('e+', 'e');

/** A size as an expression, from its terms, so that it gets brackets where it stands among other operators. */
function sizeExpression(dim: Dim): Expression {
  const ordered = [...dim.terms].sort(
    (a, b) => Number(a.factors.length === 0) - Number(b.factors.length === 0),
  );
  const terms = ordered.map((term) => ({
    isNegative: term.numerator < 0,
    expression: termExpression({ ...term, numerator: Math.abs(term.numerator) }),
  }));
  const [first, ...others] = terms;
  if (first === undefined) return { kind: 'number', value: 0, text: '0', span };
  return others.reduce(
    (left: Expression, { isNegative, expression }) => binary(isNegative ? '-' : '+', left, expression),
    first.isNegative ? minus(first.expression) : first.expression,
  );
}

/** One term is a product of names and numbers: it is written tight, as an operand of `*` and `/`. */
function termExpression(term: Dim['terms'][number]): Expression {
  const whole = (value: number): Expression => ({ kind: 'number', value, text: String(value), span });
  const powers = (sign: 1 | -1) =>
    term.factors.flatMap(([name, power]) =>
      Array.from({ length: Math.max(0, sign * power) }, () => identifier(name)),
    );
  const above = [...(term.numerator === 1 ? [] : [whole(term.numerator)]), ...powers(1)];
  const below = [...powers(-1), ...(term.denominator === 1 ? [] : [whole(term.denominator)])];
  const multiply = (factors: readonly Expression[]) =>
    factors.reduce((left, right) => binary('*', left, right));
  const top = above.length === 0 ? whole(1) : multiply(above);
  return below.length === 0 ? top : binary('/', top, multiply(below));
}
