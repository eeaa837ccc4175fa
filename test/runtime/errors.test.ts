import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { instantiateSync, runtimeErrors, sgd, windows } from '../../runtime/index.ts';
import { linearCell } from './linearCell.ts';

const cell = () => instantiateSync(linearCell({ batch: 2, window: 4 }));
const inference = () => instantiateSync(linearCell({ batch: 2, window: 4, training: false }));
const withoutTargets = () => {
  const compiled = linearCell({ batch: 2, window: 4 });
  return instantiateSync({ ...compiled, manifest: { ...compiled.manifest, targets: [] } });
};
const tokens = () => instantiateSync(linearCell({ batch: 2, window: 4, classes: 5 }));

const cases: readonly [what: string, run: () => unknown, message: RegExp][] = [
  [
    'an input of another length',
    () => cell().forward(new Float32Array(7), 4),
    /RNN501 {2}input x must hold 8 numbers, \[steps, batch\] with steps = 4, batch = 2; it holds 7\./,
  ],
  ['a step of another length', () => cell().step([1, 2, 3]), /RNN501 .*x must hold 2/],
  [
    'one number missing',
    () => instantiateSync(linearCell({ window: 1 })).step([]),
    /RNN501 {2}input x must hold 1 number, \[steps, batch\] with steps = 1, batch = 1; it holds 0\./,
  ],
  [
    'a number for an array',
    () => cell().forward({ x: 5 } as never, 1),
    /RNN501 {2}input x must hold 2 numbers, .*; it is 5, not an array\./,
  ],
  [
    'nothing for an array',
    () => instantiateSync(linearCell(), { weights: { w: null } } as never),
    /RNN501 .*w must hold 1 number.*; it is null, not an array\./,
  ],
  [
    'targets for a cell that reads none',
    () => withoutTargets().forward([1, 2], 1, { targets: [1, 2] }),
    /RNN530 {2}The cell has no targets, and 2 numbers are given as such\. Leave them out\./,
  ],
  ['more steps than the window', () => cell().forward([], 5), /RNN502 .*window, 4; got 5/],
  ['no steps', () => cell().forward([], 0), /RNN502/],
  ['half a step', () => cell().forward([1], 0.5), /RNN502/],
  [
    'a class out of range',
    () => tokens().forward([0, 1, 2, 5], 2),
    /RNN503 {2}input x at step 1, row 1 is 5; it must be a whole number from 0 to 4\./,
  ],
  ['a class that is not whole', () => tokens().step([0, 1.5]), /RNN503 .*step 0, row 1 is 1.5/],
  ['a class that is not a number', () => tokens().step([Number.NaN, 1]), /RNN503 .*row 0 is NaN/],
  [
    'weights of an unknown name',
    () => instantiateSync(linearCell(), { weights: { W: [1] } }),
    /RNN504 {2}The cell has no parameter W; it has w, h0\./,
  ],
  [
    'weights of another size',
    () => instantiateSync(linearCell(), { weights: { w: [1, 2] } }),
    /RNN501 .*w must hold 1/,
  ],
  ['an unknown input', () => cell().forward({ x: [0, 0], z: [1] }, 1), /RNN504 .*no input z; it has x/],
  ['null for inputs', () => cell().forward(null as never, 1), /RNN505 {2}The input x is missing/],
  [
    'a number for targets',
    () => cell().forward([1, 2], 1, { targets: 3 as never }),
    /RNN509 {2}targets must be .*got 3/,
  ],
  ['no input', () => cell().forward({}, 1), /RNN505 {2}The input x is missing/],
  ['backward before forward', () => cell().backward(), /RNN506/],
  [
    'backward after a step',
    () => {
      const live = cell();
      live.forward([1, 2], 1);
      live.step([1, 2]);
      live.backward({ outputCotangents: [1, 1] });
    },
    /RNN506/,
  ],
  ['backward without training', () => inference().backward(), /RNN507 {2}Linear was compiled for inference/],
  [
    'a loss without targets',
    () => {
      const live = cell();
      live.forward([1, 2], 1);
      live.backward();
    },
    /RNN508 .*targets/,
  ],
  [
    'an unknown output',
    () => cell().evaluate([1, 2], 1, { collect: ['q'] }),
    /RNN504 .*no output q; it has h/,
  ],
  ['a row out of range', () => cell().start([2]), /RNN509 {2}row must be whole, from 0 to 1; got 2/],
  ['a seed that is not whole', () => instantiateSync(linearCell(), { seed: 0.5 }), /RNN509 {2}seed/],
  ['a learning rate of 0', () => sgd({ learningRate: 0 }), /RNN509 {2}learningRate/],
  [
    'k2 below k1',
    () => [...windows(cell(), { inputs: [1, 2], targets: [1, 2], steps: 1 }, { k1: 2, k2: 1 })],
    /RNN509 {2}k2 must be a whole number of at least k1, 2; got 1/,
  ],
  [
    'k2 above the window',
    () => [...windows(cell(), { inputs: [], targets: [], steps: 9 }, { k1: 2, k2: 5 })],
    /RNN509 {2}k2 must be at most the compiled window, 4; got 5/,
  ],
  [
    'a weight below 0',
    () => {
      const live = cell();
      live.forward([1, 2], 1, { targets: [1, 2] });
      live.meanLoss([1, -1]);
    },
    /RNN509 {2}lossWeights at step 0, row 1/,
  ],
  [
    'an input that makes the loss NaN',
    () => [...windows(cell(), { inputs: [1, 2, 3, Number.NaN], targets: [0, 0, 0, 0], steps: 2 }, { k1: 1 })],
    /RNN510 {2}The loss at step 1, row 1 is NaN\. Input x is not finite there/,
  ],
  [
    'a state that overflows',
    () => [
      ...windows(
        instantiateSync(linearCell({ w: 1e30, window: 4 })),
        { inputs: [1, 1, 1, 1], targets: [0, 0, 0, 0], steps: 4 },
        { k1: 4 },
      ),
    ],
    /RNN510 {2}The loss at step 1, row 0 is Infinity\. .*Lower the learning rate, or clip/,
  ],
  [
    'a gradient that overflows',
    () => [
      ...windows(
        instantiateSync(linearCell({ w: 1e15, window: 4 })),
        { inputs: [1, 0, 0], targets: [0, 0, 0], steps: 3, lossWeights: [0, 1, 0] },
        { k1: 3 },
      ),
      ...windows(
        instantiateSync(linearCell({ w: 1e19, window: 4 })),
        { inputs: [2e19, 0], targets: [0, 3e38], steps: 2, lossWeights: [0, 1] },
        { k1: 2 },
      ),
    ],
    /RNN51[01] .*Lower the learning rate, or clip/,
  ],
];

describe('runtime errors', () => {
  it.each(cases)('%s', (_, run, message) => {
    expect(run).toThrow(message);
    expect(run).toThrow(
      expect.objectContaining({ name: 'RuntimeError', code: expect.stringMatching(/^RNN5/) }),
    );
  });

  it('have codes of their own', () => {
    const codes = Object.values(runtimeErrors).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('are listed in docs/runtime.md', () => {
    const docs = readFileSync(new URL('../../docs/runtime.md', import.meta.url), 'utf8');
    const listed = docs.match(/^\| `RNN5\d\d` \| .* \|$/gm);
    expect(listed).toEqual(Object.values(runtimeErrors).map(({ code, doc }) => `| \`${code}\` | ${doc} |`));
  });

  it('leave the state as it was', () => {
    const live = cell();
    live.forward([1, 2], 1);
    const before = live.saveState();
    expect(() => live.forward([1], 1)).toThrow('RNN501');
    expect(live.saveState()).toEqual(before);
  });
});
