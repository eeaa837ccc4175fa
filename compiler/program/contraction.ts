import { boundShape } from '../graph/bind.ts';
import type { Contract, Graph, NodeId } from '../graph/graph.ts';
import type { RowRead } from '../plan/fusion.ts';
import { invariant } from '../support/invariant.ts';
import type { Operands } from './operands.ts';
import type { Affine, ProgramStatement } from './program.ts';
import { addition, reduction } from './sums.ts';
import {
  affine,
  letReal,
  load,
  local,
  loop,
  loops,
  op,
  real,
  set,
  shift,
  store,
  stridesOf,
} from './write.ts';

/** Loop index of an axis label. */
export const labelIndex = (label: number) => `i${label}`;

/** Where an operand with these labels stands, as a function of the loops over labels. */
export function labelled(shape: readonly number[], axes: readonly number[]): Affine {
  const strides = stridesOf(shape);
  return affine(0, ...axes.map((label, axis) => ({ index: labelIndex(label), stride: strides[axis]! })));
}

/** Sizes of all labels of a contraction. */
export function labelSizes(graph: Graph, node: Contract): ReadonlyMap<number, number> {
  return new Map([
    ...boundShape(graph, node.left).map((size, axis) => [node.leftAxes[axis]!, size] as const),
    ...boundShape(graph, node.right).map((size, axis) => [node.rightAxes[axis]!, size] as const),
  ]);
}

/**
 * A contraction: one chain of multiply-adds per entry of the result, ascending in the summed index, from zero. Without a
 * summed index it is a product. Where no axis is left it is a sum like any other, in sixteen running values.
 */
export function lowerContract(
  graph: Graph,
  id: NodeId,
  node: Contract,
  operands: Operands,
): readonly ProgramStatement[] {
  const sizes = labelSizes(graph, node);
  const shape = boundShape(graph, id);
  const left = operands.read(node.left, labelled(boundShape(graph, node.left), node.leftAxes));
  const right = operands.read(node.right, labelled(boundShape(graph, node.right), node.rightAxes));
  const summed = node.leftAxes.filter((label) => !node.outAxes.includes(label));
  const target = shift(operands.place(id), labelled(shape, node.outAxes));
  const indices = node.outAxes.map(labelIndex);
  if (summed.length === 0) return loops(indices, shape, [store(target, op('mul', left, right))]);
  if (node.outAxes.length === 0) return lowerDot(graph, id, node, operands, summed, sizes);
  const chain = summed.reduceRight<readonly ProgramStatement[]>(
    (inner, label) => loop(labelIndex(label), sizes.get(label)!, inner),
    [set('sum', op('mulAdd', left, right, local('sum')))],
  );
  return loops(indices, shape, [letReal('sum', real(0)), ...chain, store(target, local('sum'))]);
}

function lowerDot(
  graph: Graph,
  id: NodeId,
  node: Contract,
  operands: Operands,
  summed: readonly number[],
  sizes: ReadonlyMap<number, number>,
): readonly ProgramStatement[] {
  const leftStrides = stridesOf(boundShape(graph, node.left));
  const rightStrides = stridesOf(boundShape(graph, node.right));
  return reduction(
    {
      extents: summed.map((label) => sizes.get(label)!),
      identity: 0,
      step: (running, place) =>
        op(
          'mulAdd',
          operands.read(node.left, place(summed.map((label) => leftStrides[node.leftAxes.indexOf(label)]!))),
          operands.read(
            node.right,
            place(summed.map((label) => rightStrides[node.rightAxes.indexOf(label)]!)),
          ),
          running,
        ),
      join: addition,
    },
    (result) => [store(operands.place(id), result)],
  );
}

/** A contraction with a one-hot: the row at the index, nothing multiplied. */
export function lowerRowRead(
  graph: Graph,
  id: NodeId,
  row: RowRead,
  operands: Operands,
): readonly ProgramStatement[] {
  const node = graph.nodes[id]!;
  if (node.form !== 'contract') return [];
  const shape = boundShape(graph, id);
  const count = boundShape(graph, row.table)[row.tableAxes.indexOf(row.label)]!;
  const table = operands.readAt(row.table, row.tableAxes.map(labelIndex));
  invariant(table.kind === 'load', 'a table of numbers has no rows');
  const { buffer, at } = table.address;
  const isRow = (term: { readonly index: string }) => term.index === labelIndex(row.label);
  const stride = at.terms.find(isRow)?.stride ?? 0;
  const source = { buffer, at: affine(at.constant, ...at.terms.filter((term) => !isRow(term))) };
  const index = operands.read(row.index, affine(0));
  return loops(node.outAxes.map(labelIndex), shape, [
    store(
      shift(operands.place(id), labelled(shape, node.outAxes)),
      load({ ...source, row: { index, stride, count } }),
    ),
  ]);
}
