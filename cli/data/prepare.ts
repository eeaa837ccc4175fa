import type { BoundInput } from './bind.ts';
import { quoted } from './columns.ts';
import { dataFailure } from './dataFailure.ts';
import { type Fill, fillColumn } from './fill.ts';
import { fitScale, normalised, rawScale, type Scale } from './scale.ts';
import type { Series } from './split.ts';
import type { Table } from './table.ts';

/** What a cell reads at a row of the table. */
export interface PreparedInput {
  readonly name: string;
  /** One per entry of its shape, row-major: [rows], as the network reads them. */
  readonly columns: readonly Float32Array[];
}

/** A table made ready for a network. */
export interface Prepared {
  readonly series: readonly Series[];
  readonly inputs: readonly PreparedInput[];
  readonly targets: readonly PreparedInput[];
  /** Rows from an input to its target. */
  readonly ahead: 0 | 1;
  /** [rows]: 1 where every target was in the file; others are neither learned nor scored. */
  readonly counts: Uint8Array;
}

/** How the columns of a run are read. */
export interface Reading {
  readonly inputs: readonly BoundInput[];
  readonly targets: readonly BoundInput[];
  readonly ahead: 0 | 1;
  readonly fill?: Fill;
}

/** Every column that is read, each once. */
export function columnsOf({ inputs, targets }: Pick<Reading, 'inputs' | 'targets'>): readonly string[] {
  return [...new Set([...inputs, ...targets].flatMap(({ columns }) => columns))];
}

/**
 * Fits every column's scale on the rows to learn from. Columns of classes, and those named in `raw`, stay as they are.
 *
 * @throws Failure (failed), see `fitScale`
 */
export function fitScales(
  table: Table,
  series: readonly Series[],
  reading: Reading,
  raw: ReadonlySet<string>,
): ReadonlyMap<string, Scale> {
  const classes = new Set(classColumns(reading).keys());
  return new Map(
    columnsOf(reading).map((column) => {
      const values = table.columns.get(column)!;
      const scale = fitScale(table.file, column, () => trainingValues(values, series));
      return [column, raw.has(column) || classes.has(column) ? rawScale(scale) : scale];
    }),
  );
}

function* trainingValues(values: Float64Array, series: readonly Series[]) {
  for (const { first, training } of series)
    for (let row = first; row < first + training; row++) yield values[row]!;
}

/** By column of classes: how many there are. */
export function classColumns({
  inputs,
  targets,
}: Pick<Reading, 'inputs' | 'targets'>): ReadonlyMap<string, number> {
  return new Map(
    [...inputs, ...targets].flatMap(({ columns, classes }) =>
      classes === undefined ? [] : columns.map((column) => [column, classes] as const),
    ),
  );
}

/**
 * Fills what is missing (in the table, too) and normalises.
 *
 * @returns with the number of values filled
 * @throws Failure (failed) with line and column of a value that is no class
 */
export function prepare(
  table: Table,
  series: readonly Series[],
  reading: Reading,
  scales: ReadonlyMap<string, Scale>,
): Prepared & { readonly filled: number } {
  const counts = new Uint8Array(table.rows).fill(1);
  for (const { columns } of reading.targets) {
    for (const column of columns) {
      for (const [row, value] of table.columns.get(column)!.entries())
        if (Number.isNaN(value)) counts[row] = 0;
    }
  }
  let filled = 0;
  if (reading.fill === 'mean') checkMeans(table, classColumns(reading).keys());
  if (reading.fill !== undefined) {
    for (const [column, scale] of scales) {
      filled += fillColumn(table, column, table.columns.get(column)!, reading.fill, scale);
    }
  }
  const size = new Map(
    [...reading.inputs, ...reading.targets].flatMap(({ columns, classSize }) =>
      classSize === undefined ? [] : columns.map((column) => [column, classSize] as const),
    ),
  );
  for (const [column, classes] of classColumns(reading))
    checkClasses(table, column, classes, size.get(column));
  const ready = new Map<string, Float32Array>();
  for (const [column, scale] of scales) {
    ready.set(
      column,
      Float32Array.from(table.columns.get(column)!, (value) => normalised(value, scale)),
    );
  }
  for (const [column, values] of ready) checkRange(table, values, scales.get(column)!);
  const of = ({ name, columns }: BoundInput) => ({
    name,
    columns: columns.map((column) => ready.get(column)!),
  });
  return {
    series,
    inputs: reading.inputs.map(of),
    targets: reading.targets.map(of),
    ahead: reading.ahead,
    counts,
    filled,
  };
}

function checkMeans(table: Table, classes: Iterable<string>): void {
  for (const column of classes) {
    const row = table.columns.get(column)!.findIndex(Number.isNaN);
    if (row < 0) continue;
    throw dataFailure(
      table.file,
      `line ${table.lines[row]}, column ${quoted(column)}: the value is missing, and classes have no mean. Use --fill ` +
        'previous or --fill zero.',
    );
  }
}

/** More classes than that are likelier to be numbers of another kind. */
const mostClasses = 1000;

/** @param size  the size of the cell that says how many there are, where one does */
function checkClasses(table: Table, column: string, classes: number, size: string | undefined): void {
  const values = table.columns.get(column)!;
  const wanted = values.reduce((most, value) => Math.max(most, value), 0) + 1;
  const more =
    size !== undefined &&
    wanted > classes &&
    wanted <= mostClasses &&
    values.every((value) => value >= 0 && Number.isInteger(value))
      ? ` For ${wanted} classes give -s ${size}=${wanted}.`
      : '';
  for (const [row, value] of values.entries()) {
    if (Number.isInteger(value) && value >= 0 && value < classes) continue;
    throw dataFailure(
      table.file,
      `line ${table.lines[row]}, column ${quoted(column)}: ${value} is no class; it must be a whole number ` +
        `from 0 to ${classes - 1}, as classes count from 0.${more}`,
    );
  }
}

function checkRange(table: Table, values: Float32Array, { column, mean, deviation, constant }: Scale): void {
  const row = values.findIndex((value) => !Number.isFinite(value));
  if (row < 0) return;
  throw dataFailure(
    table.file,
    `line ${table.lines[row]}, column ${quoted(column)}: ${table.columns.get(column)![row]} is outside the range of ` +
      'single precision, in which networks compute.' +
      (mean === 0 && deviation === 1 && !constant ? ' Leave out --no-normalise or --raw.' : ''),
  );
}
