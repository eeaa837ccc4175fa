import type { Graph, NodeId } from '../graph/graph.ts';

/** Whether a node is the outer product of two values, neither a one-hot, and only totals read it. */
export function isOuterProduct(graph: Graph, users: readonly (readonly NodeId[])[], id: NodeId): boolean {
  const node = graph.nodes[id]!;
  if (node.form !== 'contract' || node.leftAxes.some((label) => node.rightAxes.includes(label))) return false;
  if ([node.left, node.right].some((operand) => graph.nodes[operand]!.form === 'oneHot')) return false;
  return users[id]!.every((user) => graph.nodes[user]!.form === 'total');
}
