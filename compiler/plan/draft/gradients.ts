import { boundShape } from '../../graph/bind.ts';
import type { NodeId, TrainingGraph } from '../../graph/graph.ts';
import { accessOf, isRowMajor } from '../access.ts';
import { bufferNames, type Place } from '../plan.ts';
import type { Draft } from './draft.ts';

/** Gradients are totalled where they are wanted, where nothing else happens to them. */
export function settleGradients(draft: Draft, graph: TrainingGraph): void {
  const { views } = draft.question;
  const starts = draft.outside.startsOfGradients;
  const wanted = graph.adjoint.gradients.map(({ name, node }) => ({
    name,
    node,
    start: starts.get(name)!,
  }));
  const gradientPlace = (start: number): Place => ({
    buffer: bufferNames.gradients,
    offset: start,
    stepStride: 0,
    rowStride: 0,
  });
  const isFreeTotal = (id: NodeId) =>
    graph.nodes[id]!.form === 'total' && !draft.places.has(id) && !draft.isRead(id);
  const bySource = new Map<NodeId, typeof wanted>();
  for (const gradient of wanted) {
    const base = views.base[gradient.node]!;
    const list = bySource.get(base);
    if (list === undefined) bySource.set(base, [gradient]);
    else list.push(gradient);
  }
  for (const [base, parts] of bySource) {
    if (!isFreeTotal(base)) continue;
    const places = new Map([[base, gradientPlace(0)]]);
    const offsets = parts.map(({ node, start }) => {
      const access = accessOf(graph, places, node);
      const lies = access.kind === 'place' && isRowMajor(boundShape(graph, node), access.strides);
      return lies ? start - access.offset : Number.NaN;
    });
    const covered = parts.reduce((sum, { node }) => sum + draft.outside.entries(node), 0);
    const fits = offsets.every((offset) => offset === offsets[0]) && covered === draft.outside.entries(base);
    if (fits) draft.places.set(base, gradientPlace(offsets[0]!));
  }
  for (const { name, node, start } of wanted) {
    if (liesAt(draft, node, start)) continue;
    const to = gradientPlace(start);
    if (draft.isFree(node, 'finish') && graph.nodes[node]!.type.outer.length === 0)
      draft.places.set(node, to);
    else draft.before.finish.push({ kind: 'copy', from: node, to, over: 'once', why: `gradient of ${name}` });
  }
}

/** Whether a gradient is part of a total that stands among the gradients, in its right place. */
function liesAt(draft: Draft, node: NodeId, start: number): boolean {
  if (!draft.places.has(draft.question.views.base[node]!)) return false;
  const access = accessOf(draft.graph, draft.places, node);
  return (
    access.kind === 'place' &&
    access.place.buffer === bufferNames.gradients &&
    access.place.offset + access.offset === start
  );
}
