import { describe, expect, it } from 'vitest';
import {
  evaluate,
  evaluateAsync,
  instantiate,
  instantiateSync,
  saveWeights,
  sgd,
  trainEpoch,
  trainEpochAsync,
  windows,
} from '../../runtime/index.ts';
import { linearCell } from './linearCell.ts';

/*
 * Options that there are not, as a caller in plain JavaScript may write them.
 */

const cell = () => instantiateSync(linearCell({ window: 4 }));
const sequence = { inputs: [1, 2], targets: [1, 2], steps: 2 };
const inputs = [1, 2];
const as = <T>(given: object): T => given as T;

const misspelled: readonly [call: string, run: () => unknown, says: RegExp][] = [
  ['instantiateSync', () => instantiateSync(linearCell(), as({ sed: 1 })), /no option sed; .*seed, weights/],
  [
    'windows',
    () => [...windows(cell(), sequence, as({ k1: 1, K2: 8 }))],
    /no option K2; .*k1, k2, carry, at/,
  ],
  [
    'a sequence',
    () => [...windows(cell(), as({ ...sequence, step: 1 }), { k1: 1 })],
    /no option step; .*steps/,
  ],
  ['evaluate', () => evaluate(cell(), inputs, 2, as({ chunks: 1 })), /no option chunks; .*chunk/],
  [
    'Instance.evaluate',
    () => cell().evaluate(inputs, 2, as({ colect: true })),
    /no option colect; .*collect/,
  ],
  [
    'trainEpoch',
    () => trainEpoch(cell(), sequence, as({ k1: 1, optimiser: sgd(), clipp: 1 })),
    /no option clipp; .*optimiser, clip/,
  ],
  ['forward', () => cell().forward(inputs, 2, as({ target: [1] })), /no option target; .*targets/],
  [
    'backward',
    () => {
      const live = cell();
      live.forward(inputs, 2, { targets: inputs });
      live.backward(as({ losScale: 2 }));
    },
    /no option losScale; .*lossScale/,
  ],
  ['saveWeights', () => saveWeights(cell(), as({ meta: {} })), /no option meta; .*metadata/],
];

describe('misspelled options', () => {
  it.each(misspelled)('of %s are refused', (_, run, says) => {
    expect(run).toThrow(expect.objectContaining({ name: 'RuntimeError', code: 'RNN518' }));
    expect(run).toThrow(says);
  });

  it('are refused by the asynchronous calls too', async () => {
    const wrong = { code: 'RNN518' };
    await expect(instantiate(linearCell(), as({ sed: 1 }))).rejects.toMatchObject(wrong);
    await expect(evaluateAsync(cell(), inputs, 2, as({ chunks: 1 }))).rejects.toMatchObject(wrong);
    const options = as<Parameters<typeof trainEpochAsync>[2]>({ k1: 1, optimiser: sgd(), K2: 1 });
    await expect(trainEpochAsync(cell(), sequence, options)).rejects.toMatchObject(wrong);
  });

  it('leave a live cell as it was', () => {
    const live = cell();
    live.forward(inputs, 2);
    const before = live.saveState();
    expect(() => live.forward(inputs, 2, as({ target: [1] }))).toThrow('RNN518');
    expect(live.saveState()).toEqual(before);
  });
});

describe('what is missing or no number', () => {
  it('is said to be missing', () => {
    const no = as<never>({});
    expect(() => [...windows(cell(), sequence, no)]).toThrow(/RNN509 {2}k1 is missing; it must be/);
    expect(() => [...windows(cell(), as({ targets: [1, 2], steps: 2 }), { k1: 1 })]).toThrow(
      /RNN505 {2}The input x is missing\. .*steps = 2/,
    );
    const { steps: _, ...endless } = sequence;
    expect(() => [...windows(cell(), as(endless), { k1: 1 })]).toThrow(
      /RNN509 {2}steps is missing; it must be/,
    );
    const none = undefined as never;
    expect(() => evaluate(cell(), none, 2)).toThrow(/RNN505 {2}The input x is missing/);
    expect(() => cell().forward(none, 2)).toThrow(/RNN505 {2}The input x is missing/);
    expect(() => [...windows(cell(), sequence, none)]).toThrow(/RNN509 {2}the options of windows/);
    expect(() => trainEpoch(cell(), sequence, as({ k1: 1 }))).toThrow(/RNN509 {2}optimiser is missing/);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -Infinity, 1e39])('weights of %s are refused', (value) => {
    const refuses = { code: 'RNN520', message: expect.stringContaining(`w is ${value} at its entry 0`) };
    expect(() => instantiateSync(linearCell(), { weights: { w: [value] } })).toThrow(
      expect.objectContaining(refuses),
    );
    const live = cell();
    const before = live.parameters.h0!.slice();
    expect(() => live.setParameters({ h0: [0.25], w: [value] })).toThrow('RNN520');
    expect(live.parameters.h0).toEqual(before);
  });
});
