import type { Graph, NodeId } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';

/*
 * The two fusions that even the naive plan needs, because without them a value would be far larger than what it is made
 * of: a one-hot vector of a whole vocabulary, and the outer products that a weight gradient totals.
 */

/** A contraction that reads one row: a one-hot's only axis is summed over. */
export interface RowRead {
  readonly oneHot: NodeId;
  readonly index: NodeId;
  readonly table: NodeId;
  readonly tableAxes: readonly number[];
  /** The label that the index replaces. */
  readonly label: number;
}

export function rowReadOf(graph: Graph, id: NodeId): RowRead | undefined {
  const node = graph.nodes[id]!;
  if (node.form !== 'contract') return undefined;
  for (const [hot, hotAxes, table, tableAxes] of [
    [node.left, node.leftAxes, node.right, node.rightAxes],
    [node.right, node.rightAxes, node.left, node.leftAxes],
  ] as const) {
    const oneHot = graph.nodes[hot]!;
    const label = hotAxes[0]!;
    const readable = table !== hot && graph.nodes[table]!.form !== 'fill';
    if (oneHot.form === 'oneHot' && readable && !node.outAxes.includes(label)) {
      return { oneHot: hot, index: oneHot.operand, table, tableAxes, label };
    }
  }
  return undefined;
}

/** A total of outer products with a one-hot: each step and row adds to one row of the total. */
export interface RowAdd {
  readonly oneHot: NodeId;
  readonly index: NodeId;
  readonly value: NodeId;
  readonly valueAxes: readonly number[];
  readonly label: number;
  readonly outAxes: readonly number[];
}

export function rowAddOf(graph: Graph, total: NodeId): RowAdd | undefined {
  const node = graph.nodes[total]!;
  if (node.form !== 'total') return undefined;
  const product = graph.nodes[node.operand]!;
  if (product.form !== 'contract' || !isFusedProduct(graph, node.operand)) return undefined;
  for (const [hot, hotAxes, value, valueAxes] of [
    [product.left, product.leftAxes, product.right, product.rightAxes],
    [product.right, product.rightAxes, product.left, product.leftAxes],
  ] as const) {
    const oneHot = graph.nodes[hot]!;
    if (oneHot.form === 'oneHot' && !valueAxes.includes(hotAxes[0]!)) {
      return {
        oneHot: hot,
        index: oneHot.operand,
        value,
        valueAxes,
        label: hotAxes[0]!,
        outAxes: product.outAxes,
      };
    }
  }
  return undefined;
}

/** A contraction without a summed axis that only totals read: multiplied and added to the total in one go. */
export function isFusedProduct(graph: Graph, id: NodeId): boolean {
  const node = graph.nodes[id]!;
  if (node.form !== 'contract') return false;
  if ([...node.leftAxes, ...node.rightAxes].some((label) => !node.outAxes.includes(label))) return false;
  const users = usersOf(graph, id);
  return users.length > 0 && users.every((user) => graph.nodes[user]!.form === 'total');
}

const usersOfGraphs = new WeakMap<Graph, ReadonlyMap<NodeId, readonly NodeId[]>>();

/** Who reads a node; found once per graph. */
function usersOf(graph: Graph, id: NodeId): readonly NodeId[] {
  let users = usersOfGraphs.get(graph);
  if (users === undefined) {
    const found = new Map<NodeId, NodeId[]>();
    graph.nodes.forEach((_, user) => {
      for (const operand of new Set(operandsOf(graph, user))) {
        const list = found.get(operand);
        if (list === undefined) found.set(operand, [user]);
        else list.push(user);
      }
    });
    users = found;
    usersOfGraphs.set(graph, users);
  }
  return users.get(id) ?? [];
}

/** Nodes that never get a place, because every user reads through them. */
export function fusedNodes(graph: Graph, isResult: (id: NodeId) => boolean): ReadonlySet<NodeId> {
  /** A product that is a result is computed all the same, and reads the one-hot itself. */
  const addsRows = (product: NodeId, oneHot: NodeId): boolean =>
    !isResult(product) &&
    isFusedProduct(graph, product) &&
    usersOf(graph, product).every((total) => {
      const row = rowAddOf(graph, total);
      return row?.oneHot === oneHot && row.value !== oneHot;
    });
  const fused = new Set<NodeId>();
  graph.nodes.forEach((node, id) => {
    if (isResult(id)) return;
    if (isFusedProduct(graph, id)) fused.add(id);
    if (node.form !== 'oneHot') return;
    const readThrough = usersOf(graph, id).every(
      (user) => rowReadOf(graph, user)?.oneHot === id || addsRows(user, id),
    );
    if (readThrough) fused.add(id);
  });
  return fused;
}
