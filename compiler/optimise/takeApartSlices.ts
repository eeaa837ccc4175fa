import { addDims, type Dim, dimKey, sameDim, zeroDim } from '../cell/dim.ts';
import type { GraphBuilder } from '../graph/build.ts';
import type { NodeId, SliceNode, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { phasesOf } from '../graph/phase.ts';
import { resultsOf } from '../graph/results.ts';
import { loopsOf } from './loops.ts';
import { sliced } from './parts.ts';
import { Rewrite } from './rewrite.ts';
import { usersOf } from './users.ts';

/**
 * A product, or a sum with products, of which only slices are used, is computed in slices where some part of it is not used
 * at all, or not in the loop over steps that would compute it whole: of `[x; h_prev]`'s cotangent, the part for `x` can be
 * had for all steps at once.
 *
 *     %57 : [H + I] per step = contract ij,i->j %W %z_bar
 *     %58 x_bar : [I] per step = slice %57 along 0 at 0
 *     %59 h_prev_bar : [H] per step = slice %57 along 0 at I
 *
 *     %56 : [4*H, I] = slice %W along 1 at 0
 *     %57 x_bar : [I] per step = contract ij,i->j %56 %z_bar
 *     %58 : [4*H, H] = slice %W along 1 at I
 *     %59 h_prev_bar : [H] per step = contract ij,i->j %58 %z_bar
 */
export function takeApartSlices<G extends StepGraph | TrainingGraph>(graph: G): G {
  const rewrite = new Rewrite(graph);
  if (!graph.nodes.some(({ form }) => form === 'slice')) return graph;
  const loops = loopsOf(graph, phasesOf(graph));
  const users = usersOf(graph);
  const results = new Set(resultsOf(graph));
  graph.nodes.forEach((node, id) => {
    if (node.form !== 'contract' && node.form !== 'sum') return;
    if (!isOnlySliced(id)) return;
    const isInside = loops.loopOf(id) !== undefined;
    const leadsOut = users[id]!.some((slice) => loops.loopOf(slice) === undefined);
    if (!(isInside && leadsOut) && isNeededWhole(id)) return;
    for (const user of users[id]!) {
      const { axis, start, type } = graph.nodes[user] as SliceNode;
      rewrite.replace(user, partOf(rewrite.like(user), id, axis, start, type.shape[axis]!));
    }
  });
  return rewrite.done();

  function isOnlySliced(id: NodeId): boolean {
    const isSlice = (user: NodeId) => graph.nodes[user]!.form === 'slice';
    return !results.has(id) && users[id]!.length > 0 && users[id]!.every(isSlice);
  }

  /** Whether the slices lie side by side and cover the value. */
  function isNeededWhole(id: NodeId): boolean {
    const slices = users[id]!.map((user) => graph.nodes[user] as SliceNode);
    const { axis } = slices[0]!;
    const starts = new Map(slices.map((slice) => [dimKey(slice.start), slice]));
    let end = zeroDim;
    for (let next = starts.get(dimKey(end)); next !== undefined; next = starts.get(dimKey(end))) {
      if (next.axis !== axis) return false;
      starts.delete(dimKey(end));
      end = addDims(end, next.type.shape[axis]!);
    }
    return starts.size === 0 && sameDim(end, graph.nodes[id]!.type.shape[axis]!);
  }

  /** The slice, computed from slices of what the value is made of. */
  function partOf(builder: GraphBuilder, id: NodeId, axis: number, start: Dim, length: Dim): NodeId {
    const node = graph.nodes[id]!;
    if (node.form === 'sum') {
      const part = (addend: NodeId) =>
        users[addend]!.length === 1 && !results.has(addend)
          ? partOf(builder, addend, axis, start, length)
          : sliced(builder, addend, axis, start, length);
      return builder.sum(node.operands.map(part));
    }
    const hasOneHot = (operand: NodeId) => graph.nodes[operand]!.form === 'oneHot';
    if (node.form !== 'contract' || hasOneHot(node.left) || hasOneHot(node.right))
      return sliced(builder, id, axis, start, length);
    const label = node.outAxes[axis]!;
    const [left, right] = [
      [node.left, node.leftAxes],
      [node.right, node.rightAxes],
    ].map(([operand, axes]) => {
      const at = (axes as readonly number[]).indexOf(label);
      return at < 0 ? (operand as NodeId) : sliced(builder, operand as NodeId, at, start, length);
    });
    return builder.contract(left!, right!, node.leftAxes, node.rightAxes, node.outAxes);
  }
}
