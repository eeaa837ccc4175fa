import type { GraphBuilder } from '../graph/build.ts';
import type { NodeId } from '../graph/graph.ts';

/**
 * Reverse mode sums over steps as soon as a value is shared, so the gradient of a scalar that multiplies a vector is the
 * sum over entries of a sum over steps. On paper the sum over steps stands outside: `alpha_bar = dot(z_bar, x)`, summed.
 * Sums over entries, transposes and changes of shape are moved inside.
 *
 * @param builder  holds the training graph's nodes, and more afterwards
 * @param isNamed  totals that stay as they are, for they have a name
 * @returns node → node to write in its place
 */
export function moveTotalsOut(
  builder: GraphBuilder,
  isNamed: (total: NodeId) => boolean,
): ReadonlyMap<NodeId, NodeId> {
  const found = new Map<NodeId, NodeId>();
  for (let id = 0, known = builder.nodes.length; id < known; id++) {
    const node = builder.node(id);
    if (node.form !== 'reduce' && node.form !== 'broadcast' && node.form !== 'reshape') continue;
    const operand = found.get(node.operand) ?? node.operand;
    const total = builder.node(operand);
    if (total.form !== 'total' || isNamed(operand)) continue;
    const { shape } = node.type;
    if (node.form === 'reduce' && node.op === 'sum') {
      found.set(id, builder.total(builder.reduce('sum', total.operand, node.axes), total.over));
    } else if (node.form === 'reshape') {
      found.set(id, builder.total(builder.reshape(total.operand, shape), total.over));
    } else if (node.form === 'broadcast' && node.axes.length === shape.length) {
      found.set(id, builder.total(builder.broadcast(total.operand, node.axes, shape), total.over));
    }
  }
  return found;
}
