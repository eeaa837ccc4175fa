import type { StepGraph, TrainingGraph } from '../graph/graph.ts';
import { verifyGraph } from '../graph/verify.ts';
import { removeDead } from './removeDead.ts';

/** A rewrite of a graph that keeps its meaning (`evaluate` before and after agree). */
export interface Pass {
  readonly name: string;
  readonly doc: string;
  readonly run: <G extends StepGraph | TrainingGraph>(graph: G) => G;
}

/** In the order they run. */
export const passes: readonly Pass[] = [
  { name: 'remove-dead', doc: 'Drops what no result needs.', run: removeDead },
];

export function optimise<G extends StepGraph | TrainingGraph>(graph: G): G {
  return runPasses(passes, graph);
}

/** Runs passes in order; the graph is verified after each that changed it, so a pass that breaks it is named. */
export function runPasses<G extends StepGraph | TrainingGraph>(list: readonly Pass[], graph: G): G {
  return list.reduce((current, pass) => {
    const next = pass.run(current);
    if (next !== current) verifyGraph(next);
    return next;
  }, graph);
}
