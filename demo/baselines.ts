/** Forecasts the value `horizon` months after `origin` from the values up to and including it. */
export interface Baseline {
  readonly name: string;
  readonly forecast: (values: Float64Array, origin: number, horizon: number) => number;
}

/** The last value again. */
export const persistence: Baseline = {
  name: 'persistence',
  forecast: (values, origin) => values[origin]!,
};

/** A line through the first value and the last. */
export const drift: Baseline = {
  name: 'drift',
  forecast: (values, origin, horizon) =>
    values[origin]! + (horizon * (values[origin]! - values[0]!)) / origin,
};

/**
 * The same month a year before, plus what a year adds, measured over the last `years` years. Without this addition it
 * would be far off, and with the growth of one year alone it forecasts one step best; with more years, far steps.
 *
 * Horizons up to 12.
 */
export function seasonalNaiveWithDrift(years: number): Baseline {
  return {
    name: `seasonal naive with drift (${years === 1 ? 'last year' : `last ${years} years`})`,
    forecast: (values, origin, horizon) =>
      values[origin + horizon - 12]! + (values[origin]! - values[origin - 12 * years]!) / years,
  };
}

/**
 * The last value plus the mean changes that the calendar months in between brought in the training part: what a network
 * that had learned the seasons, and nothing else, would say.
 *
 * @param trainingEnd  index of the first value after the training part
 * @param filled       indices of values that were not measured; changes into and out of these do not count
 */
export function meanChangeOfMonth(
  values: Float64Array,
  trainingEnd: number,
  filled: ReadonlySet<number> = new Set(),
): Baseline {
  const sums = new Array<number>(12).fill(0);
  const counts = new Array<number>(12).fill(0);
  for (let i = 1; i < trainingEnd; i++) {
    if (filled.has(i) || filled.has(i - 1)) continue;
    sums[i % 12]! += values[i]! - values[i - 1]!;
    counts[i % 12]!++;
  }
  const means = sums.map((sum, month) => sum / counts[month]!);
  return {
    name: 'mean change of the calendar month',
    forecast: (known, origin, horizon) => {
      let value = known[origin]!;
      for (let i = origin + 1; i <= origin + horizon; i++) value += means[i % 12]!;
      return value;
    },
  };
}

/** A baseline's forecasts of the values `from … end - 1`, each made `horizon` months before. */
export function forecastsOf(
  { forecast }: Baseline,
  values: Float64Array,
  horizon: number,
  from: number,
  end: number,
): Float64Array {
  return Float64Array.from({ length: end - from }, (_, i) => forecast(values, from + i - horizon, horizon));
}
