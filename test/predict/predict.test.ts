import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { rnnc } from '../cli/support.ts';
import { cellText, csv, wave, workshop } from '../train/support.ts';
import { networkByHand, numbers, scaleOf, trained } from './support.ts';

const { path, put } = workshop();
const next = path('next.rnn');
const rows = 40;
const values = wave(rows);
const file = put('v.csv', csv({ t: [...Array(rows).keys()], v: values }));
const run = path('run');
const keyed = path('keyed');
const both = path('both');
const { mean, deviation } = scaleOf(values.slice(0, 32));
const scaled = (list: readonly number[]) => list.map((value) => (value - mean) / deviation);

beforeAll(async () => {
  await trained(run, next, '--data', file, '--forecast', 'v');
  const who = [...'abbabaabbb'.repeat(4)];
  const keyedFile = put('keyed.csv', csv({ who, v: values }));
  await trained(keyed, next, '--data', keyedFile, '--forecast', 'v', '--key', 'who');
  const data = put('both.csv', csv({ a: values, b: wave(rows, 1), c: wave(rows, 2) }));
  await trained(both, next, '--data', data, '--inputs', 'a,b', '--targets', 'c');
});

/** Standard output of a call that is fine. */
async function fine(...args: readonly string[]): Promise<string> {
  const { code, err, out } = await rnnc('predict', ...args);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

const close = (expected: readonly number[]) => expected.map((value) => expect.closeTo(value, 6));

describe('rnnc predict --observed', () => {
  it('says what one forward run over all rows says, in the units of the file', async () => {
    const network = networkByHand(run, 1, rows);
    const { y_hat } = network.forward(scaled(values), rows);
    const expected = Array.from(y_hat!, (value) => mean + deviation * value);
    const out = await fine(run, '--observed', file);
    expect(out).toMatch(/^v\n/);
    expect(numbers(out).flat()).toEqual(close(expected));
  });

  it('goes on after a history as if both were one file', async () => {
    const whole = (await fine(run, '--observed', file)).split('\n');
    const [first, second] = [values.slice(0, 17), values.slice(17)].map((v, i) =>
      put(`part${i}.csv`, csv({ v })),
    );
    const out = await fine(run, '--data', first!, '--observed', second!);
    expect(out.split('\n')).toEqual(['v', ...whole.slice(18)]);
  });

  it('needs the columns of the inputs alone, wherever they stand', async () => {
    const network = networkByHand(both, 2, rows);
    const [a, b, c] = [0, 1, 2].map((shift) => scaleOf(wave(rows, shift).slice(0, 32)));
    const inputs = values.flatMap((value, t) => [
      (value - a!.mean) / a!.deviation,
      (wave(rows, 1)[t]! - b!.mean) / b!.deviation,
    ]);
    const { y_hat } = network.forward(inputs, rows);
    const expected = Array.from(y_hat!, (value) => c!.mean + c!.deviation * value);
    const moved = put('moved.csv', csv({ b: wave(rows, 1), note: values.map(() => 'x'), a: values }));
    const out = await fine(both, '--observed', moved);
    expect(out).toMatch(/^c\n/);
    expect(numbers(out).flat()).toEqual(close(expected));
  });

  it('prints a header where no rows come', async () => {
    expect(await fine(run, '--observed', put('none.csv', 't,v\n'))).toBe('v\n');
  });
});

describe('rnnc predict --steps', () => {
  it('feeds back by hand', async () => {
    const network = networkByHand(run, 1, 1);
    let said = 0;
    for (const value of scaled(values)) said = network.step([value]).y_hat![0]!;
    const expected: number[] = [];
    for (let step = 0; step < 12; step++) {
      expected.push(mean + deviation * said);
      said = network.step([said]).y_hat![0]!;
    }
    expect(numbers(await fine(run, '--data', file, '--steps', '12')).flat()).toEqual(close(expected));
  });

  it("takes the run's own data and one step where nothing is said", async () => {
    const out = await fine(run);
    expect(out.split('\n')).toHaveLength(3);
    expect(await fine(run, '--data', file, '--steps', '1')).toBe(out);
  });

  it('prints the beginning of a longer answer', async () => {
    const long = await fine(run, '--steps', '3000');
    expect(long.startsWith(await fine(run, '--steps', '7'))).toBe(true);
    expect(long.split('\n')).toHaveLength(3002);
  });

  it('says what it would read and does not know', async () => {
    const { code, out, err } = await rnnc('predict', both);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('columns a, b of rows to come, which x reads, are not known');
    const other = put('ab.csv', csv({ a: values, b: wave(rows, 1) }));
    const partly = await trained(path('partly'), next, '--data', other, '--forecast', 'a', '--inputs', 'a,b');
    const answer = await rnnc('predict', partly);
    expect(answer.code).toBe(1);
    expect(answer.err).toContain('x reads the column b, and the network predicts a only');
    expect(answer.err).toContain('--observed');
  });

  it('goes on with a cell that reads nothing', async () => {
    const clock = put(
      'clock.rnn',
      'cell Clock() {\n  target y: []\n  state h: []\n  param a: [] = 0.9\n  h = a*h_prev + 1\n  output h\n  loss (h - y)^2\n}\n',
    );
    const data = put('y.csv', csv({ y: [1, 2, 3, 4] }));
    const timed = await trained(path('clock'), clock, '--data', data, '--no-normalise', '--no-clip');
    const seen = numbers(
      await fine(timed, '--observed', put('six.csv', csv({ y: [0, 0, 0, 0, 0, 0] }))),
    ).flat();
    expect(numbers(await fine(timed, '--steps', '2')).flat()).toEqual(seen.slice(4));
  });
});

describe('sequences', () => {
  it('know nothing of one another, however their rows come', async () => {
    const keys = fc.array(fc.constantFrom('a', 'b', 'c,d', '__proto__'), { minLength: 1, maxLength: 12 });
    const quoted = (key: string) => (key.includes(',') ? `"${key}"` : key);
    const split = (out: string) => out.trimEnd().split('\n');
    await fc.assert(
      fc.asyncProperty(keys, async (who) => {
        const all = put('mixed.csv', csv({ who: who.map(quoted), v: values.slice(0, who.length) }));
        const [head, ...lines] = split(await fine(keyed, '--observed', all));
        expect(head).toBe('who,v');
        const after = split(await fine(keyed, '--data', all, '--steps', '2'));
        const apart: string[] = ['who,v'];
        for (const key of new Set(who)) {
          const own = values.filter((_, row) => who[row] === key);
          const alone = put('alone.csv', csv({ v: own }));
          const [, ...expected] = split(await fine(keyed, '--no-key', '--observed', alone));
          const found = lines.filter((_, row) => who[row] === key);
          expect(found).toEqual(expected.map((line) => `${quoted(key)},${line}`));
          const [, ...onward] = split(await fine(keyed, '--no-key', '--data', alone, '--steps', '2'));
          apart.push(...onward.map((line) => `${quoted(key)},${line}`));
        }
        expect(after).toEqual(apart);
      }),
      { numRuns: 12, seed: 3 },
    );
  });

  it('can be told apart by another column', async () => {
    const named = put('named.csv', csv({ plant: ['x', 'y'], v: [3, 3] }));
    const [, x, y] = (await fine(keyed, '--key', 'plant', '--observed', named)).split('\n');
    expect(y!.slice(2)).toBe(x!.slice(2));
  });
});

describe('missing values', () => {
  const gap = put('gap.csv', 'v\n3\n\n2.5\n3.5\nNA\n');

  it.each([
    ['previous', [3, 3, 2.5, 3.5, 3.5]],
    ['zero', [3, 0, 2.5, 3.5, 0]],
    ['mean', [3, mean, 2.5, 3.5, mean]],
  ])('are filled with %s', async (fill, filled) => {
    const whole = put('filled.csv', csv({ v: filled }));
    expect(await fine(run, '--fill', fill, '--observed', gap)).toBe(await fine(run, '--observed', whole));
  });

  it('are an error otherwise, after the rows before them', async () => {
    const { code, out, err } = await rnnc('predict', run, '--observed', gap);
    expect(code).toBe(1);
    expect(out.split('\n')).toHaveLength(3);
    expect(err).toContain('gap.csv: line 3, column "v": the value is missing');
    expect(err).toContain('--fill');
  });

  it('have none before them in the first row', async () => {
    const { code, err } = await rnnc(
      'predict',
      run,
      '--fill',
      'previous',
      '--observed',
      put('hole.csv', 'v\n?\n1\n'),
    );
    expect(code).toBe(1);
    expect(err).toContain('line 2, column "v": the value is missing, and the first row has none before it');
  });
});

describe('what is wrong is said, with its place', () => {
  it.each([
    ['v\n1\nx\n', 'line 3, column "v": "x" is no number'],
    ['v\n1\n1e300\n', 'line 3, column "v": 1e+300 is outside the range of single precision'],
    ['w\n1\n', 'there is no column "v"'],
    ['v,v\n1,1\n', 'two columns are named "v"'],
    ['t,v\n1,2\n1,2,3\n', 'line 3 has 3 fields'],
    ['t,v\n1,2\n"a,2\n', 'line 3: a field begins with a quote'],
    ['t,v\n1,2\nb"b,2\n', 'line 3: a quote (") stands inside a field'],
    ['', 'the file is empty'],
    ['\n', 'the file holds only blank lines'],
  ])('%j: %s', async (text, message) => {
    const { code, err } = await rnnc('predict', run, '--observed', put('bad.csv', text));
    expect(code).toBe(1);
    expect(err).toContain(`bad.csv: ${message}`);
  });

  it('a history without rows', async () => {
    const { code, err } = await rnnc('predict', run, '--data', put('none.csv', 't,v\n'));
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('there are no rows') });
  });

  it('a history of one row is enough', async () => {
    expect(numbers(await fine(run, '--data', put('one.csv', 'v\n3.5')))).toHaveLength(1);
  });

  it('a file that is not there', async () => {
    const { code, err } = await rnnc('predict', run, '--data', path('nowhere.csv'));
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('there is no such file') });
  });

  it.each([
    [
      ['--observed', 'a.csv', '--steps', '2'],
      '--observed prints one prediction for each row: leave out --steps.',
    ],
    [['--data', '-', '--observed'], 'Only one of --data and --observed can come from standard input.'],
    [['--steps', '0'], 'whole number'],
    [['--steps', '1.5'], 'whole number'],
    [['--fill', 'guess'], 'Allowed choices'],
  ])('%j', async (args, message) => {
    const { code, err } = await rnnc('predict', run, ...args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(message) });
  });

  it('predictions that grow beyond all numbers', async () => {
    const double = put(
      'double.rnn',
      'cell Double() {\n  input x: []\n  target y: []\n  state h: []\n  param a: [] = 50\n  h = x\n  y_hat = a*h\n  output y_hat\n  loss (y_hat - y)^2\n}\n',
    );
    const data = put('d.csv', csv({ x: [1, 2, 3, 4] }));
    const growing = await trained(
      path('growing'),
      double,
      '--data',
      data,
      '--forecast',
      'x',
      '--no-normalise',
    );
    const { code, out, err } = await rnnc('predict', growing, '--steps', '100');
    expect(code).toBe(1);
    expect(err).toMatch(/step \d+: the prediction of x is no finite number/);
    expect(out.endsWith('\n')).toBe(true);
  });
});

