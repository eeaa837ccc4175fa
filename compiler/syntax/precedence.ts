import type { BinaryOperator, Expression, UnaryOperator } from './tree.ts';

/** How tightly the parts of an expression bind, loosest first; numbers grow with tightness. */
export const binding = {
  if: 0,
  or: 1,
  and: 2,
  not: 3,
  comparison: 4,
  sum: 5,
  product: 6,
  minus: 7,
  matrix: 8,
  power: 9,
  operand: 10,
} as const;

export type Binding = (typeof binding)[keyof typeof binding];

/** Of each operator: its own binding, and how tightly its operands must bind at least to stand without brackets. */
export interface OperatorBinding {
  readonly own: Binding;
  readonly left: Binding;
  readonly right: Binding;
}

const fromTheLeft = (own: Binding, tighter: Binding): OperatorBinding => ({ own, left: own, right: tighter });
const unchained: OperatorBinding = { own: binding.comparison, left: binding.sum, right: binding.sum };

export const binaryBinding: Readonly<Record<BinaryOperator, OperatorBinding>> = {
  or: fromTheLeft(binding.or, binding.and),
  and: fromTheLeft(binding.and, binding.not),
  '<': unchained,
  '<=': unchained,
  '>': unchained,
  '>=': unchained,
  '==': unchained,
  '!=': unchained,
  '+': fromTheLeft(binding.sum, binding.product),
  '-': fromTheLeft(binding.sum, binding.product),
  '*': fromTheLeft(binding.product, binding.minus),
  '/': fromTheLeft(binding.product, binding.minus),
  '@': fromTheLeft(binding.matrix, binding.power),
  '^': { own: binding.power, left: binding.operand, right: binding.power },
};

export const unaryBinding: Readonly<Record<UnaryOperator, OperatorBinding>> = {
  not: { own: binding.not, left: binding.not, right: binding.not },
  '-': { own: binding.minus, left: binding.minus, right: binding.minus },
};

/** A minus sign may follow `@` and `^`, and then reaches no further than one operand of these (`A @ -x @ y`). */
export const mayFollowDirectly = (operator: BinaryOperator, right: Expression): boolean =>
  (operator === '@' || operator === '^') && right.kind === 'unary' && right.operator === '-';
