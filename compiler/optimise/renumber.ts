import type { Adjoint, GraphNode, NamedNode, NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { moveNode } from '../graph/move.ts';
import { invariant } from '../support/invariant.ts';

/**
 * The graph of chosen nodes, numbered anew. Named values that are not among them lose their name.
 *
 * @param nodes      what `order` and the graph's own ids number; may be longer than the graph
 * @param order      the nodes to keep, operands before users
 * @param standIn    the node that is read in place of another
 */
export function renumber<G extends StepGraph | TrainingGraph>(
  graph: G,
  nodes: readonly GraphNode[],
  order: readonly NodeId[],
  standIn: (id: NodeId) => NodeId = (id) => id,
): G {
  const place = new Map(order.map((id, i) => [id, i]));
  const move = (id: NodeId): NodeId => {
    const moved = place.get(standIn(id));
    invariant(moved !== undefined, `%${id} is needed, but was not kept`);
    return moved;
  };
  const named = (list: readonly NamedNode[]) =>
    list.flatMap(({ name, node }) => (place.has(standIn(node)) ? [{ name, node: move(node) }] : []));
  const { loss, states } = graph;
  return {
    ...graph,
    nodes: order.map((id) => moveNode(nodes[id]!, move)),
    values: named(graph.values),
    inputs: named(graph.inputs),
    targets: named(graph.targets),
    ...(graph.rows === undefined ? {} : { rows: named(graph.rows) }),
    entries: named(graph.entries),
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
