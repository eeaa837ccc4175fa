import { expect, test } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { errorsOf, ForecastError, networkForecasts } from '../../demo/evaluate.ts';
import { season } from '../../demo/features.ts';
import type { Series } from '../../demo/series.ts';
import { instantiateSync } from '../../runtime/index.ts';

const network = (body: string) =>
  instantiateSync(
    compile({
      name: 'fake.rnn',
      text: `cell Fake() {\n  input change: [], season: [2]\n  target next_change: []\n${body}\n}\n`,
    }),
  );

/** Squares: the change into month i is 2*i - 1. */
const squares: Series = {
  firstMonth: 12 * 2000,
  values: Float64Array.from({ length: 40 }, (_, i) => i * i),
  filled: new Set(),
  missing: [],
  leftOut: 0,
};
const part = { horizon: 12, from: 30, end: 40 };
const plain = { mean: 0, deviation: 1 };

test('mean absolute error and root mean squared error', () => {
  // Errors 3, 0, -4, 0, 0.
  const errors = errorsOf(Float64Array.of(4, 2, -1, 4, 5), Float64Array.of(1, 2, 3, 4, 5));
  expect(errors).toEqual({ mae: 7 / 5, rmse: Math.sqrt(5) });
});

test('an error that is no number ends the run', () => {
  expect(() => errorsOf(Float64Array.of(Number.NaN), Float64Array.of(1))).toThrow(ForecastError);
  expect(() => errorsOf(Float64Array.of(Number.POSITIVE_INFINITY), Float64Array.of(1))).toThrow(
    ForecastError,
  );
});

test('one step sees the truth; the closed loop sees its own forecasts', () => {
  // "The next change is this one": from month o on it goes straight, by 2*o - 1 a month.
  const { oneStep, closedLoop } = networkForecasts(
    network('  output forecast = change\n  loss (forecast - next_change)^2'),
    squares,
    plain,
    part,
  );
  expect([...oneStep]).toEqual(Array.from({ length: 10 }, (_, i) => (29 + i) ** 2 + 2 * (29 + i) - 1));
  expect([...closedLoop]).toEqual(
    Array.from({ length: 10 }, (_, i) => (18 + i) ** 2 + 12 * (2 * (18 + i) - 1)),
  );
});

test('the state comes from the whole past, and a closed loop leaves no trace in it', () => {
  // The n-th step from the beginning, that of month n, forecasts a change of n.
  const { oneStep, closedLoop } = networkForecasts(
    network('  state n: []\n  n = n_prev + 1\n  output forecast = n\n  loss (forecast - next_change)^2'),
    squares,
    plain,
    part,
  );
  expect([...oneStep]).toEqual(Array.from({ length: 10 }, (_, i) => (29 + i) ** 2 + (29 + i)));
  // From origin o: o + (o + 1) + ... + (o + 11).
  expect([...closedLoop]).toEqual(Array.from({ length: 10 }, (_, i) => (18 + i) ** 2 + 12 * (18 + i) + 66));
});

test('the network is told the season of the month it forecasts, and its answer is scaled back', () => {
  const { oneStep } = networkForecasts(
    network('  output forecast = season[1]\n  loss (forecast - next_change)^2'),
    squares,
    { mean: 5, deviation: 2 },
    part,
  );
  oneStep.forEach((value, i) => {
    expect(value).toBeCloseTo((29 + i) ** 2 + 5 + 2 * season(12 * 2000 + 30 + i)[1], 5);
  });
});
