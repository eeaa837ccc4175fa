import { columnsOfTile, panelsOf, widestPanel } from '../panels.ts';
import type { Kernel } from '../plan.ts';
import type { Draft } from './draft.ts';

/** Shared operands of products go into panels, once per update. */
export function pack(draft: Draft, slab: number): void {
  const packs: Kernel[] = [];
  for (const procedure of ['forward', 'backward'] as const) {
    for (const { level, kernels } of draft.stages[procedure]) {
      const rows = draft.options.batch * (level % 2 === 0 ? slab : 1);
      const columns = columnsOfTile(rows, draft.options.block);
      kernels.forEach((kernel, i) => {
        if (kernel.kind !== 'product' || !draft.choices.mayPack(kernel.node)) return;
        const panels = panelsOf(draft.graph, kernel.node, columns);
        if (panels === undefined) return;
        const packed = { buffer: `packed.${kernel.node}`, side: panels.side, columns };
        const perPanelLane = panels.length / (panels.panels * panels.width);
        draft.memory.add(packed.buffer, perPanelLane * (panels.laneExtent + widestPanel - 1));
        packs.push({ kind: 'pack', node: kernel.node, packed, over: 'once' });
        kernels[i] = { ...kernel, packed };
      });
    }
  }
  draft.before.prepare.push(...packs);
}
