import { type Binding, binaryBinding, binding, mayFollowDirectly, unaryBinding } from './precedence.ts';
import type { Binary, BinaryOperator, Expression, Unary } from './tree.ts';

/** An expression as canonical text, with no bracket that is not needed. */
export function printExpression(expression: Expression): string {
  return printAtLeast(binding.if, expression);
}

/** In brackets where it binds looser than `least`. */
function printAtLeast(least: Binding, expression: Expression): string {
  const text = printers[expression.kind](expression as never);
  return bindingOf(expression) < least ? `(${text})` : text;
}

function bindingOf(expression: Expression): Binding {
  switch (expression.kind) {
    case 'if':
      return binding.if;
    case 'unary':
      return unaryBinding[expression.operator].own;
    case 'binary':
      return binaryBinding[expression.operator].own;
    default:
      return binding.operand;
  }
}

type Printers = {
  readonly [K in Expression['kind']]: (expression: Extract<Expression, { kind: K }>) => string;
};

const operand = (expression: Expression): string => printAtLeast(binding.operand, expression);
const joined = (expressions: readonly Expression[], separator: string): string =>
  expressions.map(printExpression).join(separator);

const printers: Printers = {
  number: ({ text }) => text,
  identifier: ({ name }) => name,
  unary: (expression) => printUnary(expression, unaryBinding[expression.operator].right),
  binary: printBinary,
  if: ({ condition, then, otherwise }) =>
    `if ${printAtLeast(binding.or, condition)} then ${printExpression(then)} else ${printExpression(otherwise)}`,
  call: ({ callee, args, named }) => {
    const parts = [
      ...args.map(printExpression),
      ...named.map(({ name, value }) => `${name.name} = ${printExpression(value)}`),
    ];
    return `${callee.name}(${parts.join(', ')})`;
  },
  member: ({ object, name }) => `${operand(object)}.${name.name}`,
  indexing: ({ object, index }) => `${operand(object)}[${printExpression(index)}]`,
  slice: ({ object, start, end }) => `${operand(object)}[${printExpression(start)}:${printExpression(end)}]`,
  stack: ({ parts }) => `[${joined(parts, '; ')}]`,
  list: ({ elements }) => `[${joined(elements, ', ')}]`,
};

function printUnary({ operator, operand: inner }: Unary, least: Binding): string {
  const sign = operator === 'not' ? 'not ' : '-';
  // `--x` needs no brackets at any level: signs are read one after the other.
  if (inner.kind === 'unary' && inner.operator === operator) return sign + printUnary(inner, least);
  return sign + printAtLeast(least, inner);
}

function printBinary(expression: Binary): string {
  const { operator, left, right } = expression;
  const { left: leastLeft, right: leastRight } = binaryBinding[operator];
  const rightText =
    right.kind === 'unary' && mayFollowDirectly(operator, right)
      ? printUnary(right, binding.power)
      : printAtLeast(leastRight, right);
  return printAtLeast(leastLeft, left) + spaced(operator, left, right) + rightText;
}

const tight: ReadonlySet<BinaryOperator> = new Set(['*', '/', '^']);

/** `a*b`, but `W @ x * U @ h`: an operator does not look tighter than one that binds tighter beside it. */
function spaced(operator: BinaryOperator, left: Expression, right: Expression): string {
  const loose = !tight.has(operator) || (operator !== '^' && (showsMatrix(left) || showsMatrix(right)));
  return loose ? ` ${operator} ` : operator;
}

/** Whether a matrix product stands in it outside of brackets, when it is an operand of `*` or `/`. */
function showsMatrix(expression: Expression): boolean {
  let part = expression;
  for (;;) {
    if (part.kind === 'unary' && part.operator === '-') part = part.operand;
    else if (part.kind === 'binary' && part.operator === '@') return true;
    else if (part.kind === 'binary' && (part.operator === '*' || part.operator === '/')) {
      if (showsMatrix(part.right)) return true;
      part = part.left;
    } else return false;
  }
}
