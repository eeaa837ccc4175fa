import type { NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { operandsOf, type Phase } from '../graph/phase.ts';
import { stronglyConnected } from '../support/stronglyConnected.ts';

/*
 * Which nodes must be computed step by step: those on a cycle through a value carried from step to step, a state in the
 * forward sweep, a state's cotangent in the backward one. All others can be done for all steps at once.
 */

export interface Loops {
  /** The cycle a node lies on, by number; undefined where it lies on none. */
  readonly loopOf: (id: NodeId) => number | undefined;
  /** How many loops of its own sweep have to run, one after the other, until a node is known. */
  readonly loopsUntil: (id: NodeId) => number;
}

export function loopsOf(graph: StepGraph | TrainingGraph, phases: readonly Phase[]): Loops {
  const carried = new Map(graph.states.map(({ previous, next }) => [previous, next]));
  if ('adjoint' in graph) {
    for (const { arriving, leaving } of graph.adjoint.states) carried.set(arriving, leaving);
  }
  const sources = graph.nodes.map((_, id) => {
    const from = carried.get(id);
    return from === undefined ? operandsOf(graph, id) : [from];
  });
  const loop: (number | undefined)[] = [];
  const until: number[] = [];
  stronglyConnected(graph.nodes.length, (id) => sources[id]!).forEach((members, number) => {
    const isLoop = members.length > 1 || sources[members[0]!]!.includes(members[0]!);
    let latest = 0;
    for (const id of members) {
      for (const source of sources[id]!) {
        // Sources in the same component have no number yet.
        if (phases[source] === phases[id]) latest = Math.max(latest, until[source] ?? 0);
      }
    }
    for (const id of members) {
      loop[id] = isLoop ? number : undefined;
      until[id] = isLoop ? latest + 1 : latest;
    }
  });
  return { loopOf: (id) => loop[id], loopsUntil: (id) => until[id]! };
}
