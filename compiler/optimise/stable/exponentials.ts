import { arrayAlgebra } from '../../graph/arrayAlgebra.ts';
import type { GraphBuilder } from '../../graph/build.ts';
import type { NodeId } from '../../graph/graph.ts';
import type { ArrayAlgebra } from '../../ops/array.ts';

/** A sum of exponentials along axes, as it stands below a quotient or under a logarithm. */
export interface ExponentialSum {
  readonly values: NodeId;
  /** exp(values) */
  readonly powers: NodeId;
  readonly total: NodeId;
  readonly axes: readonly number[];
  /** Of the entries that a row has, where it is over a size; the others are no part of the sum. */
  readonly masks: readonly NodeId[];
}

/** More than a value has sizes that it goes over. */
const MOST_MASKS = 8;

/** What is selected by masks, with `otherwise` elsewhere. */
export function unmasked(builder: GraphBuilder, id: NodeId, otherwise: number) {
  const masks: NodeId[] = [];
  let inner = id;
  while (masks.length < MOST_MASKS) {
    const node = builder.node(inner);
    if (node.form !== 'map' || node.op !== 'select' || !builder.isFill(node.operands[2]!, otherwise)) break;
    masks.unshift(node.operands[0]!);
    inner = node.operands[1]!;
  }
  return { inner, masks };
}

export const masked = (builder: GraphBuilder, id: NodeId, masks: readonly NodeId[], otherwise: number) =>
  masks.reduce((value, mask) => builder.map('select', mask, value, builder.fill(otherwise)), id);

export function exponentialSum(builder: GraphBuilder, total: NodeId): ExponentialSum | undefined {
  const node = builder.node(total);
  if (node.form !== 'reduce' || node.op !== 'sum') return undefined;
  const { inner: powers, masks } = unmasked(builder, node.operand, 0);
  const exponential = builder.node(powers);
  if (exponential.form !== 'map' || exponential.op !== 'exp') return undefined;
  return { values: exponential.operands[0]!, powers, total, axes: node.axes, masks };
}

export const keptOf = (builder: GraphBuilder, { values, axes }: ExponentialSum) =>
  builder.shape(values).flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));

/** Functions of arrays along the axes of the sum, over the entries that a row has. */
export function algebraOf(builder: GraphBuilder, sum: ExponentialSum): ArrayAlgebra<NodeId> {
  return {
    ...arrayAlgebra(builder),
    sum: (x) => builder.reduce('sum', masked(builder, x, sum.masks, 0), sum.axes),
    max: (x) => builder.reduce('max', masked(builder, x, sum.masks, Number.NEGATIVE_INFINITY), sum.axes),
    spread: (y, x) => builder.broadcast(y, keptOf(builder, sum), builder.shape(x)),
  };
}

/** The axes of `id` that those of `inner` are laid along, where it is that, repeated. */
export function laidAlong(
  builder: GraphBuilder,
  id: NodeId,
): { readonly inner: NodeId; readonly axes: readonly number[] } {
  const node = builder.node(id);
  return node.form === 'broadcast'
    ? { inner: node.operand, axes: node.axes }
    : { inner: id, axes: node.type.shape.map((_, axis) => axis) };
}

export const sameNumbers = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((x, i) => x === b[i]);

/** Ops around a shift. */
const unseen: ReadonlySet<string> = new Set(['stop_gradient', 'finite']);

/** x - max(x), written by hand or by softmax itself: nothing overflows. */
export function isShifted(builder: GraphBuilder, id: NodeId): boolean {
  const node = builder.node(id);
  if (node.form !== 'map' || node.op !== 'sub') return false;
  let shift = node.operands[1]!;
  for (;;) {
    const inner = builder.node(shift);
    if (inner.form === 'reduce') {
      const largest = unmasked(builder, inner.operand, Number.NEGATIVE_INFINITY).inner;
      return inner.op === 'max' && largest === node.operands[0];
    }
    const isWrapped = inner.form === 'broadcast' || (inner.form === 'map' && unseen.has(inner.op));
    if (!isWrapped) return false;
    shift = inner.form === 'broadcast' ? inner.operand : inner.operands[0]!;
  }
}
