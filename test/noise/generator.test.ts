import { describe, expect, it } from 'vitest';
import { NoiseStream } from '../../runtime/noise.ts';
import { normalQuantile } from '../../runtime/normalQuantile.ts';
import { threefry } from '../../runtime/threefry.ts';

/** Known answers for threefry2x32 with 20 rounds, published with Random123: counter, key, result. */
const known = [
  [
    [0, 0],
    [0, 0],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x243f6a88, 0x85a308d3],
    [0x13198a2e, 0x03707344],
    [0xc4923a9c, 0x483df7a0],
  ],
] as const;

it.each(known)('Threefry of the counter %j and the key %j', (counter, key, expected) => {
  const words = new Uint32Array(2);
  threefry(key[0], key[1], counter[0], counter[1], words);
  expect([...words]).toEqual([...expected]);
});

/** By NormalDist().inv_cdf of Python 3.11. */
const quantiles = [
  [2 ** -33, -6.337957754553789],
  [2 ** -20, -4.7630010342678135],
  [0.001, -3.090232306167813],
  [0.07, -1.4757910281791702],
  [0.075, -1.4395314709384557],
  [0.0750001, -1.4395307645017297],
  [0.3, -0.5244005127080407],
  [0.5, 0.0],
  [0.7, 0.5244005127080407],
  [0.925, 1.439531470938456],
  [0.93, 1.4757910281791708],
  [0.9999, 3.7190164854557084],
  [1 - 2 ** -33, 6.337957754553789],
] as const;

it.each(quantiles)('the normal quantile of %d', (p, expected) => {
  expect(Math.abs(normalQuantile(p) - expected)).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(expected)));
});

const draws = (
  distribution: 'bernoulli' | 'normal' | 'uniform',
  args: readonly number[],
  { seed = 3, name = 'm', count = 20_000, sequence = 0, step = 0 } = {},
): Float32Array => {
  const values = new Float32Array(count);
  new NoiseStream({ name, distribution, args }, seed).fill(values, 0, count, sequence, step);
  return values;
};
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
const moment = (values: ArrayLike<number>, k: number, about = 0) =>
  mean(Array.from(values, (x) => (x - about) ** k));
const correlation = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  const [ma, mb] = [mean(a), mean(b)];
  const both = mean(Array.from(a, (x, i) => (x - ma) * (b[i]! - mb)));
  return both / Math.sqrt(moment(a, 2, ma) * moment(b, 2, mb));
};

describe('draws', () => {
  // With 20000 draws a mean lies within 4 deviations/141 of its own.
  const four = 4 / Math.sqrt(20_000);

  it('of bernoulli are ones with the given probability, and nothing else', () => {
    for (const p of [0.05, 0.5, 0.9]) {
      const values = draws('bernoulli', [p]);
      expect(values.every((x) => x === 0 || x === 1)).toBe(true);
      expect(Math.abs(mean(values) - p)).toBeLessThan(four * Math.sqrt(p * (1 - p)));
    }
    expect(draws('bernoulli', [0]).every((x) => x === 0)).toBe(true);
    expect(draws('bernoulli', [1]).every((x) => x === 1)).toBe(true);
  });

  it('of normal have its mean, deviation, skewness and kurtosis', () => {
    const values = draws('normal', [2, 3]);
    const standard = Array.from(values, (x) => (x - 2) / 3);
    expect(Math.abs(mean(standard))).toBeLessThan(four);
    expect(Math.abs(moment(standard, 2) - 1)).toBeLessThan(four * Math.sqrt(2));
    expect(Math.abs(moment(standard, 3))).toBeLessThan(four * Math.sqrt(15));
    expect(Math.abs(moment(standard, 4) - 3)).toBeLessThan(four * Math.sqrt(96));
    expect(draws('normal', [0.5, 0]).every((x) => x === 0.5)).toBe(true);
  });

  it('of uniform fill every tenth of their range alike', () => {
    const values = draws('uniform', [-1, 4]);
    const tenths = new Array(10).fill(0);
    for (const x of values) tenths[Math.floor((x + 1) * 2)]++;
    const square = tenths.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    // Chi squared of 9 degrees of freedom is above 27.9 once in 1000 times.
    expect(square).toBeLessThan(27.9);
  });

  it('of other seeds, names, sequences, steps and entries have nothing to do with each other', () => {
    const base = draws('normal', [0, 1]);
    const others = [
      draws('normal', [0, 1], { seed: 4 }),
      draws('normal', [0, 1], { seed: 3 + 2 ** 32 }),
      draws('normal', [0, 1], { name: 'n' }),
      draws('normal', [0, 1], { name: 'inner.m' }),
      draws('normal', [0, 1], { sequence: 1 }),
      draws('normal', [0, 1], { step: 1 }),
      [...base.subarray(1), 0],
      [...base.subarray(2), 0, 0],
    ];
    for (const other of others) expect(Math.abs(correlation(base, other))).toBeLessThan(four);
    const overSteps = (distribution: 'normal' | 'bernoulli', args: readonly number[], sequence: number) =>
      Array.from({ length: 5000 }, (_, step) => draws(distribution, args, { count: 1, sequence, step })[0]!);
    const one = overSteps('normal', [0, 1], 7);
    expect(Math.abs(mean(one))).toBeLessThan(4 / Math.sqrt(5000));
    expect(Math.abs(moment(one, 2) - 1)).toBeLessThan((4 * Math.SQRT2) / Math.sqrt(5000));
    expect(Math.abs(correlation(one, overSteps('normal', [0, 1], 8)))).toBeLessThan(4 / Math.sqrt(5000));
    expect(Math.abs(correlation(one, [...one.slice(1), 0]))).toBeLessThan(4 / Math.sqrt(5000));
    expect(Math.abs(mean(overSteps('bernoulli', [0.3], 9)) - 0.3)).toBeLessThan(
      (4 * Math.sqrt(0.21)) / Math.sqrt(5000),
    );
  });

  it('of names with letters of any script and any length go by all of it', () => {
    const first = (name: string) => draws('uniform', [0, 1], { name, count: 1 })[0];
    const names = [
      '',
      'm',
      'm_1',
      'größe',
      'größf',
      'σ',
      'a.very.long.path.m',
      'a.very.long.path.n',
      'abcdefgh',
      'abcdefg',
    ];
    expect(new Set(names.map(first)).size).toBe(names.length);
  });

  it('are these for all time', () => {
    // By another program, written from the text in runtime/noise.ts alone.
    expect([...draws('uniform', [0, 1], { seed: 1, name: 'm', count: 3, sequence: 5, step: 7 })]).toEqual(
      [0.06403005041647702, 0.6333966421661898, 0.484443744760938].map(Math.fround),
    );
    const other = { seed: 2 ** 40 + 5, name: 'größe.abcdef', count: 2, sequence: 1, step: 2 };
    expect([...draws('uniform', [0, 1], other)]).toEqual(
      [0.9485398292308673, 0.7085024724947289].map(Math.fround),
    );
  });
});