describe('a run folder', () => {
  const copy = (name: string) => {
    const to = path(name);
    rmSync(to, { recursive: true, force: true });
    cpSync(run, to, { recursive: true });
    return to;
  };

  it('that is none has one exit code, whoever asks for it', async () => {
    mkdirSync(path('hollow'));
    for (const folder of [path('nothing'), path('next.rnn'), path('hollow')]) {
      for (const call of [['predict'], ['evaluate'], ['train', '--resume']]) {
        const { code, err } = await rnnc(...call, folder);
        expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('holds no run') });
      }
    }
  });

  it('without weights says how they come', async () => {
    const folder = copy('weightless');
    rmSync(join(folder, 'weights.safetensors'));
    const { code, err } = await rnnc('predict', folder);
    expect(code).toBe(1);
    expect(err).toContain('has no weights yet');
    expect(err).toContain(`rnnc train --resume ${folder}`);
  });

  it('that is damaged, anywhere, is refused', async () => {
    for (const name of ['config.json', 'weights.safetensors']) {
      const whole = readFileSync(join(run, name));
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 2 }), async (length) => {
          const folder = copy('cut');
          writeFileSync(join(folder, name), whole.subarray(0, length));
          const { code, err } = await rnnc('predict', folder);
          expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(name) });
        }),
        { numRuns: 8, seed: 5 },
      );
    }
  });

  it('whose configuration lacks a part is refused by its name', async () => {
    const whole = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
    for (const part of ['cell', 'data', 'inputs', 'targets', 'columns', 'ahead', 'training', 'target']) {
      for (const value of [undefined, null, 'x', [{}]]) {
        const folder = copy('lacking');
        writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...whole, [part]: value }));
        const { code, err } = await rnnc('predict', folder);
        expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('config.json is damaged') });
      }
    }
  });

  it('with the weights of another network is refused with what differs', async () => {
    const folder = copy('other');
    cpSync(join(both, 'weights.safetensors'), join(folder, 'weights.safetensors'));
    const { code, err } = await rnnc('predict', folder);
    expect(code).toBe(1);
    expect(err).toContain('weights.safetensors');
    expect(err).toContain('W');
  });

  it('of a cell whose outputs say nothing of its target', async () => {
    const mute = put('mute.rnn', cellText.replace('output y_hat', 'output h'));
    const folder = await trained(path('mute'), mute, '--data', file, '--forecast', 'v');
    const { code, err } = await rnnc('predict', folder);
    expect(code).toBe(1);
    expect(err).toContain('no output that says what y will be');
  });
});

describe('classes', () => {
  it('are those with the highest score, and fed back', async () => {
    await rnnc('new', path('Letters'), '--template', 'characters');
    const symbols = Array.from({ length: 60 }, (_, t) => [0, 1, 2, 1][t % 4]!);
    const data = put('letters.csv', csv({ s: symbols }));
    const letters = path('letters');
    const { code } = await rnnc(
      ...['train', path('Letters.rnn'), '--data', data, '--forecast', 's', '--size', 'V=3'],
      ...['--epochs', '60', '--learning-rate', '0.02', '--out', letters],
    );
    expect(code).toBe(0);
    const expected = Array.from({ length: 9 }, (_, t) => [0, 1, 2, 1][(60 + t) % 4]!);
    expect(numbers(await fine(letters, '--steps', '9')).flat()).toEqual(expected);
    const wrong = await rnnc('predict', letters, '--observed', put('s.csv', 's\n0\n3\n'));
    expect(wrong.err).toContain('line 3, column "s": 3 is no class');
    const mean = await rnnc('predict', letters, '--fill', 'mean', '--observed', put('s.csv', 's\n0\n\n1\n'));
    expect(mean.err).toContain('line 3, column "s": the value is missing, and classes have no mean');
  });
});
