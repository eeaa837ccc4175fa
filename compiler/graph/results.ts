import type { NodeId, StepGraph, TrainingGraph } from './graph.ts';

/** Everything a graph is computed for: a node that none of these needs is dead. */
export function resultsOf(graph: StepGraph | TrainingGraph): readonly NodeId[] {
  const ids = [
    ...graph.inputs.map(({ node }) => node),
    ...graph.targets.map(({ node }) => node),
    ...(graph.rows ?? []).map(({ node }) => node),
    ...graph.entries.map(({ node }) => node),
    ...graph.parameters.map(({ node }) => node),
    ...graph.states.flatMap(({ previous, next, start }) => [previous, next, start]),
    ...graph.outputs.map(({ node }) => node),
    ...(graph.loss === undefined ? [] : [graph.loss]),
  ];
  if (!('adjoint' in graph)) return ids;
  const { outputCotangents, lossCotangent, states, inputs, gradients } = graph.adjoint;
  return [
    ...ids,
    ...outputCotangents.map(({ node }) => node),
    ...(lossCotangent === undefined ? [] : [lossCotangent]),
    ...states.flatMap(({ arriving, leaving, startArriving }) => [arriving, leaving, startArriving]),
    ...inputs.map(({ node }) => node),
    ...gradients.map(({ node }) => node),
  ];
}
