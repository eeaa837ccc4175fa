import type { GraphNode, NodeId } from './graph.ts';

/** The same node over other operands. */
export function moveNode(node: GraphNode, move: (id: NodeId) => NodeId): GraphNode {
  switch (node.form) {
    case 'leaf':
    case 'fill':
      return node;
    case 'map':
    case 'sum':
    case 'concat':
      return { ...node, operands: node.operands.map(move) };
    case 'contract':
      return { ...node, left: move(node.left), right: move(node.right) };
    default:
      return { ...node, operand: move(node.operand) };
  }
}
