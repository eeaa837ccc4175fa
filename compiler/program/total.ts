import { boundShape } from '../graph/bind.ts';
import type { NodeId } from '../graph/graph.ts';
import { isFusedProduct } from '../plan/fusion.ts';
import { invariant } from '../support/invariant.ts';
import { loopInLanes } from './lanes.ts';
import { joinAxes } from './nest.ts';
import { axisIndex, type Operands } from './operands.ts';
import { lowerTotalOfProducts } from './product.ts';
import type { ProgramStatement } from './program.ts';
import { affine, letReal, load, local, loop, op, set, shift, store } from './write.ts';

/** Adds a total's operand at all rows of the frame to the total, in the order of the rows. */
export function lowerWholeTotal(total: NodeId, operands: Operands): readonly ProgramStatement[] {
  const { graph } = operands.plan.bound;
  const node = graph.nodes[total]!;
  invariant(node.form === 'total', 'not a total');
  // A product that is a result has a place, and is read there.
  if (isFusedProduct(graph, node.operand) && !operands.plan.places.has(node.operand))
    return lowerTotalOfProducts(total, node.operand, operands);
  const shape = boundShape(graph, total);
  const indices = shape.map((_, axis) => axisIndex(axis));
  let stride = 1;
  const terms = shape
    .map((extent, axis) => ({ extent, index: indices[axis]! }))
    .reverse()
    .map(({ extent, index }) => {
      const term = { index, stride };
      stride *= extent;
      return term;
    });
  const target = shift(operands.place(total), affine(0, ...terms));
  const addend = operands.readAt(node.operand, indices);
  const sums = [target.at, ...(addend.kind === 'load' ? [addend.address.at] : [])];
  const axes = shape.map((extent, axis) => ({ index: indices[axis]!, extent }));
  const entries = joinAxes(axes, sums);
  const rows = joinAxes(operands.frame.rows, sums);
  const rewrite = (at: typeof target.at) => entries.rewrite(rows.rewrite(at));
  const from =
    addend.kind === 'load'
      ? { ...addend, address: { ...addend.address, at: rewrite(addend.address.at) } }
      : addend;
  const to = { ...target, at: rewrite(target.at) };
  const chain = rows.axes.reduceRight<readonly ProgramStatement[]>(
    (inner, { index, extent }) => loop(index, extent, inner),
    [set('sum', op('add', local('sum'), from))],
  );
  const body = [letReal('sum', load(to)), ...chain, store(to, local('sum'))];
  const last = entries.axes.at(-1);
  if (last === undefined) return loop('once', 1, body);
  return entries.axes
    .slice(0, -1)
    .reduceRight<readonly ProgramStatement[]>(
      (inside, { index, extent }) => loop(index, extent, inside),
      loopInLanes(last.index, last.extent, body, operands.isReal),
    );
}
