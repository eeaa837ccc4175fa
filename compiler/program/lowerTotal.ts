import { boundShape, entriesOf } from '../graph/bind.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import { isFusedProduct, rowAddOf } from '../plan/fusion.ts';
import { invariant } from '../support/invariant.ts';
import { labelIndex, labelled } from './contraction.ts';
import type { Operands } from './operands.ts';
import type { ProgramStatement } from './program.ts';
import { affine, load, loop, loops, op, shift, store, stridesOf } from './write.ts';

/**
 * Adds the operand of a total, at this step and row, to the running total. An outer product is multiplied and added in
 * one go (the chain of a contraction over steps and rows); one with a one-hot touches a single row.
 */
export function lowerTotal(graph: Graph, total: NodeId, operands: Operands): readonly ProgramStatement[] {
  const node = graph.nodes[total]!;
  invariant(node.form === 'total', 'not a total');
  const shape = boundShape(graph, total);
  const target = operands.place(total);
  const row = rowAddOf(graph, total);
  if (row !== undefined) {
    const rowAxis = row.outAxes.indexOf(row.label);
    const strides = stridesOf(shape);
    const others = row.outAxes.filter((label) => label !== row.label);
    const at = affine(
      0,
      ...others.map((label) => ({ index: labelIndex(label), stride: strides[row.outAxes.indexOf(label)]! })),
    );
    const index = operands.read(row.index, affine(0));
    const place = { ...shift(target, at), row: { index, stride: strides[rowAxis]!, count: shape[rowAxis]! } };
    const value = operands.read(row.value, labelled(boundShape(graph, row.value), row.valueAxes));
    const extents = others.map((label) => shape[row.outAxes.indexOf(label)]!);
    return loops(others.map(labelIndex), extents, [store(place, op('add', load(place), value))]);
  }
  const operand = graph.nodes[node.operand]!;
  if (operand.form === 'contract' && isFusedProduct(graph, node.operand)) {
    const left = operands.read(operand.left, labelled(boundShape(graph, operand.left), operand.leftAxes));
    const right = operands.read(operand.right, labelled(boundShape(graph, operand.right), operand.rightAxes));
    const place = shift(target, labelled(shape, operand.outAxes));
    return loops(operand.outAxes.map(labelIndex), shape, [
      store(place, op('mulAdd', left, right, load(place))),
    ]);
  }
  const each = affine(0, { index: 'e', stride: 1 });
  const place = shift(target, each);
  return loop('e', entriesOf(shape), [
    store(place, op('add', load(place), operands.read(node.operand, each))),
  ]);
}
