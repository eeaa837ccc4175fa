import { expandToMachine, type MachineExpression } from '../../compiler/ops/expand.ts';
import { type MachineOp, machineOps } from '../../compiler/ops/machine.ts';

type Evaluate = (...args: readonly number[]) => number;

/** All nodes of an expansion, each once, operands first. */
export function nodesOf(expression: MachineExpression): MachineExpression[] {
  const nodes = new Set<MachineExpression>();
  const visit = (node: MachineExpression) => {
    if (nodes.has(node)) return;
    if (node.kind === 'apply') node.args.forEach(visit);
    nodes.add(node);
  };
  visit(expression);
  return [...nodes];
}

/** An op's f32 formula as a function, by the definitions of the machine operations or by others. */
export function runExpansion(
  op: string,
  evaluateOf: (op: MachineOp) => Evaluate = (name) => machineOps[name].evaluate,
): Evaluate {
  const nodes = nodesOf(expandToMachine(op));
  const place = new Map(nodes.map((node, index) => [node, index]));
  const values = new Float64Array(nodes.length);
  const steps = nodes.map((node, index): ((args: readonly number[]) => void) => {
    if (node.kind === 'constant') {
      values[index] = node.value;
      return () => {};
    }
    if (node.kind === 'argument') {
      return (args) => {
        values[index] = args[node.index]!;
      };
    }
    const evaluate = evaluateOf(node.op);
    const [a = 0, b = 0, c = 0] = node.args.map((arg) => place.get(arg)!);
    return () => {
      values[index] = evaluate(values[a]!, values[b]!, values[c]!);
    };
  });
  return (...args) => {
    for (const step of steps) step(args);
    return values.at(-1)!;
  };
}
