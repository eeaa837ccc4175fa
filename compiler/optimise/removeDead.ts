import type { NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';
import { resultsOf } from '../graph/results.ts';
import { renumber } from './renumber.ts';

/** Drops nodes that no result needs, and numbers the rest anew. */
export function removeDead<G extends StepGraph | TrainingGraph>(graph: G): G {
  const needed = new Set<NodeId>(resultsOf(graph));
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    if (needed.has(id)) for (const operand of operandsOf(graph, id)) needed.add(operand);
  }
  const kept = graph.nodes.flatMap((_, id) => (needed.has(id) ? [id] : []));
  return kept.length === graph.nodes.length ? graph : renumber(graph, graph.nodes, kept);
}

/** The same without the loss's derivative by the inputs, and what was computed for it alone. */
export function withoutInputCotangents<G extends StepGraph | TrainingGraph>(graph: G): G {
  if (!('adjoint' in graph)) return graph;
  return removeDead({ ...graph, adjoint: { ...graph.adjoint, inputs: [] } });
}
