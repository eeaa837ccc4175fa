import type { Plan } from '../plan.ts';
import { type Kept, keptValues, valuesNotKept } from './kept.ts';
import { paragraph, tableRow } from './table.ts';
import { formatBytes, listing } from './units.ts';

const columns = [
  { width: 16, align: 'left' },
  { width: 6, align: 'left' },
  { width: 8, align: 'right' },
  { width: 9, align: 'right' },
  { width: 61, align: 'left' },
] as const;

/** What of the forward sweep the backward sweep reads, where it lies and what for. */
export function keptLines(plan: Plan): readonly string[] {
  const kept = keptValues(plan);
  if (kept.length === 0) return [];
  const { window } = plan;
  const tape = kept.filter(({ where }) => where === 'tape');
  const perStep = tape.reduce((sum, { bytesPerStep }) => sum + bytesPerStep, 0);
  const sum =
    tape.length === 0
      ? 'no tape, what it reads is there anyway'
      : `${formatBytes(perStep * window)} of tape, ${formatBytes(perStep)} a step`;
  const line = (cells: readonly string[]) => tableRow(columns, cells, 2);
  return [
    `kept for the backward sweep: ${sum}`,
    ...line(['', '', 'a step', window === 1 ? '' : `${window} steps`, 'read by']),
    ...kept.flatMap(({ value, where, bytesPerStep, why }: Kept) => {
      const sizes = [bytesPerStep, bytesPerStep * window].map(formatBytes);
      const [first, ...others] = why;
      const isLong = value.length > columns[0].width;
      return [
        ...(isLong ? paragraph(value, 2) : []),
        ...line([isLong ? '' : value, where, sizes[0]!, window === 1 ? '' : sizes[1]!, first!]),
        ...others.flatMap((reason) => line(['', '', '', '', reason])),
      ];
    }),
  ];
}

/** What the backward sweep does without. */
export function notKeptLines(plan: Plan): readonly string[] {
  const { arguments: inside, addends, again } = valuesNotKept(plan);
  const lines = [
    ...[...inside].map(([op, values]) => `${listing(values)}: the slope of ${op} follows from its result`),
    ...(addends.length > 0 ? [`${addends.join(', ')}: only added, so no derivative reads them`] : []),
    ...(again.length > 0 ? [`computed again: ${again.join(', ')}`] : []),
  ];
  return lines.length === 0 ? [] : ['not kept', ...lines.flatMap((line) => paragraph(line, 2))];
}
