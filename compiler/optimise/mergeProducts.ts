import { addDims, zeroDim } from '../cell/dim.ts';
import { ownTime } from '../cell/type.ts';
import type { Graph, NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { phasesOf } from '../graph/phase.ts';
import { byDeclaration } from './declarationOrder.ts';
import { loopsOf } from './loops.ts';
import { Rewrite } from './rewrite.ts';
import { contractJoined, gather, type Member, memberOf } from './sharedOperand.ts';

/**
 * Products of several matrices with one value become the product of the matrices joined: one large product is faster than
 * four small ones, and the value is read once.
 *
 *     %15 : [H] per step = contract ij,j->i %W_i %x
 *     %19 : [H] per step = contract ij,j->i %W_f %x
 *
 *     %7 : [2*H, I] = concat %W_i %W_f along 0
 *     %16 : [2*H] per step = contract ij,j->i %7 %x
 *     %17 : [H] per step = slice %16 along 0 at 0
 *     %20 : [H] per step = slice %16 along 0 at H
 *
 * Only products of one phase, and of one loop or of none: a product that a loop over steps waits for must not wait for,
 * or take along, one that can be done for all steps at once.
 */
export function mergeProducts<G extends StepGraph | TrainingGraph>(graph: G): G {
  const phases = phasesOf(graph);
  const loops = loopsOf(graph, phases);
  const groups = new Map<string, Member[]>();
  graph.nodes.forEach((_, id) => {
    const member = productOf(graph, id);
    if (member === undefined) return;
    gather(groups, `${member.pattern} ${phases[id]} ${loops.loopOf(id) ?? 'outside'}`, member);
  });
  const rewrite = new Rewrite(graph);
  const compare = byDeclaration(graph);
  for (const group of groups.values()) {
    const byMatrix = new Map<NodeId, Member[]>();
    for (const member of group) gather(byMatrix, member.value, member);
    if (byMatrix.size < 2) continue;
    const members = [...byMatrix.keys()].sort(compare).map((matrix) => byMatrix.get(matrix)![0]!);
    const product = contractJoined(graph, rewrite.unnamed(group[0]!.node), members);
    let start = zeroDim;
    for (const { value, axis, outAxis } of members) {
      const length = graph.nodes[value]!.type.shape[axis]!;
      for (const { node } of byMatrix.get(value)!)
        rewrite.replace(node, rewrite.like(node).slice(product, outAxis, start, length));
      start = addDims(start, length);
    }
  }
  return rewrite.done();
}

/** A matrix known before the steps times something that varies over them, summed over at least one axis. */
function productOf(graph: Graph, id: NodeId): Member | undefined {
  const node = graph.nodes[id]!;
  if (node.form !== 'contract') return undefined;
  const [left, right] = [graph.nodes[node.left]!, graph.nodes[node.right]!];
  if (left.form === 'oneHot' || right.form === 'oneHot') return undefined;
  if (node.leftAxes.every((label) => node.outAxes.includes(label))) return undefined;
  if (left.type.outer.length === 0 && right.type.outer.includes(ownTime)) return memberOf(graph, id, 'right');
  if (right.type.outer.length === 0 && left.type.outer.includes(ownTime)) return memberOf(graph, id, 'left');
  return undefined;
}
