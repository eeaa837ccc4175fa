import { expect, test } from 'vitest';
import { denormalised, examplesOf, fitScale, normalised, season } from '../../demo/features.ts';
import type { Series } from '../../demo/series.ts';

const series = (values: readonly number[], filled: readonly number[] = []): Series => ({
  firstMonth: 12 * 2000,
  values: Float64Array.from(values),
  filled: new Set(filled),
  missing: [],
  leftOut: 0,
});

test('mean and deviation of the changes before the end, and of no others', () => {
  // Changes 1, 3, 1, 3: mean 2, deviation 1. Then one of 1000.
  const scale = fitScale(series([0, 1, 4, 5, 8, 1008]), 5);
  expect(scale).toEqual({ mean: 2, deviation: 1 });
  expect(normalised(5, scale)).toBe(3);
  expect(denormalised(3, scale)).toBe(5);
});

test('changes into and out of a filled month do not count', () => {
  // Changes 1, 3 and 5 are left: mean 3, variance 8/3.
  const { mean, deviation } = fitScale(series([0, 1, 100, 5, 8, 13], [2]), 6);
  expect(mean).toBe(3);
  expect(deviation).toBeCloseTo(Math.sqrt(8 / 3), 12);
});

test('the season goes round once a year', () => {
  expect(season(12 * 2000)).toEqual([0, 1]);
  expect(season(12 * 2000 + 3)[0]).toBeCloseTo(1, 15);
  expect(season(12 * 1999 + 9)[0]).toBeCloseTo(-1, 15);
  expect(season(12 * 7 + 5)).toEqual(season(12 * 8 + 5));
});

test('a step sees the change into its month, the season of the next, and learns the change into that', () => {
  const { steps, inputs, targets, weights } = examplesOf(
    series([10, 11, 13, 16, 20, 99], [3]),
    { mean: 0, deviation: 1 },
    5,
  );
  expect(steps).toBe(3);
  expect([...inputs.change]).toEqual([1, 2, 3]);
  expect([...targets]).toEqual([2, 3, 4]);
  expect([...inputs.season.subarray(0, 2)]).toEqual(season(12 * 2000 + 2).map(Math.fround));
  // Month 3 was filled: it is neither learned nor learned from.
  expect([...weights]).toEqual([1, 0, 0]);
});
