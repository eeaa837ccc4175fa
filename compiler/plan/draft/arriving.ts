import type { GraphNode, NodeId, StepGraph, TrainingGraph } from '../../graph/graph.ts';
import { moveNode } from '../../graph/move.ts';
import { operandsOf } from '../../graph/phase.ts';
import { renumber } from '../../optimise/renumber.ts';

/**
 * What arrives from the step after has one place for all steps, so it can be read in its loop only. Its readers read a
 * sum of this one value instead, which lives as long as they need it.
 */
export function copyArriving<G extends StepGraph | TrainingGraph>(graph: G): G {
  if (!('adjoint' in graph)) return graph;
  const arriving = new Set(graph.adjoint.states.map((state) => state.arriving));
  const read = new Set<NodeId>();
  graph.nodes.forEach((_, id) => {
    for (const operand of operandsOf(graph, id)) if (arriving.has(operand)) read.add(operand);
  });
  if (read.size === 0) return graph;
  const copies = new Map([...read].map((id, i) => [id, graph.nodes.length + i]));
  const nodes: GraphNode[] = graph.nodes.map((node) => moveNode(node, (id) => copies.get(id) ?? id));
  for (const [id] of copies) {
    const { type, origin } = graph.nodes[id]!;
    nodes.push({ form: 'sum', operands: [id], type, origin });
  }
  const order = graph.nodes.flatMap((_, id) => {
    const copy = copies.get(id);
    return copy === undefined ? [id] : [id, copy];
  });
  return renumber(graph, nodes, order);
}
