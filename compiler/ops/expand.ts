import { invariant } from '../support/invariant.ts';
import { argument, type ScalarArgument, type ScalarConstant, type ScalarExpression } from './expression.ts';
import { type MachineOp, machineOps } from './machine.ts';
import { mathOps } from './math.ts';

/**
 * A scalar expression in machine operations alone, over the arguments of an op. Constants are f32.
 *
 * It is a graph, not a tree: what is used twice is one object, and equal subexpressions are the same object. Whoever walks
 * it keeps results by identity (a Map from node to result), or the work doubles at every use.
 */
export type MachineExpression = ScalarArgument | ScalarConstant | MachineApply;

export interface MachineApply {
  readonly kind: 'apply';
  readonly op: MachineOp;
  readonly args: readonly MachineExpression[];
}

const expansions = new Map<string, MachineExpression>();

/** What an op of math.ts is in f32, down to machine operations. The same object at every call. */
export function expandToMachine(op: string): MachineExpression {
  const known = expansions.get(op);
  if (known) return known;
  const entry = mathOps.get(op);
  invariant(entry, `there is no op ${op}`);
  const expansion = new Expansion().ofOp(
    op,
    entry.parameters.map((_, index) => argument(index)),
  );
  expansions.set(op, expansion);
  return expansion;
}

/** One op's expansion: numbers each distinct node, so that equal ones are made once. */
class Expansion {
  private readonly nodes = new Map<string, MachineExpression>();
  private readonly numbers = new Map<MachineExpression, number>();
  private readonly done = new Map<ScalarExpression, MachineExpression>();

  ofOp(op: string, args: readonly ScalarExpression[]): MachineExpression {
    const operands = args.map((arg) => this.of(arg));
    const lowering = mathOps.get(op)?.lowering ?? { machine: op as MachineOp };
    if ('expand' in lowering) return this.of(lowering.expand(operands));
    const { machine } = lowering;
    invariant(Object.hasOwn(machineOps, machine), `${machine} is neither an op of math.ts nor a machine op`);
    const key = `${machine} ${operands.map((operand) => this.numbers.get(operand)).join(' ')}`;
    return this.node(key, { kind: 'apply', op: machine, args: operands });
  }

  private of(expression: ScalarExpression): MachineExpression {
    const known = this.done.get(expression);
    if (known) return known;
    const result = this.compute(expression);
    this.done.set(expression, result);
    this.done.set(result, result);
    return result;
  }

  private compute(expression: ScalarExpression): MachineExpression {
    if (expression.kind === 'argument') return this.node(`argument ${expression.index}`, expression);
    if (expression.kind === 'apply') return this.ofOp(expression.op, expression.args);
    const value = Math.fround(expression.value);
    return this.node(`constant ${Object.is(value, -0) ? '-0' : value}`, { kind: 'constant', value });
  }

  private node(key: string, made: MachineExpression): MachineExpression {
    const node = this.nodes.get(key) ?? made;
    this.nodes.set(key, node);
    if (!this.numbers.has(node)) this.numbers.set(node, this.numbers.size);
    return node;
  }
}
