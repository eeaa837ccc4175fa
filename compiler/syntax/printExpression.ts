import { bracketed, group, type Layout, nothing, onOneLine, separated, space } from './layout.ts';
import { type Binding, binaryBinding, binding, mayFollowDirectly, unaryBinding } from './precedence.ts';
import type { Binary, BinaryOperator, Expression, If, NamedArgument, Unary } from './tree.ts';

/** An expression as canonical text on one line, with no bracket that is not needed. */
export function printExpression(expression: Expression): string {
  return onOneLine(layOut(expression));
}

/** An expression with the places where it may be broken: before operators, and inside of brackets. */
export function layOut(expression: Expression): Layout {
  return atLeast(binding.if, expression);
}

export const layOutNamed = ({ name, value }: NamedArgument): Layout => [`${name.name} = `, layOut(value)];

/** In brackets where it binds looser than `least`. */
function atLeast(least: Binding, expression: Expression): Layout {
  const layout = printers[expression.kind](expression as never);
  return bindingOf(expression) < least ? bracketed('(', layout, ')') : layout;
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
  readonly [K in Expression['kind']]: (expression: Extract<Expression, { kind: K }>) => Layout;
};

const operand = (expression: Expression): Layout => atLeast(binding.operand, expression);

const printers: Printers = {
  number: ({ text }) => text,
  identifier: ({ name }) => name,
  unary: (expression) => printUnary(expression, unaryBinding[expression.operator].right),
  binary: (expression) => group(printChain(expression, binaryBinding[expression.operator].own)),
  if: (expression) => group(printArms(expression)),
  call: ({ callee, entry, args, named, over }) => {
    const parts = [...args.map(layOut), ...named.map(layOutNamed)];
    const called: Layout = entry === undefined ? callee.name : [`${callee.name}[`, layOut(entry), ']'];
    if (parts.length === 0) return [called, '()'];
    const along = over === undefined ? [] : [space, `over ${over.name}`];
    return [called, bracketed('(', [separated(parts, ','), ...along], ')')];
  },
  member: ({ object, name }) => [operand(object), `.${name.name}`],
  indexing: ({ object, index }) => [operand(object), '[', layOut(index), ']'],
  slice: ({ object, start, end }) => [operand(object), '[', layOut(start), ':', layOut(end), ']'],
  stack: ({ parts }) => bracketed('[', separated(parts.map(layOut), ';'), ']'),
  list: ({ elements }) => bracketed('[', separated(elements.map(layOut), ','), ']'),
};

/** `if a then b`, `else if c then d`, `else e`: each on a line of its own, or all on one. */
function printArms({ condition, then, otherwise }: If): Layout {
  const arm = ['if ', atLeast(binding.or, condition), ' then ', layOut(then)];
  const rest = otherwise.kind === 'if' ? printArms(otherwise) : layOut(otherwise);
  return [...arm, space, 'else ', rest];
}

function printUnary({ operator, operand: inner }: Unary, least: Binding): Layout {
  const sign = operator === 'not' ? 'not ' : '-';
  // `--x` needs no brackets at any level: signs are read one after the other.
  if (inner.kind === 'unary' && inner.operator === operator) return [sign, printUnary(inner, least)];
  return [sign, atLeast(least, inner)];
}

/** Operators of one binding from the left are one group, which breaks before all of them or none. */
function printChain(expression: Binary, own: Binding): Layout {
  const { operator, left, right } = expression;
  const least = binaryBinding[operator];
  const goesOn = left.kind === 'binary' && bindingOf(left) === own && own >= least.left;
  return [
    goesOn ? printChain(left, own) : printOperand(operator, left, least.left),
    spaced(operator),
    right.kind === 'unary' && mayFollowDirectly(operator, right)
      ? printUnary(right, binding.power)
      : printOperand(operator, right, least.right),
  ];
}

/** A matrix product in `(W @ x)*(U @ h)` needs no brackets, but with them it can be seen. */
function printOperand(operator: BinaryOperator, side: Expression, least: Binding): Layout {
  const scales = operator === '*' || operator === '/';
  return atLeast(scales && isMatrixProduct(side) ? binding.operand : least, side);
}

function isMatrixProduct(expression: Expression): boolean {
  if (expression.kind === 'unary') return expression.operator === '-' && isMatrixProduct(expression.operand);
  return expression.kind === 'binary' && expression.operator === '@';
}

function spaced(operator: BinaryOperator): Layout {
  if (operator === '^') return '^';
  return operator === '*' || operator === '/' ? [nothing, operator] : [space, `${operator} `];
}
