import type { Cost } from '../cost.ts';
import { type Column, tableRow } from './table.ts';
import { formatBytes, formatCount } from './units.ts';

const first = 44;
const others: readonly Column[] = [
  { width: 26, align: 'left' },
  { width: 13, align: 'right' },
  { width: 10, align: 'right' },
  { width: 9, align: 'right' },
];

/** A line of a table of costs: what, sizes, and three numbers. */
export function costRow(indent: number, what: string, size: string, cost: Cost): readonly string[] {
  const { multiplyAdds, operations, bytes } = cost;
  const count = (value: number) => (value === 0 ? '' : formatCount(value));
  const cells = [what, size, count(multiplyAdds), count(operations), bytes === 0 ? '' : formatBytes(bytes)];
  return row(indent, cells);
}

export const costHeading = (title: string, what = ''): readonly string[] =>
  row(0, [title, what, 'multiply-adds', 'operations', 'bytes']);

const row = (indent: number, cells: readonly string[]): readonly string[] =>
  tableRow([{ width: first - indent, align: 'left' }, ...others], cells, indent);
