import type { Expression } from '../syntax/tree.ts';

const operators: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['^', (a, b) => a ** b],
]);

/** The value of an expression of number literals alone; undefined for any other. */
export function constantNumber(e: Expression): number | undefined {
  if (e.kind === 'number') return e.value;
  if (e.kind === 'unary' && e.operator === '-') {
    const value = constantNumber(e.operand);
    return value === undefined ? undefined : -value;
  }
  if (e.kind !== 'binary') return undefined;
  const operator = operators.get(e.operator);
  if (operator === undefined) return undefined;
  const left = constantNumber(e.left);
  const right = left === undefined ? undefined : constantNumber(e.right);
  return left === undefined || right === undefined ? undefined : operator(left, right);
}
