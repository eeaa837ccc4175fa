import type { BoundInput } from '../data/bind.ts';
import { quoted } from '../data/columns.ts';
import type { Scale } from '../data/scale.ts';
import { isKeyOfRows, keyHint } from '../data/split.ts';
import type { Table } from '../data/table.ts';

interface Reading {
  readonly inputs: readonly BoundInput[];
  readonly targets: readonly BoundInput[];
  readonly ahead: 0 | 1;
}

/** What is allowed in a new run, and may not be meant: sentences. */
export function notesOf(table: Table, reading: Reading, scales: Iterable<Scale>): readonly string[] {
  return [...constantColumns(scales), ...columnsReadAndPredicted(reading), ...shortSequences(table, reading)];
}

function constantColumns(scales: Iterable<Scale>): readonly string[] {
  return [...scales]
    .filter(({ constant }) => constant)
    .map(({ column }) => `Column ${quoted(column)} holds one value only in the training part.`);
}

function columnsReadAndPredicted({ inputs, targets, ahead }: Reading): readonly string[] {
  if (ahead > 0) return [];
  const read = new Set(inputs.flatMap(({ columns }) => columns));
  const both = [...new Set(targets.flatMap(({ columns }) => columns))].filter((column) => read.has(column));
  return both.map(
    (column) =>
      `Column ${quoted(column)} is a target and, in the same row, an input. For its value in the next row give ` +
      '--forecast instead of --targets.',
  );
}

function shortSequences(table: Table, { ahead }: Reading): readonly string[] {
  const short = table.sequences.filter(({ rows }) => rows <= ahead).length;
  const hint = isKeyOfRows(table) ? [keyHint(table)] : [];
  if (short === 0) return hint;
  const [rows, are] = short === 1 ? ['row', 'is'] : ['rows', 'are'];
  return [
    `${short} of ${table.rows} rows ${are} the only ${rows} of ${short === 1 ? 'its sequence' : 'their sequences'}: no ` +
      `next row is there to be compared with.`,
    ...hint,
  ];
}
