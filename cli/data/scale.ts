import { quoted } from './columns.ts';
import { dataFailure } from './dataFailure.ts';

/** How the numbers of a column become those that a network reads: `(value - mean)/deviation`. */
export interface Scale {
  readonly column: string;
  readonly mean: number;
  /** Above 0. */
  readonly deviation: number;
  /** Mean of the training part, whether the column is normalised or not: what stands for a missing value, if asked for. */
  readonly average: number;
  /** Whether the training part holds one value only; the deviation is 1 then. */
  readonly constant: boolean;
}

/** A column left as it is. */
export const rawScale = (scale: Scale): Scale => ({ ...scale, mean: 0, deviation: 1 });

/**
 * Mean and deviation of those values of a column that are there, in f64.
 *
 * @param values  in any order; NaN where one is missing
 * @throws Failure (failed) where there is none, or they are too large or too small for a deviation
 */
export function fitScale(file: string, column: string, values: () => Iterable<number>): Scale {
  let count = 0;
  let sum = 0;
  let first: number | undefined;
  let constant = true;
  for (const value of values()) {
    if (Number.isNaN(value)) continue;
    first ??= value;
    if (value !== first) constant = false;
    count++;
    sum += value;
  }
  if (first === undefined) {
    throw dataFailure(file, `column ${quoted(column)} has no value in the training part.`);
  }
  if (constant) return { column, mean: first, deviation: 1, average: first, constant };
  const mean = sum / count;
  let squares = 0;
  for (const value of values()) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / count);
  if (!(deviation > 0 && deviation < Number.POSITIVE_INFINITY)) {
    const what = deviation === 0 ? 'small' : 'large';
    throw dataFailure(
      file,
      `the values of column ${quoted(column)} are too ${what} to be normalised. Give them in another unit.`,
    );
  }
  return { column, mean, deviation, average: mean, constant };
}

export function normalised(value: number, { mean, deviation }: Scale): number {
  return (value - mean) / deviation;
}

export function denormalised(value: number, { mean, deviation }: Scale): number {
  return mean + deviation * value;
}
