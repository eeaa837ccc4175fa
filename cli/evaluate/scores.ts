import { quoted } from '../data/columns.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Predicted } from '../predict/forecaster.ts';
import type { Baseline } from './baselines.ts';
import type { Forecasts } from './forecasts.ts';
import type { HeldOut } from './held.ts';

/** Errors in the units of the column; of classes the share of wrong ones alone. */
export type Errors = { readonly rmse: number; readonly mae: number } | { readonly wrong: number };

export interface Scored {
  readonly name: string;
  readonly errors: Errors;
  /** [rows of the table], NaN where there is none. */
  readonly forecasts: Float64Array;
}

/** How well a column of the held-out rows is forecast, by all on the same rows. */
export interface Score extends Pick<HeldOut, 'kind'> {
  readonly predicted: Predicted;
  /** `12 rows ahead`, or `in the same row`. */
  readonly when: string;
  /** Rows of the table that are scored. */
  readonly rows: readonly number[];
  /** Held-out rows that are not: their target was missing, or one of the forecasts would need rows before the first. */
  readonly unscored: number;
  readonly network: Scored;
  readonly baselines: readonly Scored[];
}

/** @throws Failure (failed) where no row can be scored, or the network's forecasts are not finite */
export function score(
  held: HeldOut,
  predicted: Predicted,
  forecasts: Forecasts[number],
  horizon: number,
  baselines: readonly Baseline[],
): Score {
  const { kind, table, series, data } = held;
  const truth = table.columns.get(predicted.column)!;
  const fitting = baselines.filter(({ classes }) => classes || predicted.classes === undefined);
  const said = fitting.map(() => new Float64Array(table.rows).fill(Number.NaN));
  const rows: number[] = [];
  let unscored = 0;
  for (const one of series) {
    const values = truth.subarray(one.first, one.first + one.rows);
    for (let row = one.training; row < one.rows; row++) {
      const at = one.first + row;
      const known =
        row < horizon ? [] : fitting.map((baseline) => baseline.forecast(values, row, horizon, one));
      for (const [i, value] of known.entries()) said[i]![at] = value ?? Number.NaN;
      if (data.counts[at] === 1 && row >= horizon && !known.includes(undefined)) rows.push(at);
      else unscored++;
    }
  }
  const { column } = predicted;
  const when = data.ahead === 0 ? 'in the same row' : aheadOf(horizon);
  if (rows.length === 0) {
    throw new Failure(
      exitCodes.failed,
      `${table.file}: none of the ${unscored} ${kind} rows of ${quoted(column)} can be scored ${when}: ` +
        'its value is missing, or too few rows come before it in its sequence. Choose a smaller --horizon or --season.',
    );
  }
  const bad = rows.find((row) => !Number.isFinite(forecasts[row]));
  if (bad !== undefined) {
    throw new Failure(
      exitCodes.failed,
      `${table.file}: line ${table.lines[bad]}: the forecast of ${quoted(column)} ${when} is no finite number.`,
    );
  }
  const scored = (name: string, values: Float64Array): Scored => ({
    name,
    forecasts: values,
    errors: errorsOf(values, truth, rows, predicted.classes !== undefined),
  });
  return {
    kind,
    predicted,
    when,
    rows,
    unscored,
    network: scored('network', forecasts),
    baselines: fitting.map(({ name }, i) => scored(name, said[i]!)),
  };
}

function errorsOf(
  forecasts: Float64Array,
  truth: Float64Array,
  rows: readonly number[],
  classes: boolean,
): Errors {
  let absolute = 0;
  let squared = 0;
  let wrong = 0;
  for (const row of rows) {
    const error = forecasts[row]! - truth[row]!;
    absolute += Math.abs(error);
    squared += error * error;
    if (error !== 0) wrong++;
  }
  const count = rows.length;
  return classes ? { wrong: wrong / count } : { rmse: Math.sqrt(squared / count), mae: absolute / count };
}

const aheadOf = (horizon: number): string => `${horizon} ${horizon === 1 ? 'row' : 'rows'} ahead`;
