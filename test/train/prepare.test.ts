import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sequenceOf } from '../../cli/data/feed.ts';
import type { Fill } from '../../cli/data/fill.ts';
import { heldOutGroups, trainingGroups } from '../../cli/data/groups.ts';
import { fitScales, prepare, type Reading } from '../../cli/data/prepare.ts';
import { denormalised } from '../../cli/data/scale.ts';
import { type SplitOptions, split } from '../../cli/data/split.ts';
import { readTable } from '../../cli/data/table.ts';
import { scratch } from '../cli/support.ts';
import { csv } from './support.ts';

const { folder } = scratch();
const path = join(folder, 'data.csv');

const forecast: Reading = {
  inputs: [{ name: 'x', columns: ['a'] }],
  targets: [{ name: 'y', columns: ['a'] }],
  ahead: 1,
};
const pairs: Reading = {
  inputs: [{ name: 'x', columns: ['a', 'b'] }],
  targets: [{ name: 'y', columns: ['b'] }],
  ahead: 0,
};

async function ready(
  text: string,
  reading: Reading,
  more: Partial<SplitOptions> & { readonly key?: string } = {},
  raw: ReadonlySet<string> = new Set(),
) {
  writeFileSync(path, text);
  const columns = [...new Set([...reading.inputs, ...reading.targets].flatMap((one) => one.columns))];
  const table = await readTable(path, {
    columns,
    delimiter: ',',
    gaps: reading.fill !== undefined,
    ...(more.key !== undefined && { key: more.key }),
  });
  const series = split(table, { holdout: 0.25, by: 'time', seed: 3, ahead: reading.ahead, ...more });
  const scales = fitScales(table, series, reading, raw);
  return { series, scales, data: prepare(table, series, reading, scales) };
}

/** Targets that count, as the network is fed them: (target, the newest input before it), in original units. */
function scored(
  { data, scales }: Awaited<ReturnType<typeof ready>>,
  part: 'training' | 'heldOut',
  batch = 3,
) {
  const scale = scales.get('a')!;
  const groups = part === 'training' ? trainingGroups(data, batch, 5, 1) : heldOutGroups(data, batch);
  return groups.flatMap((group) => {
    const { inputs, targets, steps, lossWeights } = sequenceOf(data, group, part);
    type Source = (first: number, steps: number) => ReadonlyMap<string, Float32Array>;
    const x = (inputs as Source)(0, steps).get('x')!;
    const y = (targets as Source)(0, steps).get('y')!;
    return Array.from(lossWeights!).flatMap((weight, i) =>
      weight === 0 ? [] : [[x[i]!, y[i]!].map((value) => Math.round(denormalised(value, scale)))],
    );
  });
}

const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 40 });

