import { boundShape, entriesOf } from '../graph/bind.ts';
import type { Graph, GraphNode, NodeId } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';
import { expandToMachine, type MachineExpression } from '../ops/expand.ts';
import { isView } from './access.ts';
import { isFusedProduct, rowAddOf, rowReadOf } from './fusion.ts';
import { laneBytes } from './memory.ts';
import type { Kernel, Packed, Place, Plan } from './plan.ts';

/** What a kernel is for the machine. Lanes that only fill up a vector of four are not counted. */
export interface Cost {
  readonly multiplyAdds: number;
  /** Machine operations besides: a sum of n has n - 1, an elementary function those of its expansion. */
  readonly operations: number;
  /** Every operand and every result once: what would go to and from memory if a kernel found nothing in cache. */
  readonly bytes: number;
}

export const free: Cost = { multiplyAdds: 0, operations: 0, bytes: 0 };

export const addCosts = (costs: readonly Cost[]): Cost =>
  costs.reduce(
    (sum, cost) => ({
      multiplyAdds: sum.multiplyAdds + cost.multiplyAdds,
      operations: sum.operations + cost.operations,
      bytes: sum.bytes + cost.bytes,
    }),
    free,
  );

export const scaleCost = ({ multiplyAdds, operations, bytes }: Cost, by: number): Cost => ({
  multiplyAdds: multiplyAdds * by,
  operations: operations * by,
  bytes: bytes * by,
});

/** Of one run of a kernel, over all rows of the batch and over `steps` steps at once. */
export function costOf(plan: Plan, kernel: Kernel, steps = 1): Cost {
  return { ...arithmetic(plan, kernel, steps), bytes: bytesOf(plan, kernel, steps) };
}

type Arithmetic = Pick<Cost, 'multiplyAdds' | 'operations'>;
const nothing: Arithmetic = { multiplyAdds: 0, operations: 0 };

function arithmetic(plan: Plan, kernel: Kernel, steps: number): Arithmetic {
  const { graph } = plan.bound;
  const rows = rowsOf(plan, kernel, steps);
  const ofNode = (id: NodeId) => times(nodeArithmetic(graph, id), rows);
  switch (kernel.kind) {
    case 'compute':
    case 'product':
    case 'reduce':
      return ofNode(kernel.node);
    case 'group':
      return addCosts(kernel.nodes.map((id) => ({ ...ofNode(id), bytes: 0 })));
    case 'accumulate':
    case 'total':
      return times(totalArithmetic(graph, kernel.total), rows);
    default:
      return nothing;
  }
}

const times = (cost: Arithmetic, by: number): Arithmetic => ({
  multiplyAdds: cost.multiplyAdds * by,
  operations: cost.operations * by,
});

const rowsOf = ({ batch }: Plan, { over }: Kernel, steps: number): number =>
  over === 'once' ? 1 : over === 'example' ? batch : batch * steps;

/** Of one node, for one row. */
export function nodeArithmetic(graph: Graph, id: NodeId): Arithmetic {
  const node = graph.nodes[id]!;
  const entries = entriesOf(boundShape(graph, id));
  switch (node.form) {
    case 'map':
      return { multiplyAdds: 0, operations: entries * operationsOf(node.op) };
    case 'sum':
      return { multiplyAdds: 0, operations: entries * (node.operands.length - 1) };
    case 'contract': {
      if (rowReadOf(graph, id) !== undefined) return nothing;
      const summed = summedExtent(graph, node);
      return summed === undefined
        ? { multiplyAdds: 0, operations: entries }
        : { multiplyAdds: entries * summed, operations: 0 };
    }
    case 'reduce': {
      const all = entriesOf(boundShape(graph, node.operand));
      return { multiplyAdds: 0, operations: Math.max(0, all - entries) };
    }
    case 'running':
      return { multiplyAdds: 0, operations: entries };
    default:
      return nothing;
  }
}

/** Entries that each result of a contraction sums; undefined where nothing is summed. */
export function summedExtent(graph: Graph, node: GraphNode & { form: 'contract' }): number | undefined {
  const shape = boundShape(graph, node.left);
  const summed = node.leftAxes.flatMap((label, axis) => (node.outAxes.includes(label) ? [] : [shape[axis]!]));
  return summed.length === 0 ? undefined : entriesOf(summed);
}

