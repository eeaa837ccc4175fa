import { boundShape, entriesOf } from '../../graph/bind.ts';
import type { NodeId } from '../../graph/graph.ts';
import { invariant } from '../../support/invariant.ts';
import { rowReadOf } from '../fusion.ts';
import { isEntryByEntry } from '../kernels.ts';
import { bufferNames, type Kernel, procedureNames } from '../plan.ts';
import type { Draft } from './draft.ts';

/* Concats that are not computed: their parts are, in place. */

/** Parts of a concat along its first axis are computed in place, where they have no other. */
export function joinConcats(draft: Draft): void {
  const { graph, fused } = { graph: draft.graph, fused: draft.question.fused };
  graph.nodes.forEach((node, id) => {
    if (node.form !== 'concat' || node.type.outer.length < 2 || fused.has(id)) return;
    const shape = boundShape(graph, id);
    if (entriesOf(shape.slice(0, node.axis)) !== 1 || node.type.element === 'index') return;
    let offset = 0;
    for (const operand of node.operands) {
      const part = graph.nodes[operand]!;
      const computed = isEntryByEntry(graph, operand) || part.form === 'contract' || part.form === 'reduce';
      const free =
        computed &&
        node.operands.indexOf(operand) === node.operands.lastIndexOf(operand) &&
        !draft.question.views.isVirtual(operand) &&
        !fused.has(operand) &&
        rowReadOf(graph, operand) === undefined &&
        draft.phase[operand] === draft.phase[id] &&
        part.type.outer.length === node.type.outer.length &&
        !draft.results.has(operand) &&
        !draft.joined.has(operand);
      if (free) draft.joined.set(operand, { concat: id, offset });
      offset += entriesOf(boundShape(graph, operand));
    }
  });
}

/** A concat of parameters that stand side by side is a part of the parameters' buffer. */
export function liesInParameters(draft: Draft, id: NodeId): boolean {
  const node = draft.graph.nodes[id]!;
  if (node.form !== 'concat' || entriesOf(boundShape(draft.graph, id).slice(0, node.axis)) !== 1)
    return false;
  const starts = draft.outside.startsOfParameters;
  const first = starts.get(node.operands[0]!);
  if (first === undefined) return false;
  let start = first;
  for (const operand of node.operands) {
    if (starts.get(operand) !== start) return false;
    start += entriesOf(boundShape(draft.graph, operand));
  }
  draft.places.set(id, { buffer: bufferNames.parameters, offset: first, stepStride: 0, rowStride: 0 });
  return true;
}

/** Copies of a concat's parts that are not computed in place. Their places are known later. */
export function parts(draft: Draft, concat: NodeId): readonly Kernel[] {
  const node = draft.graph.nodes[concat]!;
  invariant(node.form === 'concat', 'not a concat');
  if (node.operands.some((operand) => draft.joined.get(operand)?.concat === concat)) {
    let offset = 0;
    return node.operands.flatMap((operand): Kernel[] => {
      const start = offset;
      offset += entriesOf(boundShape(draft.graph, operand));
      if (draft.joined.get(operand)?.concat === concat) return [];
      return [{ kind: 'part', from: operand, concat, offset: start, over: 'step' }];
    });
  }
  return [{ kind: 'compute', node: concat, over: 'step' }];
}

/** Copies of concats' parts, now that it is known where these lie. */
export function placeParts(draft: Draft): void {
  for (const procedure of procedureNames) {
    for (const { kernels } of draft.stages[procedure]) {
      kernels.forEach((kernel, i) => {
        if (kernel.kind !== 'part') return;
        const place = draft.places.get(kernel.concat)!;
        const to = { ...place, offset: place.offset + kernel.offset };
        kernels[i] = {
          kind: 'copy',
          from: kernel.from,
          to,
          over: 'step',
          why: 'part of a list',
          into: kernel.concat,
        };
      });
    }
  }
}
