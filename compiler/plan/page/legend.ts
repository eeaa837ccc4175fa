import { operationsOf } from '../cost.ts';
import { lanesPerColumn } from '../panels.ts';
import type { Plan } from '../plan.ts';
import { nodesOf } from '../words.ts';
import { paragraph } from './table.ts';
import { listing, plural } from './units.ts';

/** How the page counts. */
export function legendLines(plan: Plan): readonly string[] {
  const { graph } = plan.bound;
  const kernels = Object.values(plan.sweeps).flatMap(({ before, stages }) => [
    ...before,
    ...stages.flatMap((stage) => stage.kernels),
  ]);
  const ops = new Set(
    kernels.flatMap(nodesOf).flatMap((id) => {
      const node = graph.nodes[id]!;
      return node.form === 'map' && operationsOf(node.op) > 1 ? [node.op] : [];
    }),
  );
  const { rows, columns } = plan.block;
  const functions = [...ops].map((op) => `${operationsOf(op)} for a ${op}`);
  const rounding = plan.profile === 'fused' ? 'once' : 'twice';
  const sentences = [
    `Costs are those of one step of all rows.`,
    `Operations are all but multiply-adds${functions.length > 0 ? `, ${listing(functions)}` : ''}.`,
    'Bytes are the operands and results of each kernel, once.',
    rows * columns > 1
      ? `Products keep ${plural(rows, 'row')} of ${columns * lanesPerColumn} results in registers; a multiply-add rounds ${rounding}.`
      : `A multiply-add rounds ${rounding}.`,
  ];
  const hasPanels = kernels.some(({ kind }) => kind === 'pack');
  if (hasPanels)
    sentences.push(
      'In panels: the matrix copied in the order a product reads it, in memory with room for the widest block.',
    );
  const backward = [
    'x_bar means dL/dx; h_bar_next is what arrives from step t + 1, h_bar_out from the loss of this step.',
  ];
  return [...('adjoint' in graph ? backward : []), ...paragraph(sentences.join(' '), 0)];
}
