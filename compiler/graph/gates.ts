import type { GraphNode, NodeId, StepGraph } from './graph.ts';
import { operandsOf, phasesOf } from './phase.ts';

/**
 * The gates of a cell. A gate is a sigmoid of something that varies from step to step which multiplies something else that
 * varies from step to step: itself, one minus it, or either of them divided by something or times what does not vary; laid
 * along other axes or in parts, of which each is a gate of its own. A sigmoid that only enters a matrix product or a sum is
 * a unit, not a gate.
 *
 * @param needed  nodes that matter
 * @returns the sigmoids, or their parts
 */
export function gatesOf(graph: StepGraph, needed: ReadonlySet<NodeId>): readonly NodeId[] {
  const phases = phasesOf(graph);
  const varies = (id: NodeId) => phases[id] === 'forward';
  const users: NodeId[][] = graph.nodes.map(() => []);
  for (const id of needed) for (const operand of new Set(operandsOf(graph, id))) users[operand]!.push(id);

  const multiplies = (id: NodeId): boolean =>
    users[id]!.some((user) => {
      const node = graph.nodes[user]!;
      const others = operandsOf(graph, user).filter((operand) => operand !== id);
      if (scales(node)) return others.some(varies) || multiplies(user);
      if (node.form === 'map' && node.op === 'div') return node.operands[0] === id && multiplies(user);
      if (node.form === 'map' && node.op === 'sub')
        return isOne(graph, others[0]) && node.operands[1] === id && multiplies(user);
      return moves(node) && multiplies(user);
    });

  return [...needed].flatMap((id) => {
    const node = graph.nodes[id]!;
    if (node.form !== 'map' || node.op !== 'sigmoid' || !varies(id)) return [];
    const parts = users[id]!.filter((user) => graph.nodes[user]!.form === 'slice');
    const whole = multiplies(id);
    if (parts.length < 2) return whole ? [id] : [];
    return parts.filter(multiplies);
  });
}

const scales = (node: GraphNode): boolean =>
  (node.form === 'map' && node.op === 'mul') ||
  // An outer product: every entry of the one times every entry of the other.
  (node.form === 'contract' && node.outAxes.length === node.leftAxes.length + node.rightAxes.length);

const moves = (node: GraphNode): boolean =>
  node.form === 'broadcast' || node.form === 'slice' || node.form === 'reshape' || node.form === 'concat';

function isOne(graph: StepGraph, id: NodeId | undefined): boolean {
  const node = id === undefined ? undefined : graph.nodes[id]!;
  if (node?.form === 'broadcast') return isOne(graph, node.operand);
  return node?.form === 'fill' && node.value === 1;
}
