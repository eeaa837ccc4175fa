import type { NodeId, StepGraph, TrainingGraph } from '../../graph/graph.ts';
import { operandsOf, phasesOf } from '../../graph/phase.ts';
import { stronglyConnected } from '../../support/stronglyConnected.ts';
import { carriedBetween } from '../levels.ts';
import { namesOf } from '../names.ts';

/** Why something goes step by step: a chain of values from one step to the next and back to where it began. */
export interface Loop {
  /** From what came from the step before to what goes to the step after: `h_prev`, `o`, `h`. */
  readonly chain: readonly string[];
  /** All that is computed on the way, one way or another. */
  readonly nodes: ReadonlySet<NodeId>;
}

/** For each carried value that depends on itself, the shortest chain by which it does. */
export function loopsOf(graph: StepGraph | TrainingGraph, sweep: 'forward' | 'backward'): readonly Loop[] {
  const phases = phasesOf(graph);
  const carried = carriedBetween(graph, sweep);
  const sources = (id: NodeId) =>
    [...operandsOf(graph, id), ...(carried.get(id) ?? []).filter((from) => from !== id)].filter(
      (source) => phases[source] === sweep,
    );
  const components = stronglyConnected(graph.nodes.length, (id) => (phases[id] === sweep ? sources(id) : []));
  return components.flatMap((component): Loop[] => {
    const nodes = new Set(component);
    const leaves = component.filter((id) => carried.has(id)).sort((a, b) => a - b);
    if (nodes.size < 2) return [];
    return leaves.map((leaf) => ({ chain: chainOf(graph, leaf, sources, nodes), nodes }));
  });
}

/** The names along the shortest way from a carried value back to itself. */
function chainOf(
  graph: StepGraph | TrainingGraph,
  leaf: NodeId,
  sources: (id: NodeId) => readonly NodeId[],
  within: ReadonlySet<NodeId>,
): readonly string[] {
  // Backwards from what is carried, so that `from` leads onwards in the direction of time.
  const onwards = new Map<NodeId, NodeId>();
  const queue: NodeId[] = [leaf];
  for (const id of queue) {
    const before = sources(id).filter((source) => within.has(source));
    if (before.includes(leaf)) {
      onwards.set(leaf, id);
      break;
    }
    for (const source of before) {
      if (onwards.has(source) || source === leaf) continue;
      onwards.set(source, id);
      queue.push(source);
    }
  }
  const { of, isUsers } = namesOf(graph);
  const chain: NodeId[] = [leaf];
  for (let id = onwards.get(leaf); id !== undefined && id !== leaf; id = onwards.get(id)) chain.push(id);
  return chain.flatMap((id) => (isUsers(id) ? of(id)! : []));
}
