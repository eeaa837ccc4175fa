import type { Instance, StateSnapshot } from '../runtime/index.ts';
import { denormalised, normalised, type Scale, season } from './features.ts';
import type { Series } from './series.ts';

/** In ppm. */
export interface Errors {
  /** Mean absolute error. */
  readonly mae: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
}

/** Forecasts that are no numbers; the message is for the user. */
export class ForecastError extends Error {}

/**
 * @param truth  as long as `forecasts`, of length 1 or more
 * @throws ForecastError where an error is not finite
 */
export function errorsOf(forecasts: Float64Array, truth: Float64Array): Errors {
  let absolute = 0;
  let squared = 0;
  for (let i = 0; i < truth.length; i++) {
    const error = forecasts[i]! - truth[i]!;
    absolute += Math.abs(error);
    squared += error * error;
  }
  if (!Number.isFinite(squared)) throw new ForecastError('The error of the forecasts is not finite');
  return { mae: absolute / truth.length, rmse: Math.sqrt(squared / truth.length) };
}

/** Forecasts in ppm of the months `from … end - 1`. */
export interface Forecasts {
  /** Each made one month before, from measured values alone. */
  readonly oneStep: Float64Array;
  /** Each made `horizon` months before: the network's own forecasts take the place of the months in between. */
  readonly closedLoop: Float64Array;
}

/**
 * Forecasts of a trained network. It runs over the measured months from the beginning of the series, so that its state
 * at each month comes from all that was known then; parameters stay as they are.
 *
 * @param horizon  months ahead of the closed-loop forecasts, at least 1; `from > horizon`
 */
export function networkForecasts(
  network: Instance,
  series: Series,
  scale: Scale,
  { horizon, from, end }: { readonly horizon: number; readonly from: number; readonly end: number },
): Forecasts {
  const { values, firstMonth } = series;
  const oneStep = new Float64Array(end - from);
  const closedLoop = new Float64Array(end - from);
  let kept: StateSnapshot | undefined;
  network.start();
  for (let now = 1; now < end - 1; now++) {
    const next =
      values[now]! + changeAfter(network, scale, values[now]! - values[now - 1]!, firstMonth + now);
    if (now + 1 >= from) oneStep[now + 1 - from] = next;
    const reached = now + horizon;
    if (reached < from || reached >= end) continue;
    kept = network.saveState(undefined, kept);
    closedLoop[reached - from] = runAhead(
      network,
      scale,
      values[now]!,
      next,
      firstMonth + now + 1,
      horizon - 1,
    );
    network.restoreState(kept);
  }
  return { oneStep, closedLoop };
}

/** Feeds forecasts back `steps` times, from the measured value `last` and the forecast `next` of `month` after it. */
function runAhead(
  network: Instance,
  scale: Scale,
  last: number,
  next: number,
  month: number,
  steps: number,
): number {
  let before = last;
  let now = next;
  for (let step = 0; step < steps; step++) {
    const after = now + changeAfter(network, scale, now - before, month + step);
    before = now;
    now = after;
  }
  return now;
}

/** One step: the change in ppm after `month`, which came with `change`. */
function changeAfter(network: Instance, scale: Scale, change: number, month: number): number {
  const { forecast } = network.step({ change: [normalised(change, scale)], season: season(month + 1) });
  return denormalised(forecast![0]!, scale);
}
