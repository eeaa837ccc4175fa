import type { Adjoint, GraphNode, NamedNode, NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';
import { resultsOf } from '../graph/results.ts';

/** Drops nodes that no result needs, and numbers the rest anew. */
export function removeDead<G extends StepGraph | TrainingGraph>(graph: G): G {
  const needed = new Set<NodeId>(resultsOf(graph));
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    if (needed.has(id)) for (const operand of operandsOf(graph, id)) needed.add(operand);
  }
  const kept = graph.nodes.flatMap((_, id) => (needed.has(id) ? [id] : []));
  if (kept.length === graph.nodes.length) return graph;
  const place = new Map(kept.map((id, i) => [id, i]));
  const move = (id: NodeId): NodeId => place.get(id)!;
  return renumber(
    graph,
    kept.map((id) => moveNode(graph.nodes[id]!, move)),
    move,
    (id) => needed.has(id),
  );
}

function moveNode(node: GraphNode, move: (id: NodeId) => NodeId): GraphNode {
  switch (node.form) {
    case 'leaf':
    case 'fill':
      return node;
    case 'map':
    case 'sum':
    case 'concat':
      return { ...node, operands: node.operands.map(move) };
    case 'contract':
      return { ...node, left: move(node.left), right: move(node.right) };
    default:
      return { ...node, operand: move(node.operand) };
  }
}

/** Values that nothing needs lose their name with their node. */
function renumber<G extends StepGraph | TrainingGraph>(
  graph: G,
  nodes: readonly GraphNode[],
  move: (id: NodeId) => NodeId,
  isKept: (id: NodeId) => boolean,
): G {
  const named = (list: readonly NamedNode[]) =>
    list.flatMap(({ name, node }) => (isKept(node) ? [{ name, node: move(node) }] : []));
  const { loss, states } = graph;
  return {
    ...graph,
    nodes,
    values: named(graph.values),
    inputs: named(graph.inputs),
    targets: named(graph.targets),
    parameters: named(graph.parameters),
    outputs: named(graph.outputs),
    states: states.map((s) => ({
      ...s,
      previous: move(s.previous),
      next: move(s.next),
      start: move(s.start),
    })),
    ...(loss === undefined ? {} : { loss: move(loss) }),
    ...('adjoint' in graph ? { adjoint: moveAdjoint(graph.adjoint, move, named) } : {}),
  };
}

function moveAdjoint(
  adjoint: Adjoint,
  move: (id: NodeId) => NodeId,
  named: (list: readonly NamedNode[]) => NamedNode[],
): Adjoint {
  const { lossCotangent } = adjoint;
  return {
    outputCotangents: named(adjoint.outputCotangents),
    ...(lossCotangent === undefined ? {} : { lossCotangent: move(lossCotangent) }),
    states: adjoint.states.map((s) => ({
      ...s,
      arriving: move(s.arriving),
      leaving: move(s.leaving),
      startArriving: move(s.startArriving),
    })),
    inputs: named(adjoint.inputs),
    gradients: named(adjoint.gradients),
    cotangents: named(adjoint.cotangents),
  };
}
