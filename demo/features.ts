import type { Series } from './series.ts';

/**
 * The series made stationary. The held-out years lie above everything seen in training, so the network never sees a
 * level: it reads the change from the month before and forecasts the change to the next, both normalised with the mean
 * and deviation of the training part alone, besides the time of year of the month it is to forecast.
 */
export interface Scale {
  /** ppm per month */
  readonly mean: number;
  /** ppm per month */
  readonly deviation: number;
}

/**
 * Mean and deviation of the month-to-month changes within the first `end` values. Changes into or out of a filled month
 * do not count.
 */
export function fitScale({ values, filled }: Series, end: number): Scale {
  const changes: number[] = [];
  for (let i = 1; i < end; i++) {
    if (!filled.has(i) && !filled.has(i - 1)) changes.push(values[i]! - values[i - 1]!);
  }
  const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
  const variance = changes.reduce((sum, change) => sum + (change - mean) ** 2, 0) / changes.length;
  return { mean, deviation: Math.sqrt(variance) };
}

export function normalised(change: number, { mean, deviation }: Scale): number {
  return (change - mean) / deviation;
}

/** The change in ppm that a forecast of the network means. */
export function denormalised(forecast: number, { mean, deviation }: Scale): number {
  return mean + deviation * forecast;
}

/** Sine and cosine of a month's place in the year. */
export function season(month: number): readonly [sine: number, cosine: number] {
  const angle = (2 * Math.PI * (month % 12)) / 12;
  return [Math.sin(angle), Math.cos(angle)];
}

/** What the network is trained on, step t being the month `from + t`. */
export interface Examples {
  readonly steps: number;
  readonly inputs: { readonly change: Float32Array; readonly season: Float32Array };
  readonly targets: Float32Array;
  /** 0 where the month to be forecast, or the one before it, was filled; else 1. */
  readonly weights: Float32Array;
}

/** The steps that forecast months up to `end`, excluded. The first is that of month 1, the first with a change. */
export function examplesOf(series: Series, scale: Scale, end: number): Examples {
  const { values, filled, firstMonth } = series;
  const steps = end - 2;
  const change = new Float32Array(steps);
  const seasons = new Float32Array(2 * steps);
  const targets = new Float32Array(steps);
  const weights = new Float32Array(steps);
  for (let t = 0; t < steps; t++) {
    const now = t + 1;
    change[t] = normalised(values[now]! - values[now - 1]!, scale);
    seasons.set(season(firstMonth + now + 1), 2 * t);
    targets[t] = normalised(values[now + 1]! - values[now]!, scale);
    weights[t] = filled.has(now + 1) || filled.has(now) ? 0 : 1;
  }
  return { steps, inputs: { change, season: seasons }, targets, weights };
}
