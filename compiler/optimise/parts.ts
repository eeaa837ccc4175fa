import { addDims, type Dim, sameDim, subtractDims, zeroDim } from '../cell/dim.ts';
import type { GraphBuilder } from '../graph/build.ts';
import type { NodeId } from '../graph/graph.ts';

/** A slice, read from as deep as it goes: of a slice, of the parts of a concat. It comes from where its operand does. */
export function sliced(builder: GraphBuilder, id: NodeId, axis: number, start: Dim, length: Dim): NodeId {
  return likeOperand(builder, id, () => slicedAsIs(builder, id, axis, start, length));
}

function slicedAsIs(builder: GraphBuilder, id: NodeId, axis: number, start: Dim, length: Dim): NodeId {
  const node = builder.node(id);
  if (sameDim(node.type.shape[axis]!, length)) return id;
  if (node.form === 'slice' && node.axis === axis)
    return slicedAsIs(builder, node.operand, axis, addDims(node.start, start), length);
  if (node.form === 'concat' && node.axis === axis) {
    const parts = partsWithin(builder, node.operands, axis, start, length);
    if (parts !== undefined) return builder.concat(parts, axis);
  }
  return builder.slice(id, axis, start, length);
}

/** The parts that cover exactly `start` … `start + length - 1`; undefined where a border runs through a part. */
function partsWithin(
  builder: GraphBuilder,
  parts: readonly NodeId[],
  axis: number,
  start: Dim,
  length: Dim,
): readonly NodeId[] | undefined {
  let at = zeroDim;
  let first: number | undefined;
  for (const [i, part] of parts.entries()) {
    if (sameDim(at, start)) first = i;
    at = addDims(at, builder.shape(part)[axis]!);
    if (first !== undefined && sameDim(subtractDims(at, start), length)) return parts.slice(first, i + 1);
  }
  return undefined;
}

/**
 * A concat; neighbouring slices of one value become one slice of it, or the value itself. It comes from where its first
 * part does.
 */
export function joined(builder: GraphBuilder, parts: readonly NodeId[], axis: number): NodeId {
  return likeOperand(builder, parts[0]!, () => joinedAsIs(builder, parts, axis));
}

function joinedAsIs(builder: GraphBuilder, parts: readonly NodeId[], axis: number): NodeId {
  const runs: NodeId[] = [];
  for (const part of parts) {
    const before = runs.at(-1);
    const both = before === undefined ? undefined : unitedSlice(builder, before, part, axis);
    if (both === undefined) runs.push(part);
    else runs[runs.length - 1] = both;
  }
  return builder.concat(runs, axis);
}

function unitedSlice(builder: GraphBuilder, left: NodeId, right: NodeId, axis: number): NodeId | undefined {
  const [a, b] = [builder.node(left), builder.node(right)];
  if (a.form !== 'slice' || b.form !== 'slice' || a.operand !== b.operand) return undefined;
  if (a.axis !== axis || b.axis !== axis) return undefined;
  const length = a.type.shape[axis]!;
  if (!sameDim(addDims(a.start, length), b.start)) return undefined;
  return builder.slice(a.operand, axis, a.start, addDims(length, b.type.shape[axis]!));
}

function likeOperand(builder: GraphBuilder, operand: NodeId, make: () => NodeId): NodeId {
  const { origin } = builder;
  const { span, sweep } = builder.node(operand).origin;
  builder.origin = { span, sweep };
  const made = make();
  builder.origin = origin;
  return made;
}
