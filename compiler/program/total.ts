import { boundShape } from '../graph/bind.ts';
import type { NodeId } from '../graph/graph.ts';
import { isFusedProduct } from '../plan/fusion.ts';
import { invariant } from '../support/invariant.ts';
import { loopInLanes, substitute, widen } from './lanes.ts';
import { joinAxes } from './nest.ts';
import { axisIndex, type Operands } from './operands.ts';
import { lowerTotalOfProducts } from './product.ts';
import type { Affine, ProgramStatement } from './program.ts';
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
  const last = entries.axes.at(-1);
  const sumOf = (j: number) => `sum${j}`;
  /** Sums of `count` vectors side by side, from entry `start` on, so that none waits for its own last addition. */
  const body = (count: number, start: number): readonly ProgramStatement[] => {
    const each = Array.from({ length: count }, (_, j) => j);
    const moved = <T extends { readonly at: Affine }>(address: T, j: number): T =>
      last === undefined ? address : { ...address, at: along(address.at, last.index, start + lanes * j) };
    const addendOf = (j: number) =>
      from.kind === 'load' ? { ...from, address: moved(from.address, j) } : from;
    const chain = rows.axes.reduceRight<readonly ProgramStatement[]>(
      (inner, { index, extent }) => loop(index, extent, inner),
      each.map((j) => set(sumOf(j), op('add', local(sumOf(j)), addendOf(j)))),
    );
    return [
      ...each.map((j) => letReal(sumOf(j), load(moved(to, j)))),
      ...chain,
      ...each.map((j) => store(moved(to, j), local(sumOf(j)))),
    ];
  };
  if (last === undefined) return loop('once', 1, body(1, 0));
  const block = lanes * vectors;
  const wide = last.extent >= block ? widen(body(vectors, 0), last.index, operands.isReal) : undefined;
  const whole = wide === undefined ? 0 : Math.floor(last.extent / block);
  const inner = [
    ...(wide === undefined
      ? []
      : loop('block', whole, substitute(wide, last.index, affine(0, { index: 'block', stride: block })))),
    ...loopInLanes(last.index, last.extent - whole * block, body(1, whole * block), operands.isReal),
  ];
  return entries.axes
    .slice(0, -1)
    .reduceRight<readonly ProgramStatement[]>(
      (inside, { index, extent }) => loop(index, extent, inside),
      inner,
    );
}

const lanes = 4;
/** Running sums side by side. */
const vectors = 4;

/** So many entries further along an axis. */
function along(at: Affine, index: string, entries: number): Affine {
  const stride = at.terms.find((term) => term.index === index)?.stride ?? 0;
  return affine(at.constant + entries * stride, ...at.terms);
}
