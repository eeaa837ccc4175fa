import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { drift, persistence, seasonal } from '../../cli/evaluate/baselines.ts';
import { rnnc } from '../cli/support.ts';
import { cellText, csv, wave, workshop } from '../train/support.ts';
import { networkByHand, scaleOf, trained } from './support.ts';

const { path, put } = workshop();
const next = path('next.rnn');
const rows = 50;
const training = 40;
const values = wave(rows);
const file = put('v.csv', csv({ v: values }));
const run = path('run');
const whole = path('whole');

beforeAll(async () => {
  await trained(run, next, '--data', file, '--forecast', 'v');
  await trained(whole, next, '--data', file, '--forecast', 'v', '--holdout', '0');
});

async function fine(...args: readonly string[]): Promise<string> {
  const { code, err, out } = await rnnc('evaluate', ...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

/** The numbers of each table that was printed: by heading, by name of the forecast. */
function tables(out: string): Map<string, Map<string, readonly number[]>> {
  const found = new Map<string, Map<string, readonly number[]>>();
  let table = new Map<string, readonly number[]>();
  for (const line of out.split('\n')) {
    const [, heading] = /^(\S.*\(output .*(?:held-out|unseen) rows?.*)$/.exec(line) ?? [];
    if (heading !== undefined) {
      table = new Map();
      found.set(heading, table);
    }
    const [, name, numbers] = /^ {2}(\S.*?) {2,}([\d.].*)$/.exec(line) ?? [];
    if (name !== undefined)
      table.set(
        name,
        numbers!
          .split(/[ *%]+/)
          .filter(Boolean)
          .map(Number),
      );
  }
  return found;
}

/** RMSE and MAE, as they are printed. */
function errors(pairs: readonly (readonly [said: number, truth: number])[]): readonly unknown[] {
  let squares = 0;
  let sizes = 0;
  for (const [said, truth] of pairs) {
    squares += (said - truth) * (said - truth);
    sizes += Math.abs(said - truth);
  }
  return [Math.sqrt(squares / pairs.length), sizes / pairs.length].map((value) =>
    expect.closeTo(value, 3 - Math.floor(Math.log10(value))),
  );
}

const heldOut = Array.from({ length: rows - training }, (_, i) => training + i);

describe('rnnc evaluate', () => {
  it('scores the held-out rows as loops by hand do', async () => {
    const [k, m] = [5, 9];
    const out = await fine(run, '--data', file, '--horizon', String(k), '--season', String(m));
    const { mean, deviation } = scaleOf(values.slice(0, training));
    const byNetwork = (ahead: number) =>
      heldOut.map((row) => {
        const network = networkByHand(run, 1, 1);
        let said = 0;
        for (let t = 0; t <= row - ahead; t++) {
          said = network.step([(values[t]! - mean) / deviation]).y_hat![0]!;
        }
        for (let step = 1; step < ahead; step++) said = network.step([said]).y_hat![0]!;
        return [mean + deviation * said, values[row]!] as const;
      });
    const slope = (origin: number) => {
      const last = Math.min(origin, training - 1);
      return (values[last]! - values[0]!) / last;
    };
    const expected = (ahead: number) =>
      new Map([
        ['network', errors(byNetwork(ahead))],
        ['persistence', errors(heldOut.map((row) => [values[row - ahead]!, values[row]!]))],
        [
          'drift',
          errors(heldOut.map((row) => [values[row - ahead]! + ahead * slope(row - ahead), values[row]!])),
        ],
        ['seasonal (9 rows)', errors(heldOut.map((row) => [values[row - m]!, values[row]!]))],
      ]);
    expect(tables(out)).toEqual(
      new Map([
        ['v (output y_hat), 1 row ahead: 10 held-out rows', expected(1)],
        ['v (output y_hat), 5 rows ahead: 10 held-out rows', expected(5)],
      ]),
    );
  });

  it('scores the same rows that training held out, sequence by sequence', async () => {
    const who = Array.from({ length: rows }, (_, t) => 'ab'[(t * 7) % 3 === 0 ? 0 : 1]!);
    const data = put('keyed.csv', csv({ who, v: values }));
    for (const by of ['time', 'key'] as const) {
      const folder = path(`keyed-${by}`);
      await trained(
        folder,
        next,
        '--data',
        data,
        '--forecast',
        'v',
        '--key',
        'who',
        '--holdout-by',
        by,
        '--holdout',
        '0.5',
      );
      const own = ['a', 'b'].map((key) => values.filter((_, t) => who[t] === key));
      const pairs = (from: (list: readonly number[]) => number) =>
        own.flatMap((list) =>
          list.flatMap((value, t) => (t >= Math.max(1, from(list)) ? [[list[t - 1]!, value] as const] : [])),
        );
      const [table] = [...tables(await fine(folder))];
      if (by === 'time') {
        const expected = pairs((list) => list.length - Math.round(list.length / 2));
        expect(table![0]).toContain(`: ${expected.length} held-out rows`);
        expect(table![1].get('persistence')).toEqual(errors(expected));
      } else {
        const candidates = own.map((list) => errors(pairs((one) => (one === list ? 0 : rows))));
        expect(candidates).toContainEqual(table![1].get('persistence'));
        expect(table![0]).toContain('1 not scored');
      }
    }
  });

  it('says plainly where a baseline wins, and where the network does', async () => {
    const out = await fine(run, '--season', '9', '--horizon', '9');
    for (const [heading, table] of tables(out)) {
      const about = heading.slice(0, heading.indexOf(':')).replace(' (output y_hat)', '');
      const network = table.get('network')!;
      const better = [...table].filter(
        ([name, numbers]) => name !== 'network' && numbers.some((value, i) => value <= network[i]!),
      );
      for (const [name] of better) expect(out).toContain(`${about}: ${name} beats the network: `);
      if (better.length === 0) expect(out).toContain(`${about}: the network beats every baseline`);
    }
    expect(out).toContain('beats the network');
    const straight = put('line.csv', csv({ v: Array.from({ length: 30 }, (_, t) => t) }));
    const weak = await fine(await trained(path('straight'), next, '--data', straight, '--forecast', 'v'));
    expect(weak).toContain('v, 1 row ahead: drift beats the network: RMSE 0 against');
  });

  it('leaves out what a season before the first row would need, for all alike', async () => {
    const out = await fine(run, '--season', '45');
    const [[heading, table]] = tables(out) as unknown as [[string, Map<string, readonly number[]>]];
    expect(heading).toBe('v (output y_hat), 1 row ahead: 5 held-out rows, 5 not scored');
    const last = heldOut.slice(5);
    expect(table.get('persistence')).toEqual(errors(last.map((row) => [values[row - 1]!, values[row]!])));
    const none = await rnnc('evaluate', run, '--season', '50');
    expect({ code: none.code, err: none.err }).toEqual({
      code: 1,
      err: expect.stringContaining('none of the 10 held-out rows of "v" can be scored 1 row ahead'),
    });
  });

  it('does not score targets that were missing', async () => {
    const gaps = values.map((value, t) => (t === 43 ? '' : value));
    const data = put('gaps.csv', csv({ v: gaps, t: values.map((_, t) => t) }));
    const folder = await trained(path('gaps'), next, '--data', data, '--forecast', 'v', '--fill', 'previous');
    const [[heading, table]] = tables(await fine(folder)) as unknown as [
      [string, Map<string, readonly number[]>],
    ];
    expect(heading).toContain('9 held-out rows, 1 not scored');
    const known = values.map((value, t) => (t === 43 ? values[42]! : value));
    const scored = heldOut.filter((row) => row !== 43);
    expect(table.get('persistence')).toEqual(errors(scored.map((row) => [known[row - 1]!, values[row]!])));
  });

  it('judges targets in the rows of their inputs there', async () => {
    const data = put('two.csv', csv({ a: values, c: wave(rows, 2) }));
    const folder = await trained(path('two'), next, '--data', data, '--inputs', 'a', '--targets', 'c');
    const [[heading, table]] = tables(await fine(folder)) as unknown as [
      [string, Map<string, readonly number[]>],
    ];
    expect(heading).toBe('c (output y_hat), in the same row: 10 held-out rows');
    const network = networkByHand(folder, 1, rows);
    const a = scaleOf(values.slice(0, training));
    const c = scaleOf(wave(rows, 2).slice(0, training));
    const { y_hat } = network.forward(
      values.map((value) => (value - a.mean) / a.deviation),
      rows,
    );
    const pairs = heldOut.map((row) => [c.mean + c.deviation * y_hat![row]!, wave(rows, 2)[row]!] as const);
    expect(table.get('network')).toEqual(errors(pairs));
    const far = await rnnc('evaluate', folder, '--horizon', '2');
    expect(far.code).toBe(1);
    expect(far.err).toContain('Nothing can be forecast 2 rows ahead');
  });

  it('counts wrong classes', async () => {
    await rnnc('new', path('Letters'), '--template', 'characters');
    const symbols = Array.from({ length: 60 }, (_, t) => [0, 1, 2, 1][t % 4]!);
    const data = put('letters.csv', csv({ s: symbols }));
    const folder = path('letters');
    await rnnc(
      ...['train', path('Letters.rnn'), '--data', data, '--forecast', 's', '--size', 'V=3'],
      ...['--epochs', '60', '--learning-rate', '0.02', '--out', folder],
    );
    const out = await fine(folder, '--season', '2');
    const [table] = [...tables(out).values()];
    expect([...table!]).toEqual([
      ['network', [0]],
      ['persistence', [100]],
      ['seasonal (2 rows)', [50]],
    ]);
    expect(out).toContain('its share of wrong ones is 100 % below that of seasonal (2 rows)');
  });
});

describe('which rows are scored', () => {
  const changed = put('changed.csv', csv({ v: wave(rows, 1) }));

  it('is not guessed for a file that the run did not begin with', async () => {
    const { code, err } = await rnnc('evaluate', run, '--data', changed);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('changed.csv is not the file') });
    const { code: same, err: seen } = await rnnc('evaluate', run, '--unseen');
    expect({ same, seen }).toEqual({
      same: 1,
      seen: expect.stringContaining('is the file that the run learned from'),
    });
  });

  it('is all of them in a file that it has not seen, but the first', async () => {
    const [[heading, table]] = tables(await fine(run, '--data', changed, '--unseen')) as unknown as [
      [string, Map<string, readonly number[]>],
    ];
    expect(heading).toBe('v (output y_hat), 1 row ahead: 49 unseen rows, 1 not scored');
    const list = wave(rows, 1);
    const after = list.slice(1);
    expect(table.get('persistence')).toEqual(errors(after.map((value, t) => [list[t]!, value])));
    const slope = (t: number) => (t === 0 ? 0 : (list[t]! - list[0]!) / t);
    expect(table.get('drift')).toEqual(errors(after.map((value, t) => [list[t]! + slope(t), value])));
  });

  it('is none where nothing was held out', async () => {
    const { code, err } = await rnnc('evaluate', whole);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('held nothing out') });
    expect(await fine(whole, '--data', changed, '--unseen')).toContain('49 unseen rows');
  });

  it('is none of one row, or of a horizon beyond all rows', async () => {
    const one = await rnnc('evaluate', run, '--data', put('one.csv', 'v\n3.5\n'), '--unseen');
    expect({ code: one.code, err: one.err }).toEqual({
      code: 1,
      err: expect.stringContaining('none of the 1 unseen rows'),
    });
    const far = await rnnc('evaluate', run, '--horizon', '50');
    expect({ code: far.code, err: far.err }).toEqual({
      code: 1,
      err: expect.stringContaining('50 rows ahead'),
    });
  });
});

