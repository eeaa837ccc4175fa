import { boundShape } from '../graph/bind.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';
import { invariant } from '../support/invariant.ts';
import { isView, type Views } from './access.ts';
import { rowAddOf, rowReadOf } from './fusion.ts';
import type { Extent, Kernel } from './plan.ts';

/** What of a graph the kernels of a sweep are made of. */
export interface KernelGraph {
  readonly graph: Graph;
  readonly views: Views;
  /** Nodes that are computed by those who read them. */
  readonly fused: ReadonlySet<NodeId>;
  /** Whether a node may join the group before it. */
  readonly mayFuse: (id: NodeId) => boolean;
}

/** What computing a node reads: operands, looked at through views and fused products. */
export function readsOf({ graph, views, fused }: KernelGraph): readonly (readonly NodeId[])[] {
  const reads: (readonly NodeId[])[] = [];
  graph.nodes.forEach((_, id) => {
    const list = operandsOf(graph, id).flatMap((operand) => {
      const base = views.base[operand]!;
      return fused.has(base) ? reads[base]! : [base];
    });
    reads.push([...new Set(list)]);
  });
  return reads;
}

/** A scalar function entry by entry: a map, a sum, a product without a summed axis, or a copy of a view. */
export function isEntryByEntry(graph: Graph, id: NodeId): boolean {
  const node = graph.nodes[id]!;
  if (node.type.element === 'index') return false;
  if (node.form === 'contract')
    return node.leftAxes.concat(node.rightAxes).every((l) => node.outAxes.includes(l));
  return node.form === 'map' || node.form === 'sum' || isView(node.form);
}

/** The kernel of a node that is not computed entry by entry; undefined where nothing is left to do. */
export function kernelOf(graph: Graph, id: NodeId, over: Extent): Kernel | undefined {
  const node = graph.nodes[id]!;
  switch (node.form) {
    case 'leaf':
    case 'fill':
      return undefined;
    case 'contract':
      return rowReadOf(graph, id) === undefined
        ? { kind: 'product', node: id, over }
        : { kind: 'compute', node: id, over };
    case 'reduce':
      return { kind: 'reduce', node: id, over };
    case 'total':
      if (over !== 'step' || node.type.outer.length > 0 || rowAddOf(graph, id) !== undefined)
        return { kind: 'accumulate', total: id, over };
      return { kind: 'total', total: id, over };
    default:
      return { kind: 'compute', node: id, over };
  }
}

/**
 * Kernels for nodes of one stage, in an order in which each finds what it reads. Maps and sums of one shape become groups,
 * as large as the order allows.
 *
 * @param ids    ascending; every node they read is among them or known before
 * @param parts  what joins the parts of a concat that are not computed into it
 */
export function kernelsOf(
  question: KernelGraph,
  ids: readonly NodeId[],
  reads: readonly (readonly NodeId[])[],
  parts: (concat: NodeId) => readonly Kernel[],
): readonly Kernel[] {
  const { graph, views } = question;
  const waiting = new Set(ids);
  const kernels: Kernel[] = [];
  const isReady = (id: NodeId, group?: ReadonlySet<NodeId>) =>
    reads[id]!.every((read) => !waiting.has(read) || (group?.has(read) === true && readsAsIs(id, read)));
  /** A member of a group is read at the same entry only. */
  const readsAsIs = (id: NodeId, member: NodeId) => {
    const { form } = graph.nodes[id]!;
    if (form !== 'map' && form !== 'sum') return false;
    return operandsOf(graph, id).every((operand) => views.base[operand] !== member || operand === member);
  };
  while (waiting.size > 0) {
    const before = waiting.size;
    for (const id of waiting) {
      if (isEntryByEntry(graph, id) || !isReady(id)) continue;
      const node = graph.nodes[id]!;
      if (node.form === 'concat') kernels.push(...parts(id));
      else {
        const kernel = kernelOf(graph, id, 'step');
        if (kernel !== undefined) kernels.push(kernel);
      }
      waiting.delete(id);
    }
    const seed = [...waiting].find((id) => isEntryByEntry(graph, id) && isReady(id));
    if (seed !== undefined) {
      const group = new Set<NodeId>();
      const shape = boundShape(graph, seed).join();
      for (const id of waiting) {
        if (id < seed || !isEntryByEntry(graph, id) || boundShape(graph, id).join() !== shape) continue;
        if (id !== seed && !question.mayFuse(id)) continue;
        if (isReady(id, group)) group.add(id);
      }
      for (const id of group) waiting.delete(id);
      kernels.push({ kind: 'group', nodes: [...group], over: 'step' });
    }
    invariant(waiting.size < before, 'the nodes of a stage wait for one another');
  }
  return kernels;
}