describe('data made ready', () => {
  it('are normalised by the training part alone', async () => {
    await fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 1, max: 1000 }), async (a, other) => {
        const held = Math.round(0.25 * a.length);
        const changed = a.map((value, i) => (i >= a.length - held ? value * 7 + other : value));
        const [one, two] = [await ready(csv({ a }), forecast), await ready(csv({ a: changed }), forecast)];
        expect([...two.scales]).toEqual([...one.scales]);
        const learned = one.data.inputs[0]!.columns[0]!.slice(0, a.length - held);
        const mean = learned.reduce((sum, value) => sum + value, 0) / learned.length;
        const square = learned.reduce((sum, value) => sum + value * value, 0) / learned.length;
        expect(mean).toBeCloseTo(0, 5);
        expect(square).toBeCloseTo(new Set(a.slice(0, a.length - held)).size === 1 ? 0 : 1, 4);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('of N rows give N - 1 scored pairs in a forecast, each value with the next', async () => {
    await fc.assert(
      fc.asyncProperty(values, fc.constantFrom(0, 0.1, 0.25, 0.5), async (noise, holdout) => {
        const a = noise.map((value, i) => 1000 * i + value);
        const made = await ready(csv({ a }), forecast, { holdout });
        const expected = a.slice(1).map((value, i) => [a[i], value]);
        const all = [...scored(made, 'training'), ...scored(made, 'heldOut')];
        expect(all).toEqual(expected);
        expect(all.length).toBe(a.length - 1);
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it('never pair rows of two sequences', async () => {
    const who = fc.array(fc.constantFrom('p', 'q', 'r', 's'), { minLength: 12, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(who, fc.constantFrom<'time' | 'key'>('time', 'key'), async (keys, by) => {
        fc.pre(new Set(keys).size > 1);
        fc.pre(['p', 'q', 'r', 's'].some((key) => keys.filter((one) => one === key).length > 3));
        const a = keys.map((_, i) => i * i);
        let made: Awaited<ReturnType<typeof ready>>;
        try {
          made = await ready(csv({ a, who: keys }), forecast, { by, key: 'who' });
        } catch {
          return;
        }
        const expected = ['p', 'q', 'r', 's'].flatMap((key) => {
          const own = a.filter((_, i) => keys[i] === key);
          return own.slice(1).map((value, i) => [own[i], value]);
        });
        const ordered = (list: readonly (readonly (number | undefined)[])[]) => list.map(String).sort();
        expect(ordered([...scored(made, 'training'), ...scored(made, 'heldOut')])).toEqual(ordered(expected));
        if (by === 'key') {
          for (const { training, rows } of made.series) expect([0, rows]).toContain(training);
          expect(made.series.some(({ training }) => training === 0)).toBe(true);
        }
      }),
      { numRuns: 80, seed: 3 },
    );
  });

  it.each<[Fill, number[]]>([
    ['previous', [1, 1, 5, 5, 9]],
    ['zero', [1, 0, 5, 0, 9]],
    ['mean', [1, 3, 5, 3, 9]],
  ])('are filled with the %s where a value is missing, and not scored there', async (fill, expected) => {
    const text = 'a,b\n1,1\n,2\n5,3\n,\n9,5\n';
    const reading: Reading = { ...pairs, inputs: [{ name: 'x', columns: ['a'] }], fill };
    const { data, scales } = await ready(text, reading, { holdout: 0.2 });
    const scale = scales.get('a')!;
    // The last row is held out: the mean of 1 and 5 fills.
    expect(scale.mean).toBe(3);
    expect(Array.from(data.inputs[0]!.columns[0]!, (value) => denormalised(value, scale))).toEqual(expected);
    expect([...data.counts]).toEqual([1, 1, 1, 0, 1]);
    expect(data.filled).toBe(3);
  });

  it('are filled with the mean of the training part where they are not normalised, too', async () => {
    const reading: Reading = { ...pairs, inputs: [{ name: 'x', columns: ['a'] }], fill: 'mean' };
    const { data } = await ready('a,b\n1,1\n,2\n5,3\n6,4\n', reading, { holdout: 0.25 }, new Set(['a']));
    expect([...data.inputs[0]!.columns[0]!]).toEqual([1, 3, 5, 6]);
    const classes: Reading = { ...reading, inputs: [{ name: 'x', columns: ['a'], classes: 9 }] };
    await expect(ready('a,b\n1,1\n,2\n5,3\n6,4\n', classes)).rejects.toThrow(
      'line 3, column "a": the value is missing, and classes have no mean',
    );
  });

  it('cannot be filled with the value before the first', async () => {
    await expect(ready('a,b\n,1\n2,2\n3,3\n4,4\n', { ...pairs, fill: 'previous' })).rejects.toThrow(
      'line 2, column "a": the value is missing, and the first row has none before it',
    );
    await expect(
      ready('a,b,k\n1,1,p\n2,2,p\n,3,q\n4,4,q\n', { ...pairs, fill: 'previous' }, { key: 'k' }),
    ).rejects.toThrow('the first row of "q" has none before it');
  });

  it('keep a column of one value at zero', async () => {
    const { data, scales } = await ready(csv({ a: [7, 7, 7, 7], b: [1, 2, 3, 4] }), pairs);
    expect(scales.get('a')).toEqual({ column: 'a', mean: 7, deviation: 1, average: 7, constant: true });
    expect([...data.inputs[0]!.columns[0]!]).toEqual([0, 0, 0, 0]);
  });

  it('of huge numbers are normalised without overflow, or refused', async () => {
    const b = [1, 2, 3, 4];
    const { data } = await ready(csv({ a: [1e100, 2e100, 3e100, 2e100], b }), pairs, { holdout: 0 });
    await expect(ready(csv({ a: [1e200, 2e200, 3e200, 2e200], b }), pairs, { holdout: 0 })).rejects.toThrow(
      'the values of column "a" are too large to be normalised',
    );
    const small = csv({ a: [1e-300, 2e-300, 3e-300, 2e-300], b });
    await expect(ready(small, pairs, { holdout: 0 })).rejects.toThrow(
      'the values of column "a" are too small to be normalised',
    );
    const [large, raw] = [csv({ a: [1e100, 2e100, 3e100, 2e100], b }), new Set(['a'])];
    await expect(ready(large, pairs, { holdout: 0 }, raw)).rejects.toThrow(
      'line 2, column "a": 1e+100 is outside the range of single precision, in which networks compute. Leave out --no-norm',
    );
    expect([...data.inputs[0]!.columns[0]!].map((value) => value.toFixed(3))).toEqual([
      '-1.414',
      '0.000',
      '1.414',
      '0.000',
    ]);
  });

  it('keep classes as they are, and refuse what is none', async () => {
    const classes: Reading = {
      inputs: [{ name: 'x', columns: ['a'], classes: 3 }],
      targets: [{ name: 'y', columns: ['b'] }],
      ahead: 0,
    };
    const { data } = await ready(csv({ a: [0, 2, 1, 2], b: [1, 2, 3, 4] }), classes);
    expect([...data.inputs[0]!.columns[0]!]).toEqual([0, 2, 1, 2]);
    await expect(ready(csv({ a: [0, 3, 1, 2], b: [1, 2, 3, 4] }), classes)).rejects.toThrow(
      'line 3, column "a": 3 is no class; it must be a whole number from 0 to 2, as classes count from 0.',
    );
  });

  it.each([
    ['one row', csv({ a: [1] }), forecast, 'there is 1 row; a forecast needs at least 2'],
    [
      'two rows with some held out',
      csv({ a: [1, 2] }),
      forecast,
      'there are 2 rows, too few to hold out 25 %',
    ],
    [
      'sequences of one row',
      csv({ a: [1, 2], k: [1, 2] }),
      forecast,
      'none with a row after it in its sequence',
    ],
  ])('of %s are refused', async (_, text, reading, message) => {
    const key = text.startsWith('a,k') ? { key: 'k' } : {};
    await expect(ready(text, reading, key)).rejects.toThrow(message);
  });
});

describe('whole sequences held out', () => {
  /** Rows of the sequences that are held out, and of all. */
  function heldOut(lengths: readonly number[], holdout: number, seed: number) {
    let first = 0;
    const sequences = lengths.map((rows, i) => {
      first += rows;
      return { key: `k${i}`, first: first - rows, rows };
    });
    const table = {
      ...{ file: 'data.csv', rows: first, columns: new Map(), lines: new Float64Array(first) },
      ...{ sequences, fingerprint: '' },
    };
    const series = split(table, { holdout, by: 'key', seed, ahead: 1 });
    for (const { rows, training } of series) expect([0, rows]).toContain(training);
    return series.filter(({ training }) => training === 0).map(({ rows }) => rows);
  }
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

  it('are a share of the rows, whatever the seed and however unlike their lengths are', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const held = sum(heldOut([200, 120, 77, 50, 3, 1], 0.2, seed));
      expect(held).toBeGreaterThanOrEqual(90);
      expect(held).toBeLessThanOrEqual(130);
    }
    expect(heldOut([40, 40, 40, 40, 40], 0.2, 7)).toEqual([40]);
    expect(heldOut([50, 50, 50, 50], 0.2, 7)).toEqual([50]);
    expect(heldOut([900, 60, 40], 0.2, 7).sort()).toEqual([40, 60]);
    expect(heldOut([600, 400], 0.2, 7)).toEqual([400]);
    expect(heldOut([2, 2], 0.01, 7)).toEqual([2]);
    expect(heldOut([2, 2], 0.99, 7)).toEqual([2]);
  });

  it('reach the share where they can, and without any one of them would not', () => {
    const lengths = fc.array(fc.integer({ min: 2, max: 300 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(
        lengths,
        fc.double({ min: 0.01, max: 0.95, noNaN: true }),
        fc.nat(1000),
        (all, share, seed) => {
          const held = heldOut(all, share, seed);
          const goal = Math.max(1, Math.round(share * sum(all)));
          expect(held.length).toBeLessThan(all.length);
          expect(held.length).toBeGreaterThan(0);
          if (sum(held) < goal) expect(held.length).toBe(all.length - 1);
          else for (const one of held) expect(sum(held) - one).toBeLessThan(goal);
          expect(heldOut(all, share, seed)).toEqual(held);
        },
      ),
      { numRuns: 200 },
    );
  });
});
