import { expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { type Instance, instantiateSync } from '../../runtime/index.ts';
import { load } from '../zoo/files.ts';

const [steps, batch] = [8, 2];
const size = { I: 3, H: 4 };
const x = Float32Array.from({ length: steps * batch * size.I }, (_, i) => Math.sin(3 * i));

/** With the weights of the first that is made. */
function live(file: string, numbers: Readonly<Record<string, number>>, like?: Instance): Instance {
  const sizes = { ...size, ...numbers };
  const compiled = compile(load(file), { load, sizes, batch, window: steps, target: 'js' });
  return instantiateSync(compiled, { seed: 3, ...(like && { weights: like.parameters }) });
}
const run = (cell: Instance, mode: 'training' | 'evaluation') => {
  cell.start();
  return [...cell.forward({ x }, steps, { mode }).h!];
};

const zoneout = 'regularised/zoneout_lstm.rnn';
const plain = live('lstm.rnn', {});

it('zoneout that keeps nothing is an LSTM, in training and in evaluation', () => {
  const cell = live(zoneout, { z_c: 0, z_h: 0 }, plain);
  for (const mode of ['training', 'evaluation'] as const) {
    for (const [i, h] of run(plain, mode).entries()) expect(run(cell, mode)[i]).toBeCloseTo(h, 6);
  }
});

it('zoneout that keeps everything stays where it starts', () => {
  const cell = live(zoneout, { z_c: 1, z_h: 1 }, plain);
  cell.setState({ h: new Float32Array(8).fill(0.25), c: new Float32Array(8).fill(-2) });
  for (const mode of ['training', 'evaluation'] as const) {
    const { h } = cell.forward({ x }, steps, { mode });
    expect([...h!]).toEqual(new Array(steps * batch * size.H).fill(0.25));
  }
});

it.each([
  ['regularised/variational_lstm.rnn', 'lstm_stacked.rnn'],
  ['regularised/dropconnect_lstm.rnn', 'lstm.rnn'],
])('%s that drops nothing is %s', (file, other) => {
  const judge = live(other, {});
  const cell = live(file, { drop: 0 }, judge);
  for (const [i, h] of run(judge, 'training').entries()) expect(run(cell, 'training')[i]).toBeCloseTo(h, 6);
});

it('outputs of evaluation are near the mean of many draws', () => {
  const cell = live(zoneout, { z_c: 0.2, z_h: 0.1 });
  const expected = run(cell, 'evaluation');
  const sums = expected.map(() => 0);
  const count = 1500;
  for (let i = 0; i < count; i++) {
    cell.start([0, 1], [2 * i, 2 * i + 1]);
    cell.forward({ x }, steps).h!.forEach((h, k) => {
      sums[k]! += h / count;
    });
  }
  const size = Math.max(...expected.map(Math.abs));
  for (const [k, sum] of sums.entries()) expect(Math.abs(sum - expected[k]!)).toBeLessThan(0.1 * size);
});

it('a mask per sequence is the same at all steps, another one in the next sequence', () => {
  const text =
    'cell Shown(H) {\n  input x: []\n  noise z: [H] ~ bernoulli(0.5) per sequence\n  output z, y = x\n}\n';
  const compiled = compile({ name: 'shown.rnn', text }, { sizes: { H: 40 }, window: 3, target: 'js' });
  const cell = instantiateSync(compiled);
  const masks = [0, 1].map(() => {
    cell.start();
    const all = [0, 1].flatMap(() => [...cell.forward({ x: [1, 2, 3] }, 3).z!]);
    const steps = Array.from({ length: 6 }, (_, t) => all.slice(40 * t, 40 * (t + 1)).join(''));
    expect(new Set(steps).size).toBe(1);
    return steps[0];
  });
  expect(masks[0]).not.toBe(masks[1]);
});
