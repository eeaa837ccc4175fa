import type { GraphNode, NodeId, StepGraph } from './graph.ts';
import { operandsOf } from './phase.ts';

/** 0: does not depend on it; 1: affine; 2: anything else. */
export type Degree = 0 | 1 | 2;

/** The degree of every node as a polynomial in the entries of some leaves, all else given. Never too small. */
export function degreesIn(graph: StepGraph, leaves: ReadonlySet<NodeId>): readonly Degree[] {
  const degrees: Degree[] = [];
  graph.nodes.forEach((node, id) => {
    const operands = operandsOf(graph, id).map((operand) => degrees[operand]!);
    degrees.push(leaves.has(id) ? 1 : degreeOf(node, operands));
  });
  return degrees;
}

const largest = (degrees: readonly Degree[]): Degree => Math.max(0, ...degrees) as Degree;

function degreeOf(node: GraphNode, operands: readonly Degree[]): Degree {
  switch (node.form) {
    case 'map':
      return degreeOfOp(node.op, operands);
    case 'contract':
      return timesDegrees(operands);
    case 'oneHot':
      return nonlinear(operands);
    case 'reduce':
      return node.op === 'sum' ? largest(operands) : nonlinear(operands);
    default:
      return largest(operands);
  }
}

const nonlinear = (operands: readonly Degree[]): Degree => (largest(operands) === 0 ? 0 : 2);
const timesDegrees = (operands: readonly Degree[]): Degree =>
  Math.min(
    2,
    operands.reduce<number>((sum, degree) => sum + degree, 0),
  ) as Degree;

function degreeOfOp(op: string, operands: readonly Degree[]): Degree {
  switch (op) {
    case 'add':
    case 'sub':
    case 'neg':
    case 'stop_gradient':
      return largest(operands);
    case 'mul':
      return timesDegrees(operands);
    case 'div':
      return operands[1] === 0 ? operands[0]! : nonlinear(operands);
    case 'select':
      return operands[0] === 0 ? largest(operands) : 2;
    default:
      return nonlinear(operands);
  }
}
