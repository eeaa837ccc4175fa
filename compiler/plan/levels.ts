import type { NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { operandsOf, type Phase } from '../graph/phase.ts';
import { stronglyConnected } from '../support/stronglyConnected.ts';

/*
 * What must go step by step, and what can be done for all steps of a slab at once. A node must be inside a loop over steps
 * exactly when it lies on a cycle through a carried value: a state forward, a state's cotangent backward.
 *
 * Levels count stages of a sweep: even ones are done for all steps at once, odd ones are loops; each reads those before it.
 */

export interface LevelQuestions {
  /** Whether it pays to take a node out of the loop whose values it reads: a product with something shared. */
  readonly isHeavy: (id: NodeId) => boolean;
  /** Whether a node may move into the loop that reads it. */
  readonly maySink: (id: NodeId) => boolean;
}

/** Levels of the nodes of one sweep, totals left out. */
export function levelsOf(
  graph: StepGraph | TrainingGraph,
  phases: readonly Phase[],
  sweep: 'forward' | 'backward',
  { isHeavy, maySink }: LevelQuestions,
): ReadonlyMap<NodeId, number> {
  const ids = graph.nodes.flatMap((_, id) => (phases[id] === sweep ? [id] : []));
  const position = new Map(ids.map((id, i) => [id, i]));
  const carried = carriedBetween(graph, sweep);
  /** Operands, and for what arrives from another step that step's value. */
  const sources = ids.map((id) =>
    [...operandsOf(graph, id), ...(carried.get(id) ?? [])].flatMap((source) => position.get(source) ?? []),
  );
  const levels = new Map<NodeId, number>();
  for (const component of stronglyConnected(ids.length, (i) => sources[i]!)) {
    const members = new Set(component);
    const before = component.flatMap((i) =>
      sources[i]!.filter((source) => !members.has(source)).map((source) => levels.get(ids[source]!)!),
    );
    const latest = Math.max(0, ...before);
    const only = component[0]!;
    const loops = component.length > 1 || sources[only]!.includes(only);
    for (const i of component) levels.set(ids[i]!, levelAfter(ids[i]!, latest, loops));
  }

  function levelAfter(id: NodeId, latest: number, loops: boolean): number {
    const inLoop = latest % 2 === 1;
    if (loops) return inLoop ? latest : latest + 1;
    // A value carried without a cycle is read once it has been stored for all steps before.
    if (carried.has(id)) return inLoop ? latest : latest + (sweep === 'forward' ? 2 : 1);
    return inLoop && isHeavy(id) ? latest + 1 : latest;
  }

  sink(graph, ids, levels, carried, maySink);
  return levels;
}

/** By leaf: what is carried to it from the step before (forward) or after (backward). */
export function carriedBetween(
  graph: StepGraph | TrainingGraph,
  sweep: 'forward' | 'backward',
): ReadonlyMap<NodeId, readonly NodeId[]> {
  if (sweep === 'forward') return new Map(graph.states.map(({ previous, next }) => [previous, [next]]));
  if (!('adjoint' in graph)) return new Map();
  // An arriving cotangent has one place, so its state goes step by step even where nothing feeds back.
  return new Map(graph.adjoint.states.map(({ arriving, leaving }) => [arriving, [leaving, arriving]]));
}

/**
 * Cheap nodes go into the loop that alone reads them, so that they need no memory. What is carried to another stage stays:
 * there it is read at steps that the loop has not come to.
 */
function sink(
  graph: StepGraph,
  ids: readonly NodeId[],
  levels: Map<NodeId, number>,
  carried: ReadonlyMap<NodeId, readonly NodeId[]>,
  maySink: (id: NodeId) => boolean,
): void {
  const readers = new Map<NodeId, number[]>();
  const note = (id: NodeId) => {
    for (const operand of operandsOf(graph, id)) {
      const list = readers.get(operand);
      if (list === undefined) readers.set(operand, [levels.get(id)!]);
      else list.push(levels.get(id)!);
    }
  };
  const carriedTo = new Map<NodeId, NodeId[]>();
  for (const [leaf, sources] of carried) {
    for (const source of sources) carriedTo.set(source, [...(carriedTo.get(source) ?? []), leaf]);
  }
  const isCarriedWithin = (id: NodeId, loop: number) =>
    carriedTo.get(id)?.every((leaf) => levels.get(leaf) === undefined || levels.get(leaf) === loop) ?? true;
  for (const id of [...ids].reverse()) {
    const own = levels.get(id)!;
    const read = readers.get(id);
    const loop = read?.[0];
    if (loop !== undefined && loop % 2 === 1 && own % 2 === 0 && read!.every((level) => level === loop)) {
      if (isCarriedWithin(id, loop) && maySink(id)) levels.set(id, loop);
    }
    note(id);
  }
}
