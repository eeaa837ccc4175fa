import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/compile.ts';
import { instantiateSync } from '../../runtime/index.ts';
import { kernelTargets, numbers, run } from '../cli/cases.ts';
import { rnnc, scratch } from '../cli/support.ts';

const { file } = scratch();
const targets = ['evaluate', ...kernelTargets] as const;
const text = `cell Noisy() {
  input x: []
  noise m: [] ~ bernoulli(0.25) per step
  noise q: [] ~ normal(2, 1) per sequence
  noise d: [] ~ uniform(0, 1) per update
  param w: [] = 3
  state h: []
  h = m*h_prev + w*d*x + q
  output h
}
`;
const base = {
  format: 'rnnc-case-1',
  steps: 2,
  batch: 2,
  parameters: { w: 3 },
  inputs: {
    x: [
      [1, 2],
      [3, 4],
    ],
  },
};
const cotangents = {
  outputs: {
    h: [
      [1, 1],
      [1, 1],
    ],
  },
};

describe('a case with noise', () => {
  it.each(targets)('that it gives itself, by hand, %s', async (target) => {
    const noise = {
      m: [
        [1, 1],
        [1, 0],
      ],
      q: [10, 20],
      d: 0.5,
    };
    const { result } = await run(file, file('noisy.rnn', text), { ...base, noise, cotangents }, target);
    // Row 0: 3*0.5*1 + 10, then that + 1.5*3 + 10. Row 1: 1.5*2 + 20, then 1.5*4 + 20.
    expect(numbers(result.outputs.h, 2, 2)).toEqual([11.5, 23, 26, 26]);
    // Row 0: d*(x0 + x0 + x1) = 0.5*5; row 1: d*(x0 + x1) = 0.5*6.
    expect(numbers(result.gradients!.parameters.w)).toEqual([5.5]);
    expect(result).not.toHaveProperty('noise');
  });

  it.each(targets)('with its expectation, %s', async (target) => {
    const { result } = await run(
      file,
      file('noisy.rnn', text),
      { ...base, noise: 'expected', cotangents },
      target,
    );
    expect(numbers(result.outputs.h, 2, 2)).toEqual([3.5, 5, 0.25 * 3.5 + 6.5, 0.25 * 5 + 8]);
  });

  it.each(targets)('that the seed draws, as the runtime does, %s', async (target) => {
    const data = { ...base, seed: 5, sequences: [7, 3], stepsBefore: [0, 4], cotangents: {} };
    const { result } = await run(file, file('noisy.rnn', text), data, target);
    const compiled = compile({ name: 'noisy.rnn', text }, { batch: 2, window: 6, target: 'js' });
    const instance = instantiateSync(compiled, { seed: 5, weights: { w: [3] } });
    // Row 1 has done four steps before, from which nothing remains but their number.
    instance.start([1], [3]);
    instance.forward({ x: new Float32Array(8) }, 4);
    instance.start([0], [7]);
    instance.setState({ h: [0, 0] });
    const { h } = instance.forward({ x: [1, 2, 3, 4] }, 2);
    const close = numbers(result.outputs.h, 2, 2).map((x, i) => Math.abs(Math.fround(x) - h![i]!));
    expect(Math.max(...close)).toBeLessThanOrEqual(target === 'evaluate' ? 1e-5 : 0);
    const { noise } = result as unknown as { noise: Record<string, { shape: number[] }> };
    expect(Object.entries(noise).map(([name, { shape }]) => [name, shape])).toEqual([
      ['m', [2, 2]],
      ['q', [2]],
      ['d', []],
    ]);
  });

  it('that it neither gives nor draws is told what is missing', async () => {
    const path = file(
      'case.json',
      JSON.stringify({
        ...base,
        noise: {
          m: [
            [1, 1],
            [1, 0],
          ],
          q: [[1], [2]],
        },
      }),
    );
    const { code, err } = await rnnc('run', file('noisy.rnn', text), '--data', path);
    expect(code).toBe(1);
    expect(err).toContain('RNN605  The noise q must be [B] = [2], and is [2, 1]');
    expect(err).toContain('RNN604  The noise d is missing');
    expect(err).toContain('"noise": "expected"');
  });
});

it('a gradient check holds noise still', async () => {
  const { code, out } = await rnnc('gradcheck', file('noisy.rnn', text), '--steps', '4', '--batch', '3');
  expect(out).toContain('passed');
  expect(out).not.toContain('parameter d');
  expect(code).toBe(0);
});
