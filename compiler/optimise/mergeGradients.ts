import { addDims, zeroDim } from '../cell/dim.ts';
import type { NodeId, StepGraph, Total, TrainingGraph } from '../graph/graph.ts';
import { phasesOf } from '../graph/phase.ts';
import { byGradient } from './declarationOrder.ts';
import { loopsOf } from './loops.ts';
import { isOuterProduct } from './outerProduct.ts';
import { Rewrite } from './rewrite.ts';
import { contractJoined, gather, type Member, memberOf } from './sharedOperand.ts';
import { usersOf } from './users.ts';

/**
 * Totals of outer products of several cotangents with one value of the forward sweep become the total of one outer product
 * with the cotangents joined: the gradients of all matrices that are applied to `x`, as one product over steps and rows.
 *
 *     %73 : [H, I] per step = contract i,j->ij %f_bar %x
 *     %80 : [H, I] per step = contract i,j->ij %i_bar %x
 *     %93 W_f_bar : [H, I] = total %73 over examples, steps
 *     %94 W_i_bar : [H, I] = total %80 over examples, steps
 *
 *     %71 : [2*H] per step = concat %i_bar %f_bar along 0
 *     %72 : [2*H, I] per step = contract i,j->ij %71 %x
 *     %80 : [2*H, I] = total %72 over examples, steps
 *     %81 W_f_bar : [H, I] = slice %80 along 0 at H
 *     %82 W_i_bar : [H, I] = slice %80 along 0 at 0
 *
 * Cotangents of different loops stay apart: those of one layer are not kept until the next has run.
 */
export function mergeGradients<G extends StepGraph | TrainingGraph>(graph: G): G {
  if (!('adjoint' in graph)) return graph;
  const phases = phasesOf(graph);
  const loops = loopsOf(graph, phases);
  const users = usersOf(graph);
  const groups = new Map<string, { readonly total: NodeId; readonly member: Member }[]>();
  graph.nodes.forEach((node, total) => {
    if (node.form !== 'total' || !isOuterProduct(graph, users, node.operand)) return;
    const { left, right } = graph.nodes[node.operand] as { readonly left: NodeId; readonly right: NodeId };
    if (phases[left] === phases[right] || node.type.outer.length > 0) return;
    if (phases[left] === 'start' || phases[right] === 'start') return;
    const member = memberOf(graph, node.operand, phases[left] === 'forward' ? 'left' : 'right');
    if (member === undefined || phases[member.value] !== 'backward') return;
    gather(groups, `${member.pattern} ${node.over} ${loops.loopsUntil(member.value)}`, { total, member });
  });
  const rewrite = new Rewrite(graph);
  const compare = byGradient(graph);
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const inOrder = [...group].sort((a, b) => compare(a.total, b.total));
    const first = group[0]!.total;
    const product = contractJoined(
      graph,
      rewrite.unnamed(first),
      inOrder.map(({ member }) => member),
    );
    const whole = rewrite.unnamed(first).total(product, (graph.nodes[first] as Total).over);
    let start = zeroDim;
    for (const { total, member } of inOrder) {
      const length = graph.nodes[member.value]!.type.shape[member.axis]!;
      rewrite.replace(total, rewrite.like(total).slice(whole, member.outAxis, start, length));
      start = addDims(start, length);
    }
  }
  return rewrite.done();
}
