import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../../cli/failure.ts';
import { readConfiguration } from '../../cli/run/configuration.ts';
import { RunFolder } from '../../cli/run/folder.ts';
import type { LogLine } from '../../cli/run/log.ts';
import { readRunData } from '../../cli/run/resume.ts';
import { networkOf, train } from '../../cli/run/training.ts';
import { rnnc } from '../cli/support.ts';
import { csv, filesOf, wave, workshop } from './support.ts';

/*
 * Numbers that leave the range of single precision: what is said, what is kept, and what must not come to that.
 */

const { path, put } = workshop();
const next = path('next.rnn');
const series = put('series.csv', csv({ v: wave(60) }));
const forecast = ['train', next, '--data', series, '--forecast', 'v', '--profile', 'separate'];
/** Learns for three epochs, then leaps. */
const leap = ['--schedule', 'step', '--step-epochs', '3', '--step-factor', '1e37', '--optimiser', 'sgd'];

const logOf = (run: string) =>
  readFileSync(join(run, 'log.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);

describe('a run that diverges', () => {
  it('keeps the best weights, the log, and a checkpoint of the last epoch that was done', async () => {
    const [one, two] = [path('three'), path('leaps')];
    expect((await rnnc(...forecast, ...leap, '--epochs', '3', '--out', one)).code).toBe(0);
    const { code, err } = await rnnc(...forecast, ...leap, '--epochs', '50', '--no-clip', '--out', two);
    expect(code).toBe(exitCodes.failed);
    expect(err).toMatch(/^RNN51[0-2] .*Lower the learning rate \(--learning-rate\).*--clip 1/);
    expect(err).not.toContain('clipByGlobalNorm');
    expect(err).toMatch(
      /3 epochs were done; the weights of the best, epoch \d, are in .*weights\.safetensors/,
    );
    expect(err).toContain(`with --out FOLDER, or delete ${two}`);
    expect(err).not.toContain('--resume');
    expect(logOf(two).map(({ clipped: _, ...line }) => line)).toEqual(
      logOf(one).map(({ clipped: _, ...line }) => line),
    );
    const [kept, whole] = [filesOf(two), filesOf(one)];
    for (const name of ['weights.safetensors', 'loss.svg']) expect(kept.get(name)).toBe(whole.get(name));
    expect(kept.has('checkpoint.safetensors')).toBe(true);
    expect(kept.has('run.lock')).toBe(false);
    const again = await rnnc('train', '--resume', two);
    expect(again).toMatchObject({ code: exitCodes.failed, err });
    expect(await rnnc('predict', two)).toMatchObject({ code: 0, err: '' });
  });

  it('names the clip that there is', async () => {
    const run = path('clipped');
    const { err } = await rnnc(...forecast, '--learning-rate', '1e38', '--clip', '0.5', '--out', run);
    expect(err).toContain('(--clip below 0.5)');
  });

  it('in its first epoch leaves the folder to the next', async () => {
    const run = path('first-epoch');
    const wild = [...forecast, '--learning-rate', '1e30', '--optimiser', 'sgd', '--no-clip', '--out', run];
    const { code, err } = await rnnc(...wild);
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain(`No epoch was done.\nBegin anew with other options; ${run} can be used again.`);
    expect(await rnnc(...forecast, '--epochs', '2', '--out', run)).toMatchObject({ code: 0, err: '' });
    expect(logOf(run).length).toBe(2);
  });

  it('on the held-out rows names the culprit, and goes no further', async () => {
    // Learned from: small numbers. Held out: one whose exponential is infinite.
    const cell = put(
      'steep.rnn',
      `cell Steep() {
  input x: []
  target y: []
  param w: [] = 1
  state s: []
  s = exp(w*x)
  y_hat = s + 0.1*s_prev
  output y_hat
  loss (y_hat - y)^2
}
`,
    );
    const v = Array.from({ length: 20 }, (_, t) => (t === 18 ? 500 : t % 3));
    const data = put('steep.csv', csv({ v }));
    const run = path('steep-run');
    const { code, err } = await rnnc(
      ...['train', cell, '--data', data, '--forecast', 'v', '--no-normalise'],
      ...['--epochs', '3', '--learning-rate', '1e-6', '--out', run],
    );
    expect(code).toBe(exitCodes.failed);
    expect(err).toMatch(
      /^RNN510 {2}On the held-out rows: The loss at step 18, row 0 is Infinity\. State s left the range/,
    );
    expect(existsSync(join(run, 'weights.safetensors'))).toBe(false);
  });

  it('before its first update is not told to learn more slowly', async () => {
    const cell = put(
      'square.rnn',
      `cell Square() {
  input x: []
  target y: []
  param a: [] = 3
  state s: []
  s = a*s_prev*s_prev + x + 1
  output s
  loss (s - y)^2
}
`,
    );
    const run = path('square-run');
    const { code, err } = await rnnc('train', cell, '--data', series, '--forecast', 'v', '--out', run);
    expect(code).toBe(exitCodes.failed);
    expect(err).toContain('This is before the first update: look at the cell');
    expect(err).not.toMatch(/learning|clip|normalise/);
    for (const command of ['predict', 'evaluate']) {
      const refused = await rnnc(command, run);
      expect(refused).toMatchObject({ code: exitCodes.failed, out: '' });
      expect(refused.err).toContain(`no epoch was done`);
      expect(refused.err).toContain(`begin anew with other options; ${run} can be used again`);
    }
  });

  it('on large numbers that are not normalised is told of that', async () => {
    const data = put('large.csv', csv({ v: wave(60).map((value) => `${value}e25`), u: wave(60) }));
    const large = ['train', next, '--data', data, '--inputs', 'v,u', '--targets', 'v', '--out'];
    const { code, err } = await rnnc(...large, path('large-run'), '--no-normalise');
    expect(code).toBe(exitCodes.failed);
    expect(err).toMatch(/Column "v" is not normalised, and reaches 4\.\d+e\+25: leave out --no-normalise/);
    expect(err).not.toContain('Column "u" is not normalised');
    expect((await rnnc(...large, path('scaled-run'), '--epochs', '1')).code).toBe(0);
  });

  it('says so even where the disk is full', async () => {
    const run = path('no-room');
    expect((await rnnc(...forecast, ...leap, '--epochs', '9', '--no-clip', '--out', run)).code).toBe(1);
    const full = {
      write: () => {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      },
    };
    const configuration = readConfiguration(new RunFolder(run));
    const data = await readRunData(configuration);
    const network = await networkOf(configuration, data.series);
    const plain = picocolors.createColors(false);
    const io = { out: () => {}, err: () => {}, terminal: false, colours: { out: plain, err: plain } };
    const begun = { folder: new RunFolder(run, full), configuration, data };
    await expect(train(begun, network, io)).rejects.toThrow(
      /^RNN51.*\nCannot write .*log\.jsonl: no space is left on the disk\.\n3 epochs were done/s,
    );
  });
});

describe('a sequence that has ended beside a longer one', () => {
  // s grows by itself. The long sequence stays at 0; the short one ends at a number that is large, and counts no more.
  const cell = put(
    'grow.rnn',
    `cell Grow() {
  input x: []
  target y: []
  param w: [] = 0.5
  state s: []
  s = 1.5*s_prev*(1 + x) + x
  y_hat = w*s
  output y_hat
  loss (y_hat - y)^2
}
`,
  );
  const [long, short] = [400, 12];
  const x = [...Array(long).fill(0), ...Array(short - 1).fill(0.5), 30];
  const y = x.map((_, t) => t % 2);
  const who = x.map((_, t) => (t < long ? 'long' : 'short'));
  const data = put('grow.csv', csv({ x, y, who }));

  it.each([
    ['7', '7'],
    ['40', '10'],
    ['7', '1'],
  ])('runs into nothing, with a window of %s and updates every %s steps', async (window, every) => {
    const run = path(`grow-${window}-${every}`);
    const { code, err } = await rnnc(
      ...['train', cell, '--data', data, '--key', 'who', '--no-normalise', '--holdout', '0', '--epochs', '1'],
      ...['--window', window, '--update-every', every, '--learning-rate', '1e-20', '--optimiser', 'sgd'],
      ...['--out', run],
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    let sum = 0;
    let s = 0;
    for (const [t, value] of x.entries()) {
      s = who[t] === who[t - 1] ? 1.5 * s * (1 + value) + value : value;
      sum += (0.5 * s - y[t]!) ** 2;
    }
    expect(logOf(run)[0]!.trainingLoss / (sum / x.length)).toBeCloseTo(1, 5);
  });
});
