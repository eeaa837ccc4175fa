import type { NodeId, StepGraph } from '../../graph/graph.ts';
import { operandsOf } from '../../graph/phase.ts';
import { resultsOf } from '../../graph/results.ts';
import type { Span } from '../../source/source.ts';
import { Rewrite } from '../rewrite.ts';
import { usersOf } from '../users.ts';
import { type StableRewrite, stableRewrites } from './rewrites.ts';

/** One place where something is computed in another way than it is written. */
export interface Stabilised {
  readonly rewrite: StableRewrite;
  /** The equation it stands in. */
  readonly span: Span;
}

/** A rewrite may make room for another; a chain of them is short. */
const MOST_ROUNDS = 8;

/**
 * Expressions that overflow or cancel as they are written, computed as the same function in another way (`rewrites.ts`).
 * Before differentiation, so that derivatives are computed in that way too. What is also used elsewhere stays; it is no
 * part of the value any more, so that its overflow does not show.
 */
export function stabilise(graph: StepGraph): {
  readonly graph: StepGraph;
  readonly done: readonly Stabilised[];
} {
  const done: Stabilised[] = [];
  let current = graph;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = onePass(current, done);
    if (next === current) break;
    current = next;
  }
  return { graph: current, done: done.toSorted((a, b) => a.span.start - b.span.start) };
}

function onePass(graph: StepGraph, done: Stabilised[]): StepGraph {
  const rewrite = new Rewrite(graph);
  const results = new Set(resultsOf(graph));
  const users = usersOf(graph);
  const needed = new Set<NodeId>(results);
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    if (!needed.has(id)) continue;
    const node = graph.nodes[id]!;
    const scene = { users, isResult: (other: NodeId) => results.has(other) };
    const builder = node.form === 'map' ? rewrite.like(id) : undefined;
    const found = builder && firstThatApplies({ ...scene, builder }, id);
    if (found === undefined || builder === undefined) {
      for (const operand of operandsOf(graph, id)) needed.add(operand);
      continue;
    }
    rewrite.replace(id, found.by);
    done.push({ rewrite: found.rewrite, span: node.origin.span });
    const open = [found.by];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (needed.has(next)) continue;
      needed.add(next);
      if (next >= graph.nodes.length) open.push(...operandsOf({ nodes: builder.nodes }, next));
    }
  }
  return rewrite.done();
}

function firstThatApplies(scene: Parameters<StableRewrite['apply']>[0], id: NodeId) {
  for (const rewrite of stableRewrites) {
    const by = rewrite.apply(scene, id);
    if (by !== undefined && by !== id) return { rewrite, by };
  }
  return undefined;
}
