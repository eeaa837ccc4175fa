import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

/** A monthly series without gaps. Months are counted as `12*year + (0 … 11)`. */
export interface Series {
  /** The month of `values[0]`. */
  readonly firstMonth: number;
  /** In ppm, one per month. */
  readonly values: Float64Array;
  /** Indices into `values` of months that were missing and have been filled. They are never scored or learned. */
  readonly filled: ReadonlySet<number>;
  /** Months that the file lacks, filled ones included. */
  readonly missing: readonly number[];
  /** Months at the beginning that are left out, because a gap among them has no year before it to be filled from. */
  readonly leftOut: number;
}

/** Something about the data that ends the run; its message is for the user. */
export class DataError extends Error {}

/** A month and what was measured, in ppm. */
export interface Reading {
  readonly month: number;
  readonly value: number;
}

/**
 * The monthly CO2 readings of Mauna Loa in the package vega-datasets (Scripps CO2 Program, CC BY 4.0), as measured: the
 * file's seasonally adjusted column comes from a fit over all years, held-out ones too, and is not read.
 *
 * @throws DataError where the file cannot be found or read
 */
export function readCo2(): readonly Reading[] {
  const path = co2Path();
  const text = (() => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      throw new DataError(`Cannot read ${path} (${(error as NodeJS.ErrnoException).code})`);
    }
  })();
  return parseReadings(text, path);
}

function co2Path(): string {
  try {
    const entry = createRequire(import.meta.url).resolve('vega-datasets');
    return join(entry, '..', '..', 'data', 'co2-concentration.csv');
  } catch {
    throw new DataError(
      'Cannot find the package vega-datasets, which has the CO2 series. Run `npm ci` first.',
    );
  }
}

/**
 * Reads a CSV text with the columns `Date` (year-month-day) and `CO2`, in order of time.
 *
 * @throws DataError naming the line that is no reading
 */
export function parseReadings(text: string, name: string): readonly Reading[] {
  const rows = parseRows(text, name);
  const readings = rows.map((row, i) => {
    const date = /^(\d{4})-(\d{2})-\d{2}$/.exec(row.Date ?? '');
    const value = Number(row.CO2 || Number.NaN);
    if (date === null || !Number.isFinite(value)) {
      throw new DataError(
        `${name}, row ${i + 1}: expected a date and a CO2 value, got ${JSON.stringify(row)}`,
      );
    }
    return { month: 12 * Number(date[1]) + Number(date[2]) - 1, value };
  });
  const unordered = readings.findIndex(({ month }, i) => i > 0 && month <= readings[i - 1]!.month);
  if (unordered >= 0) throw new DataError(`${name}, row ${unordered + 1}: not later than the row before`);
  if (readings.length === 0) throw new DataError(`${name} has no rows`);
  return readings;
}

function parseRows(text: string, name: string): readonly Readonly<Record<string, string>>[] {
  try {
    return parse(text, { columns: true, skip_empty_lines: true });
  } catch (error) {
    throw new DataError(`${name} is no CSV: ${(error as Error).message}`);
  }
}

/**
 * Finds the months that are missing and fills each with the mean of the same month one year earlier and one year later.
 * Where the year before a gap is not known, the series begins after the gap instead.
 *
 * @param fillBefore  gaps may be filled, since that looks a year ahead, only where both years lie before this month
 * @throws DataError for a gap at or near `fillBefore` or later, and for one that cannot be filled
 */
export function withoutGaps(readings: readonly Reading[], fillBefore: number): Series {
  const known = new Map(readings.map(({ month, value }) => [month, value]));
  const first = readings[0]!.month;
  const last = readings.at(-1)!.month;
  const missing: number[] = [];
  for (let month = first; month <= last; month++) if (!known.has(month)) missing.push(month);
  const unfillable = missing.filter((month) => !known.has(month - 12));
  const firstMonth = unfillable.length === 0 ? first : unfillable.at(-1)! + 1;
  const filled = new Set<number>();
  const values = Float64Array.from({ length: last - firstMonth + 1 }, (_, i) => {
    const month = firstMonth + i;
    const value = known.get(month);
    if (value !== undefined) return value;
    const after = known.get(month + 12);
    if (month + 12 >= fillBefore || after === undefined) {
      throw new DataError(`${monthName(month)} is missing, and cannot be filled without looking ahead`);
    }
    filled.add(i);
    return (known.get(month - 12)! + after) / 2;
  });
  return { firstMonth, values, filled, missing, leftOut: firstMonth - first };
}

/** `1964-02` */
export function monthName(month: number): string {
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
}

/** Three parts in order of time, as indices into a series: training before `validationFrom`, held out to `end`. */
export interface Split {
  readonly validationFrom: number;
  readonly heldOutFrom: number;
  readonly end: number;
}

/**
 * Cuts a series at two months.
 *
 * @throws DataError where less than ten years are left to train on, or less than a year in another part
 */
export function splitAt({ firstMonth, values }: Series, validation: number, heldOut: number): Split {
  const split = {
    validationFrom: validation - firstMonth,
    heldOutFrom: heldOut - firstMonth,
    end: values.length,
  };
  const { validationFrom, heldOutFrom, end } = split;
  if (validationFrom < 120 || heldOutFrom - validationFrom < 12 || end - heldOutFrom < 12) {
    const range = `${monthName(firstMonth)} to ${monthName(firstMonth + end - 1)}`;
    throw new DataError(
      `The data, ${range}, cannot be split at ${monthName(validation)} and ${monthName(heldOut)}`,
    );
  }
  return split;
}
