import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArrayAlgebra, arrayFunctions } from '../../compiler/ops/array.ts';
import { mathOps } from '../../compiler/ops/math.ts';

type Vector = readonly number[];

/** The formulas run on plain vectors. */
const vectors: ArrayAlgebra<Vector> = {
  map: (op, ...args) => {
    const length = Math.max(...args.map((arg) => (typeof arg === 'number' ? 1 : arg.length)));
    const entry = (arg: Vector | number, i: number) => (typeof arg === 'number' ? arg : arg[i]!);
    return Array.from({ length }, (_, i) => mathOps.get(op)!.evaluate(...args.map((arg) => entry(arg, i))));
  },
  constant: (value) => [value],
  sum: (x) => [x.reduce((total, entry) => total + entry, 0)],
  max: (x) => [Math.max(...x)],
  spread: (y, x) => x.map(() => y[0]!),
  count: (x) => [x.length],
  running: (x) => x.map((_, i) => x.slice(0, i + 1).reduce((total, entry) => total + entry, 0)),
};

const call = (name: string, x: Vector) => arrayFunctions.get(name)!.build(vectors, [x], undefined);

function expectClose(got: Vector, expected: Vector) {
  expect(got).toHaveLength(expected.length);
  got.forEach((entry, i) => {
    expect(entry).toBeCloseTo(expected[i]!, 10);
  });
}

describe('functions of arrays', () => {
  it.each([
    ['sum', [1, 2, 4], [7]],
    ['mean', [1, 2, 6], [3]],
    ['max', [1, 5, 2], [5]],
    ['min', [1, 5, -2], [-2]],
    ['norm', [3, -4], [5]],
    ['cumsum', [1, 2, 4], [1, 3, 7]],
    ['softmax', [0, Math.log(3)], [0.25, 0.75]],
    ['softmax', [1000, 1000], [0.5, 0.5]],
    ['log_softmax', [0, Math.log(3)], [Math.log(0.25), Math.log(0.75)]],
    ['log_softmax', [-1000, 0], [-1000, 0]],
    ['logsumexp', [Math.log(2), Math.log(5)], [Math.log(7)]],
    ['logsumexp', [1000, 1000], [1000 + Math.LN2]],
    ['layer_norm', [1, 3], [-1 / Math.sqrt(1 + 1e-5), 1 / Math.sqrt(1 + 1e-5)]],
    ['rms_norm', [3, 4, 0, 0], [3 / Math.sqrt(6.25 + 1e-5), 4 / Math.sqrt(6.25 + 1e-5), 0, 0]],
  ])('%s(%j) is %j', (name, x, expected) => {
    expectClose(call(name, x), expected);
  });

  const vector = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 9 });
  const runs = { seed: 14, numRuns: 200 };

  it('softmax sums to 1 and does not change when all entries move together', () => {
    fc.assert(
      fc.property(vector, fc.double({ min: -50, max: 50, noNaN: true }), (x, shift) => {
        expectClose(vectors.sum(call('softmax', x)), [1]);
        const moved = x.map((entry) => entry + shift);
        expectClose(call('softmax', moved), call('softmax', x));
      }),
      runs,
    );
  });

  it('layer_norm has mean 0', () => {
    fc.assert(
      fc.property(vector, (x) => {
        expectClose(vectors.sum(call('layer_norm', x)), [0]);
      }),
      runs,
    );
  });
});
