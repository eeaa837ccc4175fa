import type { ScalarExpression } from '../../compiler/ops/expression.ts';
import { mathOps } from '../../compiler/ops/math.ts';

/** Value of a scalar expression in f64; argument -1 is `result`. */
export function evaluateScalar(
  expression: ScalarExpression,
  args: readonly number[],
  result: number,
): number {
  if (expression.kind === 'constant') return expression.value;
  if (expression.kind === 'argument') return expression.index === -1 ? result : args[expression.index]!;
  const op = mathOps.get(expression.op)!;
  return op.evaluate(...expression.args.map((operand) => evaluateScalar(operand, args, result)));
}
