import type { GraphBuilder } from '../graph/build.ts';
import type { Contract, Graph, NodeId } from '../graph/graph.ts';
import { joined } from './parts.ts';

/*
 * Contractions of many values with one and the same operand are one contraction of all of them joined, if each has exactly
 * one axis that the common operand does not have: the axis along which they are joined, and the result is sliced.
 */

/** A contraction as seen from the operand that it has in common with others. */
export interface Member {
  readonly node: NodeId;
  readonly commonSide: 'left' | 'right';
  /** The other operand. */
  readonly value: NodeId;
  /** Place of the value's own axis: in the value, in the result. */
  readonly axis: number;
  readonly outAxis: number;
  /** Equal for contractions that can be joined. */
  readonly pattern: string;
}

/** Undefined where the other operand has no axis of its own, or several. */
export function memberOf(graph: Graph, node: NodeId, commonSide: 'left' | 'right'): Member | undefined {
  const contract = graph.nodes[node] as Contract;
  const [common, commonAxes, value, valueAxes] =
    commonSide === 'left'
      ? [contract.left, contract.leftAxes, contract.right, contract.rightAxes]
      : [contract.right, contract.rightAxes, contract.left, contract.leftAxes];
  const [own, ...others] = valueAxes.filter((label) => !commonAxes.includes(label));
  if (own === undefined || others.length > 0) return undefined;
  // Labels by the common operand's axes; -1 is the value's own.
  const named = (axes: readonly number[]) => axes.map((label) => commonAxes.indexOf(label));
  return {
    node,
    commonSide,
    value,
    axis: valueAxes.indexOf(own),
    outAxis: contract.outAxes.indexOf(own),
    pattern: `${common} ${named(valueAxes)}->${named(contract.outAxes)}`,
  };
}

/** The contraction of all members at once; its parts stand along the first member's `outAxis`, in the order given. */
export function contractJoined(graph: Graph, builder: GraphBuilder, members: readonly Member[]): NodeId {
  const { node, commonSide, axis } = members[0]!;
  const { left, right, leftAxes, rightAxes, outAxes } = graph.nodes[node] as Contract;
  const values = joined(
    builder,
    members.map(({ value }) => value),
    axis,
  );
  return commonSide === 'left'
    ? builder.contract(left, values, leftAxes, rightAxes, outAxes)
    : builder.contract(values, right, leftAxes, rightAxes, outAxes);
}

/** Adds to the list of a key. */
export function gather<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
