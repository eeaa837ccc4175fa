import { quoted } from './columns.ts';
import { dataFailure } from './dataFailure.ts';
import type { Scale } from './scale.ts';
import type { Table } from './table.ts';

export const fills = ['previous', 'zero', 'mean'] as const;

/** What stands for a missing value: the one before it in its sequence, 0, or the mean of the training part. */
export type Fill = (typeof fills)[number];

/**
 * Puts values where they are missing, in place.
 *
 * @param values  [rows] of one column
 * @param scale   of the column
 * @returns how many
 * @throws Failure (failed) where a sequence begins with a missing value and the one before it is asked for
 */
export function fillColumn(
  table: Table,
  column: string,
  values: Float64Array,
  fill: Fill,
  scale: Scale,
): number {
  let filled = 0;
  for (const { first, rows, key } of table.sequences) {
    for (let row = first; row < first + rows; row++) {
      if (!Number.isNaN(values[row]!)) continue;
      filled++;
      if (fill === 'previous') {
        if (row === first) {
          const which = key === '' ? 'the first row' : `the first row of ${quoted(key)}`;
          throw dataFailure(
            table.file,
            `line ${table.lines[row]}, column ${quoted(column)}: the value is missing, and ${which} has none before ` +
              'it. Use --fill mean or --fill zero, or begin the file later.',
          );
        }
        values[row] = values[row - 1]!;
      } else values[row] = fill === 'zero' ? 0 : scale.average;
    }
  }
  return filled;
}
