import { addDims, zeroDim } from '../cell/dim.ts';
import type { Concat, Contract, NodeId, StepGraph, Total, TrainingGraph } from '../graph/graph.ts';
import { phasesOf } from '../graph/phase.ts';
import { loopsOf } from './loops.ts';
import { isOuterProduct } from './outerProduct.ts';
import { joined, sliced } from './parts.ts';
import { Rewrite } from './rewrite.ts';
import { usersOf } from './users.ts';

/** Parts of a concat that stay together, in order. */
type Runs = readonly (readonly NodeId[])[];

/**
 * A product with a concat, inside a loop over steps, becomes the sum of the products with its parts: or nothing of
 * `W @ [x; h_prev]` could be computed for all steps at once.
 *
 *     %5 : [H + I] per step = concat %x %h_prev along 0
 *     %6 : [H] per step = contract ij,j->i %W %5
 *
 *     %4 : [H, I] = slice %W along 1 at 0
 *     %5 : [H] per step = contract ij,j->i %4 %x
 *     %6 : [H, H] = slice %W along 1 at I
 *     %7 : [H] per step = contract ij,j->i %6 %h_prev
 *     %8 : [H] per step = sum %5 %7
 *
 * Parts from outside the loop stay together. So do, in the backward sweep, those from inside: cotangents of gates, which
 * one product sums best. Totals of outer products with such a concat, the matrix's gradient, are put together from totals
 * with its parts.
 */
export function takeApartConcats<G extends StepGraph | TrainingGraph>(graph: G): G {
  if (!graph.nodes.some(({ form }) => form === 'concat')) return graph;
  const phases = phasesOf(graph);
  const loops = loopsOf(graph, phases);
  const users = usersOf(graph);
  const rewrite = new Rewrite(graph);
  const apart = new Map<NodeId, Runs>();
  const sums = new Map<NodeId, readonly NodeId[]>();
  graph.nodes.forEach((node, id) => {
    if (node.form === 'contract' && loops.loopOf(id) !== undefined) takeApart(id, node);
  });
  graph.nodes.forEach((node, id) => {
    if (node.form === 'total' && isOuterProduct(graph, users, node.operand)) takeTotalApart(id, node);
    // Sums made here are addends of the sums that read them.
    if (node.form === 'sum' && node.operands.some((operand) => sums.has(operand)))
      rewrite.replace(
        id,
        rewrite.like(id).sum(node.operands.flatMap((operand) => sums.get(operand) ?? [operand])),
      );
  });
  return rewrite.done();

  function takeApart(id: NodeId, node: Contract): void {
    const { left, right, leftAxes, rightAxes, outAxes } = node;
    if ([left, right].some((operand) => graph.nodes[operand]!.form === 'oneHot')) return;
    for (const [operand, axes, other, otherAxes] of [
      [left, leftAxes, right, rightAxes],
      [right, rightAxes, left, leftAxes],
    ] as const) {
      const concat = graph.nodes[operand]!;
      if (concat.form !== 'concat' || concat.type.outer.length === 0) continue;
      const label = axes[concat.axis]!;
      if (outAxes.includes(label)) continue;
      const runs = runsOf(concat, id);
      if (runs.length < 2) continue;
      const builder = rewrite.like(id);
      let start = zeroDim;
      const addends = runs.map((run) => {
        const part = joined(builder, run, concat.axis);
        const length = builder.shape(part)[concat.axis]!;
        const slice = sliced(builder, other, otherAxes.indexOf(label), start, length);
        start = addDims(start, length);
        return operand === left
          ? builder.contract(part, slice, leftAxes, rightAxes, outAxes)
          : builder.contract(slice, part, leftAxes, rightAxes, outAxes);
      });
      rewrite.replace(id, builder.sum(addends));
      sums.set(id, addends);
      if (!apart.has(operand)) apart.set(operand, runs);
      return;
    }
  }

  function runsOf(concat: Concat, product: NodeId): Runs {
    const isInside = (part: NodeId) => loops.loopOf(part) === loops.loopOf(product);
    const runs: NodeId[][] = [];
    for (const part of concat.operands) {
      const run = runs.at(-1);
      const staysTogether = phases[product] === 'backward' || !isInside(part);
      if (run !== undefined && staysTogether && isInside(run[0]!) === isInside(part)) run.push(part);
      else runs.push([part]);
    }
    return runs;
  }

  function takeTotalApart(id: NodeId, { operand, over }: Total): void {
    const product = graph.nodes[operand] as Contract;
    const { leftAxes, rightAxes, outAxes } = product;
    const builder = rewrite.like(id);
    const totalOf = (left: NodeId, right: NodeId): NodeId => {
      const concat = [left, right].find((side) => apart.has(side));
      if (concat === undefined)
        return builder.total(builder.contract(left, right, leftAxes, rightAxes, outAxes), over);
      const { axis } = graph.nodes[concat] as Concat;
      const label = (concat === left ? leftAxes : rightAxes)[axis]!;
      const parts = apart.get(concat)!.map((run) => {
        const part = joined(builder, run, axis);
        return concat === left ? totalOf(part, right) : totalOf(left, part);
      });
      return builder.concat(parts, outAxes.indexOf(label));
    };
    if (apart.has(product.left) || apart.has(product.right))
      rewrite.replace(id, totalOf(product.left, product.right));
  }
}
