import type { NodeId } from '../../graph/graph.ts';
import { rowReadOf } from '../fusion.ts';
import { isEntryByEntry, kernelOf, kernelsOf } from '../kernels.ts';
import { carriedBetween, levelsOf } from '../levels.ts';
import type { Kernel } from '../plan.ts';
import { liesInParameters, parts } from './concats.ts';
import type { Draft } from './draft.ts';

/* Which kernels there are, in which procedure and stage. */

export function prepare(draft: Draft): void {
  draft.graph.nodes.forEach((node, id) => {
    const phase = draft.phase[id];
    if (draft.isRead(id) || node.form === 'leaf' || node.form === 'fill') return;
    if (phase === 'start') draft.before.start.push(once(draft, id, 'example'));
    if (phase !== 'prepare' || liesInParameters(draft, id)) return;
    draft.before.prepare.push(once(draft, id));
  });
  for (const state of draft.graph.states) {
    draft.before.start.push({
      kind: 'copy',
      from: state.start,
      to: { ...draft.places.get(state.previous)!, stepStride: 0 },
      over: 'example',
      why: `start of ${state.name}`,
    });
  }
}

function once(draft: Draft, id: NodeId, over: 'once' | 'example' = 'once'): Kernel {
  if (isEntryByEntry(draft.graph, id)) return { kind: 'group', nodes: [id], over };
  return kernelOf(draft.graph, id, over)!;
}

export function sweep(draft: Draft, sweep: 'forward' | 'backward'): void {
  const graph = draft.graph;
  const levels = levelsOf(graph, draft.phase, sweep, {
    isHeavy: (id) => isHeavy(draft, id) && draft.choices.mayHoist(id),
    maySink: (id) => !isHeavy(draft, id) && draft.choices.maySink(id),
  });
  const byLevel = new Map<number, NodeId[]>();
  const put = (id: NodeId, level: number) => {
    const list = byLevel.get(level);
    if (list === undefined) byLevel.set(level, [id]);
    else list.push(id);
  };
  for (const [id, level] of [...levels].sort(([a], [b]) => a - b)) {
    const { form } = graph.nodes[id]!;
    if (form !== 'leaf' && form !== 'fill' && !draft.isRead(id)) put(id, level);
  }
  const carried = carriedBetween(graph, sweep);
  if (sweep === 'backward') {
    graph.nodes.forEach((node, id) => {
      if (node.form !== 'total' || graph.nodes[node.operand]!.type.outer.length < 2) return;
      const reads = draft.reads[id]!;
      const latest = Math.max(0, ...reads.map((read) => levels.get(read) ?? 0));
      const stays = latest % 2 === 0 || !draft.choices.mayHoist(id);
      put(id, stays ? latest : latest + 1);
      draft.before.backward.push(clear(draft, id));
    });
  }
  // What is carried is copied at the end of a stage, so there must be one.
  for (const id of carried.keys()) {
    const level = levels.get(id);
    if (level !== undefined && level % 2 === 1 && !byLevel.has(level)) byLevel.set(level, []);
  }
  draft.levels.set(sweep, levels);
  const inOrder = [...byLevel].sort(([a], [b]) => a - b);
  draft.stages[sweep] = inOrder.map(([level, ids]) => ({
    level,
    kernels: [...kernelsOf(draft.question, ids, draft.reads, (concat) => parts(draft, concat))],
  }));
}

function clear(draft: Draft, total: NodeId): Kernel {
  const isShared = draft.graph.nodes[total]!.type.outer.length === 0;
  return { kind: 'clear', total, over: isShared ? 'once' : 'example' };
}

/** A product of something shared with something per step: cheaper for many steps at once. */
function isHeavy(draft: Draft, id: NodeId): boolean {
  const { graph } = { graph: draft.graph };
  const node = graph.nodes[id]!;
  if (node.form !== 'contract' || isEntryByEntry(graph, id) || draft.question.fused.has(id)) return false;
  const isShared = (operand: NodeId) => graph.nodes[operand]!.type.outer.length === 0;
  return (isShared(node.left) || isShared(node.right)) && rowReadOf(graph, id) === undefined;
}

export function finishKernels(draft: Draft): void {
  draft.graph.nodes.forEach((node, id) => {
    if (draft.phase[id] !== 'finish' || draft.isRead(id) || node.form === 'leaf') return;
    const { finish } = draft.before;
    if (node.form === 'total') {
      if (draft.graph.nodes[node.operand]!.type.outer.length === 2) return;
      finish.push(clear(draft, id), { kind: 'accumulate', total: id, over: 'example' });
    } else finish.push(once(draft, id, node.type.outer.length === 0 ? 'once' : 'example'));
  });
}
