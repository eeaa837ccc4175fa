import { sameShape } from '../cell/dim.ts';
import { sameOuter } from '../cell/type.ts';
import { mathOps } from '../ops/math.ts';
import { invariant } from '../support/invariant.ts';
import { GraphBuilder } from './build.ts';
import type { Graph, StepGraph, TrainingGraph } from './graph.ts';
import { operandsOf, phasesOf } from './phase.ts';
import { resultsOf } from './results.ts';

/**
 * Structure of a graph: operands stand before users, each node obeys its form's shape rule, results exist, and values
 * cross steps only as states.
 *
 * @throws InvariantError for the first node that is wrong
 */
export function verifyGraph(graph: StepGraph | TrainingGraph): void {
  graph.nodes.forEach((node, id) => {
    for (const operand of operandsOf(graph, id)) {
      invariant(
        operand >= 0 && operand < id,
        `%${id} (${node.form}) reads %${operand}, which does not stand before it`,
      );
    }
    if (node.form === 'map') {
      const op = mathOps.get(node.op);
      invariant(op !== undefined, `%${id}: no op ${node.op}`);
      invariant(
        op.parameters.length === node.operands.length,
        `%${id}: ${node.op} with ${node.operands.length} operands`,
      );
    }
  });
  verifyShapes(graph);
  for (const id of resultsOf(graph)) invariant(graph.nodes[id] !== undefined, `result %${id} is not there`);
  const phase = phasesOf(graph);
  graph.nodes.forEach((node, id) => {
    const late = phase[id] === 'finish' && node.type.outer.some((axis) => axis.startsWith('time:'));
    invariant(!late, `%${id} varies over steps but reads what is known only after them`);
  });
}

/** Builds each node once more; the builder checks the shape rules. */
function verifyShapes(graph: Graph): void {
  graph.nodes.forEach((node, id) => {
    const builder = new GraphBuilder(node.origin);
    // The operands as leaves of their types, so that nothing is simplified or shared.
    const stand = (operand: number, place: number) =>
      builder.leaf('input', `${place}`, graph.nodes[operand]!.type);
    const made = (() => {
      switch (node.form) {
        case 'map':
          return builder.map(node.op, ...node.operands.map(stand));
        case 'sum':
          return builder.sum(node.operands.map(stand));
        case 'contract':
          return builder.contract(
            stand(node.left, 0),
            stand(node.right, 1),
            node.leftAxes,
            node.rightAxes,
            node.outAxes,
          );
        case 'oneHot':
          return builder.oneHot(stand(node.operand, 0), node.type.shape[0]!);
        case 'reduce':
          return builder.reduce(node.op, stand(node.operand, 0), node.axes);
        case 'running':
          return builder.running(stand(node.operand, 0), node.axis, node.direction);
        case 'broadcast':
          return builder.broadcast(stand(node.operand, 0), node.axes, node.type.shape);
        case 'slice':
          return builder.slice(stand(node.operand, 0), node.axis, node.start, node.type.shape[node.axis]!);
        case 'pad':
          return builder.pad(stand(node.operand, 0), node.axis, node.start, node.type.shape[node.axis]!);
        case 'concat':
          return builder.concat(node.operands.map(stand), node.axis);
        case 'reshape':
          return builder.reshape(stand(node.operand, 0), node.type.shape);
        case 'total':
          return builder.total(stand(node.operand, 0), node.over);
        case 'leaf':
          return builder.leaf(node.role, node.name, node.type);
        case 'fill':
          return builder.fill(node.value, node.type.shape, node.type.element);
      }
    })();
    const { shape, outer, element } = builder.type(made);
    const { type } = node;
    if (sameShape(shape, type.shape) && sameOuter(outer, type.outer) && element === type.element) return;
    const text = (t: typeof type) => JSON.stringify([t.shape, t.outer, t.element]);
    invariant(
      false,
      `%${id} (${node.form}) has type ${text(type)}, its form gives ${text({ shape, outer, element })}`,
    );
  });
}
