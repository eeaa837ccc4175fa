import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/failure.ts';
import { readConfiguration } from '../../cli/run/configuration.ts';
import { RunFolder } from '../../cli/run/folder.ts';
import type { LogLine } from '../../cli/run/log.ts';
import { networkOf } from '../../cli/run/training.ts';
import { duration } from '../../cli/run/view.ts';
import { loadRunWeights } from '../../cli/run/weights.ts';
import { compile } from '../../compiler/compile.ts';
import { adam, clipByGlobalNorm, instantiateSync, trainEpoch } from '../../runtime/index.ts';
import { decodeSafetensors } from '../../runtime/safetensors.ts';
import { rnnc } from '../cli/support.ts';
import { cellText, csv, wave, workshop } from './support.ts';

const { path, put } = workshop();
const next = path('next.rnn');
const rows = 60;
const series = put('series.csv', csv({ t: [...Array(rows).keys()], v: wave(rows) }));

let runs = 0;
/** One call of `rnnc train` into a new folder. */
async function train(...args: readonly string[]) {
  const run = path(`run-${runs++}`);
  const answer = await rnnc('train', ...args, '--out', run);
  const log = existsSync(join(run, 'log.jsonl'))
    ? readFileSync(join(run, 'log.jsonl'), 'utf8')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as LogLine)
    : [];
  return { ...answer, run, folder: new RunFolder(run), log };
}

/** The network that a run has found. */
async function bestOf(folder: RunFolder) {
  const configuration = readConfiguration(folder);
  const network = await networkOf(configuration, []);
  loadRunWeights(folder, network, configuration);
  return network;
}

const forecast = [next, '--data', series, '--forecast', 'v'];

