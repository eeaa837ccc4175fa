import { Random } from '../../runtime/random.ts';
import type { Prepared } from './prepare.ts';
import { shuffled } from './split.ts';

/** Sequences that run side by side, as rows of a batch. */
export interface Group {
  /** Into `Prepared.series`, one per row, the longest first; undefined where there are not enough sequences. */
  readonly members: readonly (number | undefined)[];
  /** Of the longest; the others, once they have ended, run along as it does and do not count. */
  readonly steps: number;
}

export type Part = 'training' | 'heldOut';

/** How many steps of a sequence are run for a part: held-out rows need the state of all rows before them. */
export function stepsOf({ series, ahead }: Prepared, index: number, part: Part): number {
  const { rows, training } = series[index]!;
  if (part === 'training') return Math.max(0, training - ahead);
  return training < rows ? Math.max(0, rows - ahead) : 0;
}

/**
 * The training sequences of one epoch, in an order drawn by seed and epoch. Sequences of like length share a group, so
 * that little is run for nothing.
 */
export function trainingGroups(data: Prepared, batch: number, seed: number, epoch: number): readonly Group[] {
  const random = new Random(seed, `order of epoch ${epoch}`);
  const order = shuffled(membersOf(data, 'training'), random);
  return shuffled(cut(data, order, batch, 'training'), random);
}

export function heldOutGroups(data: Prepared, batch: number): readonly Group[] {
  return cut(data, membersOf(data, 'heldOut'), batch, 'heldOut');
}

function membersOf(data: Prepared, part: Part): readonly number[] {
  return data.series.flatMap((_, index) => (stepsOf(data, index, part) > 0 ? [index] : []));
}

function cut(data: Prepared, members: readonly number[], batch: number, part: Part): readonly Group[] {
  const sorted = [...members].sort((a, b) => stepsOf(data, b, part) - stepsOf(data, a, part));
  const groups: Group[] = [];
  for (let first = 0; first < sorted.length; first += batch) {
    const steps = stepsOf(data, sorted[first]!, part);
    groups.push({ members: Array.from({ length: batch }, (_, row) => sorted[first + row]), steps });
  }
  return groups;
}
