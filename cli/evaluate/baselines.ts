import type { Series } from '../data/split.ts';

/** A forecast that needs no network. Rows are counted from the beginning of a sequence. */
export interface Baseline {
  readonly name: string;
  /** Whether it makes sense for classes, which have no arithmetic. */
  readonly classes: boolean;
  /**
   * @param values   of one column of one sequence, from its first row on; none after `row - horizon` is looked at
   * @param row      to be forecast
   * @param horizon  rows before it that the forecast is made, at least 1 and at most `row`
   * @returns undefined where it would need rows before the first
   */
  forecast(values: Float64Array, row: number, horizon: number, series: Series): number | undefined;
}

/** The last value again. */
export const persistence: Baseline = {
  name: 'persistence',
  classes: true,
  forecast: (values, row, horizon) => values[row - horizon],
};

/**
 * The last value, and what so many rows add. A row adds what it did on average in the training part of its sequence, as far
 * as it reaches to the row the forecast is made at; where that part has fewer than two rows, in all rows up to there.
 */
export const drift: Baseline = {
  name: 'drift',
  classes: false,
  forecast: (values, row, horizon, { training }) => {
    const origin = row - horizon;
    const last = training >= 2 ? Math.min(training - 1, origin) : origin;
    const slope = last === 0 ? 0 : (values[last]! - values[0]!) / last;
    return values[origin]! + horizon * slope;
  },
};

/** The value of the last row that was known and lies a whole number of seasons before. */
export function seasonal(season: number): Baseline {
  return {
    name: `seasonal (${season} ${season === 1 ? 'row' : 'rows'})`,
    classes: true,
    forecast: (values, row, horizon) => {
      const from = row - season * Math.ceil(horizon / season);
      return from < 0 ? undefined : values[from];
    },
  };
}
