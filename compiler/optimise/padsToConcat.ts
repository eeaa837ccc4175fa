import { addDims, type Dim, dimKey, sameDim, zeroDim } from '../cell/dim.ts';
import type { NodeId, Pad, StepGraph, SumNode, TrainingGraph } from '../graph/graph.ts';
import { Rewrite } from './rewrite.ts';
import { gather } from './sharedOperand.ts';

/**
 * Padded addends that lie side by side, without gap or overlap, become a concat: what comes back to a value that was only
 * used in slices is then put together, not added up from mostly zeros.
 *
 *     %53 : [2*H] per step = pad %f_bar along 0 at H
 *     %54 : [2*H] per step = pad %i_bar along 0 at 0
 *     %55 z_bar : [2*H] per step = sum %53 %54
 *
 *     %53 z_bar : [2*H] per step = concat %i_bar %f_bar along 0
 *
 * Other addends, padded or not, stay in the sum.
 */
export function padsToConcat<G extends StepGraph | TrainingGraph>(graph: G): G {
  const rewrite = new Rewrite(graph);
  graph.nodes.forEach((node, id) => {
    if (node.form !== 'sum') return;
    let addends = node.operands;
    for (const axis of axesOfPads(node)) {
      for (;;) {
        const row = sideBySide(addends, axis, node.type.shape[axis]!);
        if (row === undefined) break;
        const builder = rewrite.like(id);
        const parts = row.map((pad) => (graph.nodes[pad] as Pad).operand);
        addends = [builder.concat(parts, axis), ...addends.filter((addend) => !row.includes(addend))];
      }
    }
    if (addends !== node.operands) rewrite.replace(id, rewrite.like(id).sum(addends));
  });
  return rewrite.done();

  function padAlong(id: NodeId, axis: number): Pad | undefined {
    const node = graph.nodes[id];
    return node?.form === 'pad' && node.axis === axis ? node : undefined;
  }

  function axesOfPads(sum: SumNode): readonly number[] {
    return sum.type.shape.flatMap((_, axis) =>
      sum.operands.some((operand) => padAlong(operand, axis) !== undefined) ? [axis] : [],
    );
  }

  /** Pads that together cover an axis of this length, in order. */
  function sideBySide(addends: readonly NodeId[], axis: number, length: Dim): readonly NodeId[] | undefined {
    const byStart = new Map<string, NodeId[]>();
    for (const addend of addends) {
      const pad = padAlong(addend, axis);
      if (pad !== undefined) gather(byStart, dimKey(pad.start), addend);
    }
    const deadEnds = new Set<string>();
    const cover = (from: Dim): readonly NodeId[] | undefined => {
      if (sameDim(from, length)) return [];
      const key = dimKey(from);
      if (deadEnds.has(key)) return undefined;
      for (const pad of byStart.get(key) ?? []) {
        const { operand } = graph.nodes[pad] as Pad;
        const rest = cover(addDims(from, graph.nodes[operand]!.type.shape[axis]!));
        if (rest !== undefined) return [pad, ...rest];
      }
      deadEnds.add(key);
      return undefined;
    };
    return cover(zeroDim);
  }
}
