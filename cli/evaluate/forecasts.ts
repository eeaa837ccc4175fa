import type { StateSnapshot } from '../../runtime/index.ts';
import type { Forecaster } from '../predict/forecaster.ts';
import type { HeldOut } from './held.ts';

/** By entry of `Forecaster.predicts`, [rows of the table]: in the units of its column, NaN where there is none. */
export type Forecasts = readonly Float64Array[];

/**
 * The network's forecasts of the held-out rows, made so many rows before each. It runs over every sequence from its
 * beginning, so that its state at a row comes from all rows up to it; beyond, its own forecasts take the place of rows.
 *
 * @param horizon   1 in a run whose targets stand in the rows of its inputs
 * @param feedback  see `feedbackOf`; not needed for the horizon 1
 */
export function networkForecasts(
  forecaster: Forecaster,
  { table, series, data }: HeldOut,
  horizon: number,
  feedback: readonly number[] = [],
): Forecasts {
  const { network, said, predicts } = forecaster;
  const forecasts = predicts.map(() => new Float64Array(table.rows).fill(Number.NaN));
  const columns = data.inputs.flatMap((input) => input.columns);
  const values = new Float32Array(columns.length);
  let kept: StateSnapshot | undefined;
  for (const [number, { first, rows, training }] of series.entries()) {
    if (training === rows) continue;
    network.start(undefined, [number]);
    for (let row = 0; row < rows - data.ahead; row++) {
      for (let i = 0; i < columns.length; i++) values[i] = columns[i]![first + row]!;
      forecaster.step(values);
      const reached = row + data.ahead + horizon - 1;
      if (reached < training || reached >= rows) continue;
      if (horizon > 1) kept = network.saveState(undefined, kept);
      for (let step = 1; step < horizon; step++) {
        for (let i = 0; i < values.length; i++) values[i] = said[feedback[i]!]!;
        forecaster.step(values);
      }
      for (let i = 0; i < said.length; i++) {
        forecasts[i]![first + reached] = forecaster.inUnits(i, said[i]!);
      }
      if (kept !== undefined) network.restoreState(kept);
    }
  }
  return forecasts;
}
