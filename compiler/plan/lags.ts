import type { StateNodes, StepGraph } from '../graph/graph.ts';
import { keptName, keptOf } from '../graph/lags.ts';

/**
 * The state that `state` lags one step behind, where its new value is that state's previous one: then the two share their
 * slots, shifted by one, and nothing is copied.
 */
export function leaderOf(graph: StepGraph, state: StateNodes): string | undefined {
  const kept = keptOf(state.name);
  if (kept === undefined) return undefined;
  const next = graph.nodes[state.next]!;
  const leader = keptName(kept.name, kept.steps - 1);
  return next.form === 'leaf' && next.role === 'previous' && next.name === leader ? leader : undefined;
}

/** States that share their slots: each followed by the one that lags behind it. Most stand alone. */
export function sharedSlots(graph: StepGraph): readonly (readonly StateNodes[])[] {
  const groups = new Map<string, StateNodes[]>();
  for (const state of graph.states) {
    const leader = leaderOf(graph, state);
    const group = leader === undefined ? [] : groups.get(leader)!;
    group.push(state);
    groups.set(state.name, group);
  }
  return [...new Set(groups.values())];
}
