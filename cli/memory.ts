import { getHeapStatistics } from 'node:v8';
import { type Bound, boundShape, entriesOf } from '../compiler/graph/bind.ts';
import type { StepGraph } from '../compiler/graph/graph.ts';

/** Whether the evaluator, which keeps every value of every step, has room for so many steps and rows. */
export function fitsEvaluator(bound: Bound<StepGraph>, steps: number, batch: number): boolean {
  return bytesPerStep(bound) * steps * batch < getHeapStatistics().heap_size_limit / 2;
}

/** Roughly: an array and a place in a table for every node. */
function bytesPerStep({ graph }: Bound<StepGraph>): number {
  return graph.nodes.reduce((bytes, _, id) => bytes + 200 + 8 * entriesOf(boundShape(graph, id)), 0);
}
