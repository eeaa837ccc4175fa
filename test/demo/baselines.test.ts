import { expect, test } from 'vitest';
import {
  drift,
  forecastsOf,
  meanChangeOfMonth,
  persistence,
  seasonalNaiveWithDrift,
} from '../../demo/baselines.ts';

/** Two years that rise by 12 a year, with a wave in their months; then one month more. */
const wave = [0, 2, 5, 3, 1, -1, -3, -4, -2, 0, 1, 2];
const twoYears = Float64Array.from({ length: 25 }, (_, i) => 300 + i + wave[i % 12]!);

test('persistence repeats the last value at any horizon', () => {
  const values = Float64Array.of(7, 9, 8);
  expect(persistence.forecast(values, 1, 1)).toBe(9);
  expect(persistence.forecast(values, 1, 12)).toBe(9);
});

test('drift goes on along the line through the first value and the last', () => {
  // From 310 to 316 in 3 steps: 2 per step.
  const values = Float64Array.of(310, 311, 330, 316, 1000);
  expect(drift.forecast(values, 3, 1)).toBe(318);
  expect(drift.forecast(values, 3, 12)).toBe(340);
});

test('the seasonal naive forecast adds what a year brought', () => {
  // Month 25 is one year after month 13 = 300 + 13 + 2, and the last year brought 24 - 12 = 12.
  expect(seasonalNaiveWithDrift(1).forecast(twoYears, 24, 1)).toBe(315 + 12);
  expect(seasonalNaiveWithDrift(1).forecast(twoYears, 24, 12)).toBe(324 + 12);
  // Over two years 24, so 12 a year.
  expect(seasonalNaiveWithDrift(2).forecast(twoYears, 24, 3)).toBe(300 + 15 + 3 + 12);
});

test('years of different growth: the drift is that of the years asked for', () => {
  const values = new Float64Array(26);
  values.set([100], 0);
  values.set([104], 12);
  values.set([110, 115], 24);
  expect(seasonalNaiveWithDrift(1).forecast(values, 24, 12)).toBe(110 + 6);
  expect(seasonalNaiveWithDrift(2).forecast(values, 24, 12)).toBe(110 + 5);
});

test('the mean change of each calendar month, from the training part alone', () => {
  const values = Float64Array.from({ length: 40 }, (_, i) => i);
  values[13] = 12 + 5; // the changes into months 1 and 2 of the second year: 5 and -3, in the first year 1 and 1
  const mean = meanChangeOfMonth(values, 24);
  expect(mean.forecast(values, 36, 1)).toBe(36 + 3);
  expect(mean.forecast(values, 36, 2)).toBe(36 + 3 - 1);
  expect(mean.forecast(values, 36, 12)).toBe(36 + 3 - 1 + 10);
  // Were it fitted on month 25 as well, the change into month 1 would be the mean of 1, 5 and 1.
  expect(meanChangeOfMonth(values, 26).forecast(values, 36, 1)).toBeCloseTo(36 + 7 / 3, 12);
});

test('changes into and out of filled months do not count', () => {
  const values = Float64Array.from({ length: 40 }, (_, i) => i);
  values[13] = 1000;
  const mean = meanChangeOfMonth(values, 24, new Set([13]));
  expect(mean.forecast(values, 36, 2)).toBe(38);
});

test('forecasts are made the horizon before the month, and know nothing later', () => {
  const values = Float64Array.of(1, 2, 4, 8, 16, 32);
  expect([...forecastsOf(persistence, values, 1, 3, 6)]).toEqual([4, 8, 16]);
  expect([...forecastsOf(persistence, values, 2, 3, 6)]).toEqual([2, 4, 8]);
});
