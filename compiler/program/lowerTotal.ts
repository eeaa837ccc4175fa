import { boundShape } from '../graph/bind.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import { isFusedProduct, rowAddOf } from '../plan/fusion.ts';
import { invariant } from '../support/invariant.ts';
import { labelIndex, labelled } from './contraction.ts';
import { axisIndex, type Operands } from './operands.ts';
import type { ProgramStatement } from './program.ts';
import { affine, load, loops, op, shift, store, stridesOf } from './write.ts';

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
    const value = operands.readAt(row.value, row.valueAxes.map(labelIndex));
    const extents = others.map((label) => shape[row.outAxes.indexOf(label)]!);
    return loops(others.map(labelIndex), extents, [store(place, op('add', load(place), value))]);
  }
  const operand = graph.nodes[node.operand]!;
  if (operand.form === 'contract' && isFusedProduct(graph, node.operand)) {
    const left = operands.readAt(operand.left, operand.leftAxes.map(labelIndex));
    const right = operands.readAt(operand.right, operand.rightAxes.map(labelIndex));
    const place = shift(target, labelled(shape, operand.outAxes));
    return loops(operand.outAxes.map(labelIndex), shape, [
      store(place, op('mulAdd', left, right, load(place))),
    ]);
  }
  const indices = shape.map((_, axis) => axisIndex(axis));
  const strides = stridesOf(shape);
  const place = shift(
    target,
    affine(0, ...indices.map((index, axis) => ({ index, stride: strides[axis]! }))),
  );
  return loops(indices, shape, [
    store(place, op('add', load(place), operands.readAt(node.operand, indices))),
  ]);
}
