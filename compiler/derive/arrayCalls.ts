import { arrayAlgebra } from '../graph/arrayAlgebra.ts';
import type { GraphBuilder } from '../graph/build.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import { arrayFunctions } from '../ops/array.ts';

/** A node that is the value of a function of arrays, which the graph knows as the few forms it is made of. */
export interface ArrayCall {
  readonly fn: string;
  readonly operand: NodeId;
  /** None: over all axes, or the only one. */
  readonly axis?: number;
}

/** Written as the forms they are. */
const plain = new Set(['sum', 'max', 'cumsum']);

/**
 * Finds softmax, mean, norm and the others again: each is built once more on every operand that could have been its own,
 * and equal nodes are the same node.
 *
 * @param builder  holds the graph's nodes, and more afterwards
 */
export function findArrayCalls(builder: GraphBuilder, graph: Graph): ReadonlyMap<NodeId, ArrayCall> {
  const found = new Map<NodeId, ArrayCall>();
  const algebra = arrayAlgebra(builder);
  for (const { operand, axis } of candidates(graph)) {
    for (const fn of arrayFunctions.values()) {
      if (plain.has(fn.name) || fn.arity !== 1) continue;
      const node = fn.build(algebra, [operand], axis);
      const isThere = node < graph.nodes.length && node !== operand && !found.has(node);
      if (isThere) found.set(node, { fn: fn.name, operand, ...(axis === undefined ? {} : { axis }) });
    }
  }
  return found;
}

/** All of these functions reduce their argument, or something one or two operations away from it. */
function candidates(graph: Graph): readonly { operand: NodeId; axis: number | undefined }[] {
  return graph.nodes.flatMap((node) => {
    if (node.form !== 'reduce') return [];
    const rank = graph.nodes[node.operand]!.type.shape.length;
    const isAll = node.axes.length === rank;
    if (!isAll && node.axes.length > 1) return [];
    const reduced = graph.nodes[node.operand]!;
    const operands = reduced.form === 'map' ? [node.operand, ...reduced.operands] : [node.operand];
    return [...new Set(operands)].map((operand) => ({ operand, axis: isAll ? undefined : node.axes[0]! }));
  });
}
