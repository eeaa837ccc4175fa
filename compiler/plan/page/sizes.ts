import { boundShape } from '../../graph/bind.ts';
import type { NodeId } from '../../graph/graph.ts';
import { summedExtent } from '../cost.ts';
import { isFusedProduct, rowAddOf, rowReadOf } from '../fusion.ts';
import type { Kernel, Plan } from '../plan.ts';

/** Sizes of matrices with steps and rows as columns, `[512, 32] @ [32, 2*32]`; else `2*32 x [128]`. */
export function sizesOf(plan: Plan, kernel: Kernel, steps: number): string {
  const many = kernel.over === 'once' ? '' : rowsText(plan.batch, kernel.over === 'step' ? steps : 1);
  switch (kernel.kind) {
    case 'compute':
    case 'product':
    case 'reduce':
      return productSize(plan, kernel.node, many) ?? valueSize(plan, kernel.node, many);
    case 'group':
      return valueSize(plan, kernel.nodes[0]!, many);
    case 'accumulate':
    case 'total':
      return totalSize(plan, kernel.total, many);
    case 'pack':
      return '';
    case 'clear':
      return valueSize(plan, kernel.total, '');
    case 'copy':
    case 'part':
      return valueSize(plan, kernel.from, many);
    case 'move':
      return times(many, `[${kernel.entries}]`);
  }
}

/** Of a total of outer products the sizes of one product, with steps and rows as its inside. */
function totalSize(plan: Plan, total: NodeId, many: string): string {
  const { graph } = plan.bound;
  const row = rowAddOf(graph, total);
  if (row !== undefined) return valueSize(plan, row.value, many);
  const node = graph.nodes[total]!;
  const shape = boundShape(graph, total);
  const isMatrix = node.form === 'total' && isFusedProduct(graph, node.operand) && shape.length === 2;
  if (!isMatrix || many === '') return valueSize(plan, total, many);
  return `[${shape[0]}, ${many}] @ [${many}, ${shape[1]}]`;
}

const times = (many: string, shape: string) =>
  many === '' ? shape : shape === '[]' ? many : `${many} x ${shape}`;

function rowsText(batch: number, steps: number): string {
  if (steps === 1) return batch === 1 ? '' : String(batch);
  return batch === 1 ? String(steps) : `${steps}*${batch}`;
}

const valueSize = ({ bound: { graph } }: Plan, id: NodeId, many: string): string =>
  times(many, `[${boundShape(graph, id).join(', ')}]`);

/** Of a product of something shared, a matrix, with a vector per step and row. */
function productSize({ bound: { graph } }: Plan, id: NodeId, many: string): string | undefined {
  const node = graph.nodes[id]!;
  if (node.form !== 'contract' || rowReadOf(graph, id) !== undefined) return undefined;
  const summed = summedExtent(graph, node);
  const [entries] = boundShape(graph, id);
  const isShared = [node.left, node.right].some((side) => graph.nodes[side]!.type.outer.length === 0);
  if (summed === undefined) return undefined;
  if (!isShared || node.outAxes.length !== 1) {
    const shapes = [node.left, node.right].map((side) => `[${boundShape(graph, side).join(', ')}]`);
    return times(many, shapes.join(' @ '));
  }
  return `[${entries}, ${summed}] @ [${summed}${many === '' ? '' : `, ${many}`}]`;
}