describe('the picture', () => {
  it('is written whole, with a chart for every column', async () => {
    const svg = path('plot.svg');
    expect(await fine(run, '--horizon', '4', '--plot', svg)).toContain(svg);
    const text = readFileSync(svg, 'utf8');
    for (const name of [
      'measured',
      'network, 1 row ahead',
      'network, 4 rows ahead',
      'Next: v, held-out rows',
    ]) {
      expect(text).toContain(`>${name}<`);
    }
    const later = put('later.csv', csv({ v: wave(rows, 1) }));
    await fine(run, '--data', later, '--unseen', '--plot', svg);
    expect(readFileSync(svg, 'utf8')).toContain('>Next: v, unseen rows<');
    const pair = cellText
      .replace('target y: []', 'target y: [2]')
      .replace(/w: \[H\]/, 'w: [2, H]')
      .replace(/b: \[\] = 0/, 'b: [2] = 0')
      .replace('dot(w, h)', 'w @ h')
      .replace('0.5*(y_hat - y)^2', '0.5*sum((y_hat - y)^2)');
    const data = put('pair.csv', csv({ a: values, b: wave(rows, 1) }));
    const folder = await trained(path('pair'), put('pair.rnn', pair), '--data', data, '--forecast', 'a,b');
    const out = await fine(folder, '--horizon', '3', '--plot', svg);
    expect([...tables(out).keys()].map((heading) => heading.split(' ')[0])).toEqual(['a', 'b', 'a', 'b']);
    expect(readFileSync(svg, 'utf8').match(/<svg /g)).toHaveLength(3);
  });

  it('is refused with a reason where it cannot be written', async () => {
    const { code, err } = await rnnc('evaluate', run, '--plot', path('nowhere/plot.svg'));
    expect({ code, err }).toEqual({
      code: 3,
      err: expect.stringContaining('does not exist'),
    });
    expect(existsSync(path('nowhere'))).toBe(false);
  });
});

it('a picture that is no SVG is refused before anything is scored', async () => {
  const { code, out, err } = await rnnc('evaluate', run, '--plot', path('plot.png'));
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('Name a file that ends in .svg.');
  expect(existsSync(path('plot.png'))).toBe(false);
});

describe('a baseline', () => {
  it('never looks at rows that come after the one it is made at', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 12 }),
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(),
        (list, a, b, season, c) => {
          const row = 1 + (a % (list.length - 1));
          const horizon = 1 + (b % row);
          const parted = { key: '', first: 0, rows: list.length, training: c % (row + 1) };
          const known = Float64Array.from(list);
          const other = Float64Array.from(list, (value, t) => (t > row - horizon ? 1000 + t : value));
          for (const baseline of [persistence, drift, seasonal(season)]) {
            const said = baseline.forecast(known, row, horizon, parted);
            expect(baseline.forecast(other, row, horizon, parted)).toBe(said);
          }
          let from = row;
          while (from > row - horizon) from -= season;
          expect(seasonal(season).forecast(known, row, horizon, parted)).toBe(
            from < 0 ? undefined : list[from],
          );
        },
      ),
      { numRuns: 200, seed: 2 },
    );
  });
});