describe('rnnc train', () => {
  it('does what the runtime does by hand', async () => {
    const { code, err, folder, log } = await train(
      ...[...forecast, '--holdout', '0', '--epochs', '3', '--window', '16', '--update-every', '10'],
      ...['--clip', '0.3', '--learning-rate', '0.02', '--seed', '4', '--profile', 'separate'],
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });

    const values = wave(rows);
    const mean = values.reduce((sum, value) => sum + value, 0) / rows;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rows);
    const scaled = values.map((value) => (value - mean) / deviation);
    const compiled = compile(
      { name: 'next.rnn', text: cellText },
      { sizes: { I: 1 }, window: 16, profile: 'separate' },
    );
    const network = instantiateSync(compiled, { seed: 4 });
    const sequence = { inputs: scaled.slice(0, -1), targets: scaled.slice(1), steps: rows - 1 };
    const options = { k1: 10, k2: 16, optimiser: adam({ learningRate: 0.02 }), clip: clipByGlobalNorm(0.3) };
    const losses = [1, 2, 3].map(() => trainEpoch(network, sequence, options));
    expect(log.map(({ trainingLoss }) => trainingLoss)).toEqual(
      losses.map(({ loss }) => expect.closeTo(loss, 12)),
    );
    expect(log.map(({ updates, clipped }) => ({ updates, clipped }))).toEqual(
      losses.map(({ updates, clipped }) => ({ updates, clipped })),
    );
    const best = losses.findIndex(({ loss }) => loss === Math.min(...losses.map((one) => one.loss)));
    expect(best).toBe(2);
    expect((await bestOf(folder)).parameters).toEqual(network.parameters);
  });

  it('learns a wave that persistence does not forecast', async () => {
    const { log, out } = await train(...forecast, '--epochs', '150', '--learning-rate', '0.01');
    const values = wave(rows);
    const training = values.slice(0, 48);
    const mean = training.reduce((sum, value) => sum + value, 0) / 48;
    const variance = training.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 48;
    const steps = values.slice(48).map((value, i) => value - values[47 + i]!);
    const persistence = steps.reduce((sum, step) => sum + step * step, 0) / steps.length / 2 / variance;
    const best = Math.min(...log.map(({ heldOutLoss }) => heldOutLoss!));
    expect(best).toBeLessThan(persistence / 4);
    expect(out).toContain(`held-out loss ${Number(best.toPrecision(4))}`);
    expect(out).toContain('47 targets to learn from, 12 held out');
  });

  it('writes a folder that says all there is to know', async () => {
    const { folder, run, log, out } = await train(
      ...forecast,
      '--epochs',
      '4',
      '--size',
      'H=3',
      '--holdout',
      '0.3',
    );
    expect(log.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    const configuration = readConfiguration(folder);
    expect(configuration).toMatchObject({
      cell: {
        name: 'Next',
        sizes: expect.arrayContaining([
          ['H', 3],
          ['I', 1],
        ]),
      },
      data: { rows, holdout: 0.3 },
      inputs: [{ name: 'x', columns: ['v'] }],
      targets: [{ name: 'y', columns: ['v'], output: 'y_hat' }],
      ahead: 1,
      training: { epochs: 4, window: 32, updateEvery: 32, clip: 1, optimiser: 'adam', batch: 1 },
    });
    const { tensors, metadata } = decodeSafetensors(readFileSync(join(run, 'weights.safetensors')));
    expect([...tensors].map(([name, { shape }]) => [name, shape])).toEqual([
      ['h0', [3]],
      ['W', [3, 1]],
      ['U', [3, 3]],
      ['w', [3]],
      ['b', []],
    ]);
    expect(metadata.get('cell')).toBe('Next');
    expect(JSON.parse(metadata.get('normalisation')!)).toEqual(configuration.columns);
    for (const name of ['loss.svg', 'gradient-norm.svg']) {
      const picture = readFileSync(join(run, name), 'utf8');
      expect(picture).toMatch(/^<svg .*<\/svg>\n$/s);
      expect(picture).not.toContain('NaN');
    }
    expect(out.match(/^epoch /gm)?.length).toBe(4);
  });

  it('keeps the weights of the best epoch, and stops when none is better', async () => {
    // What is held out is not like what is learned from: the network gets worse there.
    const values = wave(80).map((value, i) => (i < 60 ? value : 6 - value + (i % 2)));
    const odd = put('odd.csv', csv({ v: values }));
    const options = [
      next,
      '--data',
      odd,
      '--forecast',
      'v',
      '--learning-rate',
      '0.03',
      '--profile',
      'separate',
    ];
    const { log, out, folder } = await train(...options, '--epochs', '300', '--patience', '7');
    const losses = log.map(({ heldOutLoss }) => heldOutLoss!);
    const best = losses.indexOf(Math.min(...losses)) + 1;
    expect(log.length).toBe(best + 7);
    expect(log.length).toBeLessThan(300);
    expect(out).toContain(`Stopped after epoch ${log.length} of 300: no better held-out loss in 7 epochs.`);
    const short = await train(...options, '--epochs', String(best));
    expect((await bestOf(folder)).parameters).toEqual((await bestOf(short.folder)).parameters);
    const last = await train(...options, '--epochs', String(log.length));
    expect(readFileSync(last.folder.file('weights')).equals(readFileSync(folder.file('weights')))).toBe(true);
  });

  it('gives the same numbers with js and wasm of one profile, and by the seed', async () => {
    const options = [...forecast, '--epochs', '2', '--profile', 'separate'];
    const [wasm, js, other] = [
      await train(...options),
      await train(...options, '--target', 'js'),
      await train(...options, '--seed', '2'),
    ];
    expect(js.log).toEqual(wasm.log);
    expect(other.log).not.toEqual(wasm.log);
  });

  it('needs no memory for a window that reaches beyond the data', async () => {
    const options = [...forecast, '--epochs', '2', '--profile', 'separate'];
    const [whole, beyond] = [await train(...options, '-w', '47'), await train(...options, '-w', '1e12')];
    expect(beyond).toMatchObject({ code: 0, err: '', log: whole.log });
  });

  it('follows a schedule of the learning rate', async () => {
    const rates = async (...options: string[]) =>
      (await train(...forecast, '--epochs', '4', '--window', '8', '--update-every', '47', ...options)).log;
    const whole = ['--window', '47', '-r', '0.1'];
    const of = (log: readonly LogLine[]) => log.map(({ learningRate }) => Number(learningRate.toFixed(6)));
    expect(of(await rates(...whole))).toEqual([0.1, 0.1, 0.1, 0.1]);
    expect(
      of(await rates(...whole, '--schedule', 'step', '--step-epochs', '2', '--step-factor', '0.5')),
    ).toEqual([0.1, 0.1, 0.05, 0.05]);
    const cosine = [0, 1, 2, 3].map((k) => Number((0.05 * (1 + Math.cos((Math.PI * k) / 4))).toFixed(6)));
    expect(of(await rates(...whole, '--schedule', 'cosine'))).toEqual(cosine);
    expect(of(await rates(...whole, '--warmup', '3'))).toEqual([0.025, 0.05, 0.075, 0.1]);
    // After two updates of warm-up the cosine takes the two that are left.
    expect(of(await rates(...whole, '--warmup', '2', '--schedule', 'cosine'))).toEqual(
      [0.1 / 3, 0.2 / 3, 0.1, 0.05].map((rate) => Number(rate.toFixed(6))),
    );
  });

  it('counts windows without a target neither as updates nor in a schedule', async () => {
    const x = wave(40);
    const y = x.map((value, i) => (i < 20 ? '' : value));
    const data = put('late.csv', csv({ x, y }));
    const { log } = await train(
      ...[next, '--data', data, '--inputs', 'x', '--fill', 'zero', '--holdout', '0', '--window', '10'],
      ...['--epochs', '2', '--schedule', 'cosine', '--learning-rate', '0.1'],
    );
    expect(log.map(({ updates }) => updates)).toEqual([2, 2]);
    // Half a cosine over four updates; each line has the rate of the last of its epoch.
    const rate = (done: number) => 0.05 * (1 + Math.cos((Math.PI * done) / 4));
    expect(log.map(({ learningRate }) => learningRate)).toEqual([
      expect.closeTo(rate(1), 12),
      expect.closeTo(rate(3), 12),
    ]);
  });

  it('counts them by epoch, where that depends on which sequences run side by side', async () => {
    // Of two of four sequences no target is there in the second half: paired they leave windows out, else not.
    const rows = [0, 1, 2, 3].flatMap((who) => [...Array(10).keys()].map((t) => ({ who, t })));
    const data = put(
      'pairs.csv',
      csv({
        who: rows.map(({ who }) => who),
        x: rows.map(({ t }) => t),
        y: rows.map(({ who, t }) => (who < 2 && t >= 5 ? '' : t % 3)),
      }),
    );
    const { log } = await train(
      ...[next, '--data', data, '--inputs', 'x', '--key', 'who', '--fill', 'zero', '--holdout', '0'],
      ...[
        '--window',
        '5',
        '--batch',
        '2',
        '--epochs',
        '20',
        '--schedule',
        'cosine',
        '--learning-rate',
        '0.1',
      ],
    );
    const updates = log.map((line) => line.updates);
    expect(new Set(updates)).toEqual(new Set([3, 4]));
    const total = updates.reduce((sum, count) => sum + count, 0);
    const last = 0.05 * (1 + Math.cos((Math.PI * (total - 1)) / total));
    expect(log.at(-1)!.learningRate).toBeCloseTo(last, 12);
  });

  it('takes several inputs and targets, by name, and several sequences', async () => {
    const two = put(
      'two.rnn',
      `cell Two(H = 3) {
  input  dose: [], food: [2]
  target level: [], mood: index(2)
  param  W: [H, 3] ~ glorot
  param  V: [2, H] ~ glorot
  param  w: [H] ~ uniform(-0.5, 0.5)
  state  h: [H]

  h = tanh(W @ [dose; food] + h_prev)
  level_hat = dot(w, h)
  logits = V @ h

  output level_hat, logits
  loss   (level_hat - level)^2 + cross_entropy(logits, mood)
}
`,
    );
    const n = 24;
    const count = [...Array(n).keys()];
    const data = put(
      'two.csv',
      csv({
        who: count.map((i) => (i % 3 === 0 ? 'ann' : 'bob')),
        dose: wave(n),
        bread: wave(n, 1),
        'red wine': wave(n, 2),
        level: wave(n, 0.5),
        mood: count.map((i) => i % 2),
      }),
    );
    const columns = ['--inputs', 'food=bread,red wine', '--key', 'who'];
    const { code, err, log, folder, out } = await train(
      two,
      '--data',
      data,
      ...columns,
      '--epochs',
      '60',
      '-r',
      '0.02',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('24 rows, 2 sequences');
    const { inputs, targets, columns: scales } = readConfiguration(folder);
    expect(inputs.map(({ name, columns: taken }) => [name, taken])).toEqual([
      ['dose', ['dose']],
      ['food', ['bread', 'red wine']],
    ]);
    expect(targets.map(({ name, output }) => [name, output])).toEqual([
      ['level', 'level_hat'],
      ['mood', 'logits'],
    ]);
    expect(scales.find(({ column }) => column === 'mood')).toMatchObject({ mean: 0, deviation: 1 });
    expect(log.at(-1)!.trainingLoss).toBeLessThan(log[0]!.trainingLoss / 1.5);
  });

  it('warns of a column that does not change, and of nothing else', async () => {
    const data = put('flat.csv', csv({ x: Array(20).fill(7), y: wave(20) }));
    const { code, err } = await train(next, '--data', data, '--inputs', 'x', '--epochs', '1');
    expect({ code, err }).toEqual({
      code: 0,
      err: 'Column "x" holds one value only in the training part.\n',
    });
  });

  it('refuses weights of another cell with what differs', async () => {
    const [one, two] = [
      await train(...forecast, '--epochs', '1'),
      await train(...forecast, '--epochs', '1', '-s', 'H=5'),
    ];
    const configuration = readConfiguration(one.folder);
    const network = await networkOf(configuration, []);
    expect(() => loadRunWeights(two.folder, network, configuration)).toThrow(
      /weights\.safetensors: RNN519 .*\[5, 5\]/s,
    );
  });
});

