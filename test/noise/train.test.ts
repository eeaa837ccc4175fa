import { readFileSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readCheckpoint, writeCheckpoint } from '../../cli/run/checkpoint.ts';
import { readConfiguration } from '../../cli/run/configuration.ts';
import { RunFolder } from '../../cli/run/folder.ts';
import type { LogLine } from '../../cli/run/log.ts';
import { trainLoop } from '../../cli/run/loop.ts';
import { optimiserOf } from '../../cli/run/optimisers.ts';
import { readRunData } from '../../cli/run/resume.ts';
import { networkOf } from '../../cli/run/training.ts';
import { rnnc } from '../cli/support.ts';
import { csv, wave, workshop } from '../train/support.ts';

/** Noise of every scope, each large enough to show in every number. */
const cell = (noise: boolean) => {
  const or = (name: string, otherwise: string) => (noise ? name : otherwise);
  return `cell Noisy(I, H = 4) {
  input  x: [I]
  target y: []
  ${or('noise m: [H] ~ bernoulli(0.75) per step, z: [I] ~ bernoulli(0.75) per sequence', '')}
  ${or('noise D: [H, H] ~ bernoulli(0.75) per update, e: [H] ~ normal(0, 0.1) per step', '')}
  state  h: [H]
  param  W: [H, I] ~ glorot
  param  U: [H, H] ~ orthogonal
  param  w: [H] ~ uniform(-0.5, 0.5)

  new = tanh(W @ (${or('z', '0.75')}*x) + (U*${or('D', '0.75')}) @ h_prev + ${or('e', '0')})
  h = ${or('m', '0.75')}*new + (1 - ${or('m', '0.75')})*h_prev
  y_hat = dot(w, h)

  output y_hat
  loss   0.5*(y_hat - y)^2
}
`;
};

const { path, put } = workshop();
const keys = [...'aabbbaaacbaccbbaaaabcbcabbbaacabbacbaabcaabbccab'];
const data = put('data.csv', csv({ v: wave(keys.length), who: keys }));
const noisy = put('noisy.rnn', cell(true));

async function begun(file: string, name: string, ...options: readonly string[]): Promise<RunFolder> {
  const run = path(name);
  rmSync(run, { recursive: true, force: true });
  const { code, err } = await rnnc(
    ...['train', file, '--data', data, '--forecast', 'v', '--key', 'who', '--out', run],
    ...['--batch', '2', '--window', '6', '--update-every', '4', '--epochs', '1', ...options],
  );
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return new RunFolder(run);
}

async function trainOn(folder: RunFolder, resumed: boolean, stop = Number.POSITIVE_INFINITY) {
  const configuration = readConfiguration(folder);
  const made = await readRunData(configuration);
  const network = await networkOf(configuration, made.series);
  const optimiser = optimiserOf(configuration.training);
  const from = resumed ? readCheckpoint(folder) : undefined;
  if (from !== undefined) {
    network.setParameters(from.parameters);
    optimiser.load(from.optimiser);
    network.updates = optimiser.updates;
  }
  const log: LogLine[] = [];
  let asked = 0;
  const options = { ...configuration.training, epochs: 3 };
  const outcome = await trainLoop(network, optimiser, made, options, from, {
    updated: () => {},
    wantsCheckpoint: () => false,
    checkpoint: () => {},
    logged: (line) => void log.push(line),
    interrupted: () => asked++ >= stop,
  });
  writeCheckpoint(folder, outcome.checkpoint, network.manifest);
  return { ...outcome, log };
}

it('a run with noise, interrupted anywhere, goes on to the numbers of one go, bit for bit', async () => {
  const folder = await begun(noisy, 'noisy-run', '--target', 'js');
  const whole = await trainOn(folder, false);
  const bytes = readFileSync(folder.file('checkpoint'));
  for (const stops of [[1, 7], [4], [9, 2, 3]]) {
    const log: LogLine[] = [];
    for (const [i, stop] of [...stops, Number.POSITIVE_INFINITY].entries()) {
      log.push(...(await trainOn(folder, i > 0, stop)).log);
    }
    expect(log).toEqual(whole.log);
    expect(readFileSync(folder.file('checkpoint')).equals(bytes)).toBe(true);
  }
});

it('rnnc train --resume goes on with the noise of one go', async () => {
  const whole = await begun(noisy, 'whole-run', '--epochs', '3');
  const parts = await begun(noisy, 'parts-run', '--epochs', '1');
  const { code, err } = await rnnc('train', '--resume', parts.path, '--epochs', '3');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [a, b] = [whole, parts].map((folder) => readFileSync(folder.file('checkpoint')));
  expect(a!.equals(b!)).toBe(true);
});

it('losses on held-out rows and predictions are those of the expectation', async () => {
  // So low a learning rate leaves the weights as they were drawn, alike for both.
  const options = ['--optimiser', 'sgd', '--learning-rate', '1e-30', '--holdout', '0.3'] as const;
  const plain = put('plain.rnn', cell(false));
  const folders = [await begun(noisy, 'with-run', ...options), await begun(plain, 'without-run', ...options)];
  const [a, b] = folders.map((folder) => {
    const [line] = readFileSync(folder.file('log'), 'utf8').trim().split('\n');
    return JSON.parse(line!) as { readonly trainingLoss: number; readonly heldOutLoss: number };
  });
  expect(a!.heldOutLoss).toBeCloseTo(b!.heldOutLoss, 6);
  expect(Math.abs(a!.trainingLoss - b!.trainingLoss)).toBeGreaterThan(1e-4);
  const texts = await Promise.all(
    folders.map(async ({ path: run }) => {
      const { code, out, err } = await rnnc('predict', run, '--data', data);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return out
        .split(/[\s,]+/)
        .map(Number)
        .filter(Number.isFinite);
    }),
  );
  expect(texts[0]!.length).toBeGreaterThan(0);
  expect(texts[0]!.length).toBe(texts[1]!.length);
  for (const [i, x] of texts[0]!.entries()) expect(x).toBeCloseTo(texts[1]![i]!, 4);
});
