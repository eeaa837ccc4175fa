import type { GraphNode, NodeId } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';
import type { Page } from './write.ts';

/** What is written out again wherever it is used: `tanh(c)`, `1 - i`, `r*h_prev`. */
const SMALL = 2;
/** The most operations of one unnamed piece of a backward equation. */
const LARGE = 16;

/** Forms that are a way of writing what they read; they get no name of their own. */
const unnamed: ReadonlySet<GraphNode['form']> = new Set(['pad', 'oneHot', 'broadcast', 'total']);

/** What a node is written with, named or not. */
export function readsOf(page: Page, id: NodeId): readonly NodeId[] {
  const resolved = page.instead.get(id) ?? id;
  const arrayCall = page.arrayCalls.get(resolved);
  const reads = arrayCall === undefined ? operandsOf(page, resolved) : [arrayCall.operand];
  return reads.map((read) => page.instead.get(read) ?? read);
}

/** Nodes that the given ones are made of, these included, each after what it reads. */
export function inOrder(page: Page, roots: readonly NodeId[]): readonly NodeId[] {
  const order: NodeId[] = [];
  const seen = new Set<NodeId>();
  for (const root of roots) {
    const pending: { id: NodeId; isRead: boolean }[] = [
      { id: page.instead.get(root) ?? root, isRead: false },
    ];
    while (pending.length > 0) {
      const { id, isRead } = pending.pop()!;
      if (isRead) order.push(id);
      if (isRead || seen.has(id)) continue;
      seen.add(id);
      pending.push({ id, isRead: true });
      for (const read of readsOf(page, id).toReversed()) pending.push({ id: read, isRead: false });
    }
  }
  return order;
}

/**
 * Nodes without a name that need one: used in two places and not small, large pieces of the backward sweep, and totals
 * that something is made of.
 *
 * @param order  all nodes that are written, each after what it reads
 * @param roots  nodes that have an equation without being named
 */
export function chooseTemporaries(
  page: Page,
  order: readonly NodeId[],
  roots: readonly NodeId[],
): ReadonlySet<NodeId> {
  const uses = countUses(page, order, roots);
  const chosen = new Set<NodeId>();
  const cost = new Map<NodeId, number>();
  for (const id of order) {
    const node = page.nodes[id]!;
    const reads = readsOf(page, id);
    const whole = reads.reduce((sum, read) => sum + cost.get(read)!, ownCost(page, id, node));
    const isNamed = page.names.has(id) || node.form === 'leaf';
    const isOften = uses.get(id)! > 1 && whole > SMALL;
    const isLong = node.origin.sweep === 'adjoint' && whole > LARGE && !roots.includes(id);
    if (!isNamed && !unnamed.has(node.form) && (isOften || isLong)) chosen.add(id);
    cost.set(id, isNamed || chosen.has(id) ? 0 : whole);
  }
  return chosen;
}

function countUses(
  page: Page,
  order: readonly NodeId[],
  roots: readonly NodeId[],
): ReadonlyMap<NodeId, number> {
  const uses = new Map<NodeId, number>(order.map((id) => [id, 0]));
  const use = (id: NodeId, times: number) => uses.set(id, uses.get(id)! + times);
  // Parameters with one gradient between them: it is written for each.
  const written = new Set(roots);
  for (const root of written) use(root, 1);
  for (const id of order.toReversed()) {
    const isWrittenOften = unnamed.has(page.nodes[id]!.form) && !page.names.has(id);
    const isTotal = page.nodes[id]!.form === 'total';
    for (const read of new Set(readsOf(page, id))) {
      if (!isTotal || !written.has(read)) use(read, isWrittenOften ? uses.get(id)! : 1);
    }
  }
  return uses;
}

/** Operations that a node adds to the formula it stands in. */
function ownCost(page: Page, id: NodeId, node: GraphNode): number {
  if (page.arrayCalls.has(id)) return SMALL + 1;
  switch (node.form) {
    case 'leaf':
    case 'fill':
    case 'reshape':
    case 'total':
    case 'oneHot':
    case 'pad':
      return 0;
    case 'broadcast':
      return node.axes.length > 0 && node.axes.length < node.type.shape.length ? 1 : 0;
    case 'map':
    case 'slice':
      return 1;
    case 'sum':
    case 'concat':
      return node.operands.length - 1;
    case 'contract': {
      const isSmall = [node.left, node.right].some((operand) => {
        const { form, type } = page.nodes[operand]!;
        return form === 'oneHot' || type.shape.length === 0;
      });
      return isSmall ? 1 : SMALL + 1;
    }
    case 'reduce':
    case 'running':
      return SMALL + 1;
  }
}
