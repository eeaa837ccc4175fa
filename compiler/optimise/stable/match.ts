import type { GraphBuilder } from '../../graph/build.ts';
import type { NodeId } from '../../graph/graph.ts';
import type { ScalarExpression } from '../../ops/expression.ts';

/** Nodes that the arguments of a pattern stand for. */
export type Found = ReadonlyMap<number, NodeId>;

const eitherOrder: ReadonlySet<string> = new Set(['add', 'mul']);

/**
 * Whether a node is computed as a scalar expression says; sums and products in either order. A scalar that is repeated
 * matches as the scalar.
 */
export function match(
  builder: GraphBuilder,
  pattern: ScalarExpression,
  id: NodeId,
  found: Found = new Map(),
): Found | undefined {
  const unrepeated = withoutRepeat(builder, id);
  if (pattern.kind === 'argument') {
    const known = found.get(pattern.index);
    if (known !== undefined) return known === unrepeated ? found : undefined;
    return new Map([...found, [pattern.index, unrepeated]]);
  }
  if (pattern.kind === 'constant') return builder.isFill(unrepeated, pattern.value) ? found : undefined;
  const operands = operandsAs(builder, pattern.op, unrepeated);
  if (operands?.length !== pattern.args.length) return undefined;
  const orders = eitherOrder.has(pattern.op) ? [operands, operands.toReversed()] : [operands];
  for (const order of orders) {
    const all = pattern.args.reduce<Found | undefined>(
      (before, arg, i) => before && match(builder, arg, order[i]!, before),
      found,
    );
    if (all !== undefined) return all;
  }
  return undefined;
}

/** What an op is applied to, where the node is that op. */
function operandsAs(builder: GraphBuilder, op: string, id: NodeId): readonly NodeId[] | undefined {
  const node = builder.node(id);
  if (op === 'add') return node.form === 'sum' ? node.operands : undefined;
  return node.form === 'map' && node.op === op ? node.operands : undefined;
}

/** The scalar behind a value that is the same everywhere. */
export function withoutRepeat(builder: GraphBuilder, id: NodeId): NodeId {
  const node = builder.node(id);
  return node.form === 'broadcast' && node.axes.length === 0 ? node.operand : id;
}

/** A scalar expression of the nodes that were found. */
export function instantiate(builder: GraphBuilder, expression: ScalarExpression, found: Found): NodeId {
  switch (expression.kind) {
    case 'argument':
      return found.get(expression.index)!;
    case 'constant':
      return builder.fill(expression.value);
    case 'apply':
      return builder.map(expression.op, ...expression.args.map((arg) => instantiate(builder, arg, found)));
  }
}