/** Of adding one step of one row to a total. */
function totalArithmetic(graph: Graph, total: NodeId): Arithmetic {
  const row = rowAddOf(graph, total);
  if (row !== undefined) return { multiplyAdds: 0, operations: entriesOf(boundShape(graph, row.value)) };
  const node = graph.nodes[total]!;
  const entries = entriesOf(boundShape(graph, total));
  const isProduct = node.form === 'total' && isFusedProduct(graph, node.operand);
  return isProduct ? { multiplyAdds: entries, operations: 0 } : { multiplyAdds: 0, operations: entries };
}

const operationsKnown = new Map<string, number>();

/** Machine operations of a scalar op, each shared part counted once. */
export function operationsOf(op: string): number {
  const known = operationsKnown.get(op);
  if (known !== undefined) return known;
  const seen = new Set<MachineExpression>();
  const visit = (expression: MachineExpression) => {
    if (expression.kind !== 'apply' || seen.has(expression)) return;
    seen.add(expression);
    for (const arg of expression.args) visit(arg);
  };
  visit(expandToMachine(op));
  operationsKnown.set(op, seen.size);
  return seen.size;
}

function bytesOf(plan: Plan, kernel: Kernel, steps: number): number {
  const { graph } = plan.bound;
  /** A value that is shared, or one per example, is there once for all steps. */
  const copies = (id: NodeId) => {
    const outer = kernel.over === 'once' ? 0 : graph.nodes[id]!.type.outer.length;
    return outer === 0 ? 1 : outer === 1 ? plan.batch : rowsOf(plan, kernel, steps);
  };
  const entries = (id: NodeId) => entriesOf(boundShape(graph, id));
  const lanes = (() => {
    switch (kernel.kind) {
      case 'clear':
        return entries(kernel.total);
      case 'copy':
      case 'part':
        return 2 * entries(kernel.from) * rowsOf(plan, kernel, steps);
      case 'move':
        return 2 * kernel.entries * rowsOf(plan, kernel, steps);
      case 'pack':
        return 2 * entries(packedOperand(graph, kernel.node, kernel.packed));
      case 'accumulate':
      case 'total': {
        const row = rowAddOf(graph, kernel.total);
        if (row !== undefined)
          return (entries(row.value) * 3 + entries(row.index)) * rowsOf(plan, kernel, steps);
        return read([kernel.total]) + 2 * entries(kernel.total) * copies(kernel.total);
      }
      case 'compute':
      case 'product':
      case 'reduce':
        return read([kernel.node]) + written([kernel.node]);
      case 'group':
        return read(kernel.nodes) + written(kernel.nodes);
    }
  })();
  return lanes * laneBytes;

  function written(ids: readonly NodeId[]): number {
    return ids.filter((id) => plan.places.has(id)).reduce((sum, id) => sum + entries(id) * copies(id), 0);
  }

  function read(ids: readonly NodeId[]): number {
    let sum = 0;
    for (const [id, size] of readEntries(plan, ids)) sum += size * copies(id);
    return sum;
  }
}

const packedOperand = (graph: Graph, id: NodeId, { side }: Packed): NodeId => {
  const node = graph.nodes[id]!;
  return node.form === 'contract' ? node[side] : id;
};

/** By value that has a place: entries of it that the nodes read and do not make themselves, for one row. */
function readEntries(
  { bound: { graph }, places }: Plan,
  ids: readonly NodeId[],
): ReadonlyMap<NodeId, number> {
  const found = new Map<NodeId, number>();
  const own = new Set(ids);
  const done = new Set<NodeId>();
  const entries = (id: NodeId) => entriesOf(boundShape(graph, id));
  /** @param most  entries that are looked at through the views above */
  const visit = (id: NodeId, most: number): void => {
    const size = Math.min(most, entries(id));
    const place: Place | undefined = places.get(id);
    if (place !== undefined) {
      found.set(id, Math.min(entries(id), (found.get(id) ?? 0) + size));
      return;
    }
    const node = graph.nodes[id]!;
    for (const operand of operandsOf(graph, id))
      visit(operand, isView(node.form) ? size : Number.POSITIVE_INFINITY);
  };
  for (const id of ids) {
    const row = rowReadOf(graph, id);
    if (row !== undefined) {
      visit(row.index, 1);
      found.set(id, entries(id));
      continue;
    }
    for (const operand of operandsOf(graph, id)) {
      if (own.has(operand) || done.has(operand)) continue;
      done.add(operand);
      visit(operand, Number.POSITIVE_INFINITY);
    }
  }
  return found;
}
