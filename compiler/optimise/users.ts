import type { Graph, NodeId } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';

/** Who reads each node, each user once, ascending. */
export function usersOf(graph: Graph): readonly (readonly NodeId[])[] {
  const users: NodeId[][] = graph.nodes.map(() => []);
  graph.nodes.forEach((_, user) => {
    for (const operand of new Set(operandsOf(graph, user))) users[operand]!.push(user);
  });
  return users;
}