describe('rnnc train refuses', () => {
  const noLoss = put(
    'plain.rnn',
    'cell Plain() {\n  input x: []\n  state h: []\n  h = tanh(x + h_prev)\n}\n',
  );
  const metadata = put('metadata.rnn', cellText.replace(/\bb\b/g, '__metadata__'));
  const flat = csv({ a: [1, 2, 3, 4, 5, 6], b: [2, 1, 2, 1, 2, 1] });
  const ab = put('ab.csv', flat);
  const gap = put('gap.csv', 'a,b\n1,2\n3,\n5,6\n7,8\n9,1\n');
  const { usage, failed, file } = exitCodes;

  it.each<[string, readonly string[], number, string]>([
    ['no file', [], usage, 'Name a .rnn file'],
    ['no data', [next], usage, 'Name the data: --data FILE.csv'],
    [
      'data that are not there',
      [next, '--data', 'nowhere.csv', '--forecast', 'v'],
      file,
      'Cannot read nowhere.csv',
    ],
    ['a folder as data', [next, '--data', path('.'), '--forecast', 'v'], file, 'it is a folder'],
    ['a cell without loss', [noLoss, '--data', ab], failed, 'Plain has no loss'],
    [
      'no columns',
      [next, '--data', ab],
      usage,
      'The input x: [I] takes several columns. Say which: --inputs x=',
    ],
    [
      'an unknown column',
      [next, '--data', ab, '--forecast', 'z'],
      failed,
      'there is no column "z". It has "a", "b".',
    ],
    [
      'targets besides a forecast',
      [next, '--data', ab, '--forecast', 'a', '--targets', 'b'],
      usage,
      'leave out --targets',
    ],
    [
      'columns that do not fit',
      [next, '--data', ab, '--inputs', 'a,b', '--targets', 'a', '-s', 'I=3'],
      usage,
      'takes 3 columns',
    ],
    [
      'a column twice',
      [next, '--data', ab, '--forecast', 'a,a', '--inputs', 'a'],
      usage,
      'takes 1 column, and 2 are given: a, a. a is there twice.',
    ],
    [
      'a seed beyond all numbers',
      [next, '--data', ab, '--forecast', 'a', '--seed', '1e30'],
      usage,
      'a whole number from 0 to 9007199254740991',
    ],
    [
      'a missing value',
      [next, '--data', gap, '--forecast', 'b'],
      failed,
      'line 3, column "b": the value is missing',
    ],
    [
      'an unknown key',
      [next, '--data', ab, '--forecast', 'a', '--key', 'k'],
      failed,
      'there is no column "k"',
    ],
    ['a sequence held out without keys', [...forecast, '--holdout-by', 'key'], usage, 'name the column'],
    [
      'updates rarer than the window',
      [...forecast, '-w', '4', '--update-every', '5'],
      usage,
      '--update-every 5 is more',
    ],
    ['a window of nothing', [...forecast, '-w', '0'], usage, 'at least 1'],
    ['a share of all', [...forecast, '--holdout', '1'], usage, 'from 0 to below 1'],
    ['a rate that is no number', [...forecast, '-r', 'fast'], usage, 'a number above 0'],
    ['an unknown optimiser', [...forecast, '--optimiser', 'magic'], usage, 'nesterov'],
    [
      'an unknown option of it',
      [...forecast, '--optimiser-options', 'beta9=1'],
      failed,
      'has no option beta9',
    ],
    ['a rate among them', [...forecast, '--optimiser-options', 'learningRate=1'], usage, '--learning-rate'],
    ['columns without names', [next, '--data', series, '--forecast', ''], usage, 'Name columns'],
    ['steps of no length', [...forecast, '--schedule', 'step'], usage, '--step-epochs'],
    ['steps without steps', [...forecast, '--step-epochs', '3'], usage, '--schedule step only'],
    ['a size without end', [...forecast, '-s', 'H=1e8'], failed, 'RNN'],
    ['a size that is not there', [...forecast, '-s', 'Q=3'], failed, 'Q'],
    ['an unknown raw column', [...forecast, '--raw', 't'], usage, 'no input and no target takes that column'],
    [
      'a clip and none',
      [...forecast, '--clip', '1', '--no-clip'],
      usage,
      "cannot be used with option '--no-clip'",
    ],
    [
      'none and a clip',
      [...forecast, '--no-clip', '--clip', '1'],
      usage,
      "cannot be used with option '--no-clip'",
    ],
    [
      'a name that files keep',
      [metadata, '--data', series, '--inputs', 'v', '--targets', 'v'],
      failed,
      '__metadata__',
    ],
    ['a wide delimiter', [...forecast, '--delimiter', '::'], usage, 'one character, or tab'],
    ['both from standard input', ['-', '--data', '-'], usage, 'Only one'],
  ])('%s', async (_, args, code, message) => {
    const answer = await train(...args);
    expect({ code: answer.code, err: answer.err, out: answer.out }).toEqual({
      code,
      err: expect.stringContaining(message),
      out: '',
    });
    expect(existsSync(answer.run)).toBe(false);
  });

  it('a folder that is not free', async () => {
    const full = path('full');
    mkdirSync(full);
    put('full/letter.txt', 'Dear');
    const call = (out: string) => rnnc('train', ...forecast, '--epochs', '1', '--out', out);
    expect(await call(full)).toMatchObject({ code: usage, err: expect.stringContaining('is not empty') });
    expect(await call(series)).toMatchObject({ code: usage, err: expect.stringContaining('is a file') });
    expect((await call(path('once'))).code).toBe(0);
    expect(await call(path('once'))).toMatchObject({
      code: usage,
      err: expect.stringContaining('holds a run already'),
    });
    expect(await call(join(series, 'in'))).toMatchObject({ code: file });
    expect(await call('')).toMatchObject({ code: usage });
    if (existsSync('/proc/self')) expect(await call('/proc/nowhere')).toMatchObject({ code: file });
    expect((await call(path('deep/in/the/woods'))).code).toBe(0);
  });
});

it('a time left is said in words', () => {
  expect([0.2, 59.5, 61, 3599, 3600, 36_061, Number.NaN].map(duration)).toEqual([
    '1 s',
    '1 min 00 s',
    '1 min 01 s',
    '59 min 59 s',
    '1 h 00 min',
    '10 h 01 min',
    '-',
  ]);
});
