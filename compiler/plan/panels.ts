import { boundShape } from '../graph/bind.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import { rowReadOf } from './fusion.ts';
import type { RegisterBlock } from './plan.ts';

/*
 * A matrix of parameters in panels: for each block of columns of results, the lanes of that block side by side for each
 * summed index, so that the inner loop of a product reads it straight through.
 */

export const lanesPerColumn = 4;

/** How the shared operand of a contraction is laid: [...outer, panel, ...summed, lane]. */
export interface Panels {
  readonly side: 'left' | 'right';
  readonly node: NodeId;
  /** Label that runs along lanes, the last of the result's. */
  readonly lane: number;
  readonly laneExtent: number;
  /** Lanes of a panel. */
  readonly width: number;
  readonly panels: number;
  readonly summed: readonly Labelled[];
  readonly outer: readonly Labelled[];
  /** In lanes. */
  readonly panelStride: number;
  readonly length: number;
}

interface Labelled {
  readonly label: number;
  readonly extent: number;
  /** In the panels. */
  readonly stride: number;
}

/** Chains of multiply-adds that keep the units busy where a tile has one row; where it has more. */
const chainsOfOneRow = 8;
const chains = 12;

/** Columns of a tile: a block's, or a multiple of it where there are fewer rows than the block has. */
export function columnsOfTile(rows: number, block: RegisterBlock): number {
  if (rows >= block.rows) return block.columns;
  const most = rows === 1 ? chainsOfOneRow : chains;
  return block.columns * Math.max(1, Math.floor(most / (rows * block.columns)));
}

/**
 * Undefined where a contraction has no shared operand that its results run along.
 *
 * @param columns  of a panel
 */
export function panelsOf(graph: Graph, id: NodeId, columns: number): Panels | undefined {
  const node = graph.nodes[id]!;
  if (node.form !== 'contract' || node.type.outer.length === 0 || rowReadOf(graph, id) !== undefined)
    return undefined;
  const isShared = (operand: NodeId) => graph.nodes[operand]!.type.outer.length === 0;
  const side = isShared(node.left) ? 'left' : 'right';
  const [shared, axes, otherAxes] =
    side === 'left'
      ? [node.left, node.leftAxes, node.rightAxes]
      : [node.right, node.rightAxes, node.leftAxes];
  const lane = node.outAxes.at(-1);
  if (!isShared(shared) || lane === undefined || graph.nodes[shared]!.form === 'fill') return undefined;
  const sizes = boundShape(graph, shared);
  const entries = node.outAxes.map((label) => sizes[axes.indexOf(label)] ?? 2);
  const isSummed = (label: number) => !node.outAxes.includes(label);
  if (!axes.includes(lane) || otherAxes.includes(lane) || !axes.some(isSummed)) return undefined;
  // A single result is a sum in sixteen running values, and reads the operand as it lies.
  if (entries.every((extent) => extent === 1)) return undefined;
  const width = columns * lanesPerColumn;
  const laneExtent = sizes[axes.indexOf(lane)]!;
  const panels = Math.ceil(laneExtent / width);
  let stride = width;
  const lay = (labels: readonly number[]): readonly Labelled[] =>
    labels
      .map((label) => ({ label, extent: sizes[axes.indexOf(label)]! }))
      .reverse()
      .map(({ label, extent }) => {
        const laid = { label, extent, stride };
        stride *= extent;
        return laid;
      })
      .reverse();
  // In the order of the other operand's axes, in which the chain of multiply-adds runs.
  const summed = lay(node.leftAxes.filter(isSummed));
  const panelStride = stride;
  stride *= panels;
  const outer = lay(axes.filter((label) => label !== lane && !isSummed(label)));
  return { side, node: shared, lane, laneExtent, width, panels, summed, outer, panelStride, length: stride };
}

/** In lanes: room for the panels under every register block, so that all variants of a module share one memory map. */
export const widestPanel = 48;
