import { expandToMachine } from '../ops/expand.ts';
import type { ScalarExpression } from '../ops/expression.ts';
import { type MachineOp, machineOps } from '../ops/machine.ts';
import { invariant } from '../support/invariant.ts';
import type { ProgramExpression, ProgramStatement } from './program.ts';
import { letReal, local, op, real } from './write.ts';

/**
 * One scalar op as machine operations. Parts of the expansion that are used more than once become local variables, so
 * nothing is computed twice.
 *
 * @param args    the operands, loaded once each
 * @param prefix  of the local variables' names
 * @returns statements to run first, and the result
 */
export function expandMap(
  name: string,
  args: readonly ProgramExpression[],
  prefix = 'x',
): { readonly statements: readonly ProgramStatement[]; readonly result: ProgramExpression } {
  const statements: ProgramStatement[] = [];
  const expansion = expandToMachine(name);
  const uses = countUses(expansion);
  const temporary = (value: ProgramExpression): ProgramExpression => {
    const variable = `${prefix}${statements.length}`;
    statements.push(letReal(variable, value));
    return local(variable);
  };
  const operands = new Map<number, ProgramExpression>();
  const written = new Map<ScalarExpression, ProgramExpression>();
  const operand = (index: number): ProgramExpression => {
    const known = operands.get(index);
    if (known !== undefined) return known;
    const arg = args[index];
    invariant(arg !== undefined, `${name} has no argument ${index}`);
    const value = uses.args.get(index)! > 1 && arg.kind !== 'constant' ? temporary(arg) : arg;
    operands.set(index, value);
    return value;
  };
  const write = (expression: ScalarExpression): ProgramExpression => {
    if (expression.kind === 'argument') return operand(expression.index);
    if (expression.kind === 'constant') return real(expression.value);
    const known = written.get(expression);
    if (known !== undefined) return known;
    invariant(expression.op in machineOps, `${expression.op} is not a machine operation`);
    const value = op(expression.op as MachineOp, ...expression.args.map(write));
    const kept = uses.applies.get(expression)! > 1 ? temporary(value) : value;
    written.set(expression, kept);
    return kept;
  };
  const result = write(expansion);
  return { statements, result };
}

function countUses(root: ScalarExpression) {
  const args = new Map<number, number>();
  const applies = new Map<ScalarExpression, number>();
  const visit = (expression: ScalarExpression): void => {
    if (expression.kind === 'argument') args.set(expression.index, (args.get(expression.index) ?? 0) + 1);
    if (expression.kind !== 'apply') return;
    const before = applies.get(expression) ?? 0;
    applies.set(expression, before + 1);
    if (before === 0) for (const arg of expression.args) visit(arg);
  };
  visit(root);
  return { args, applies };
}
