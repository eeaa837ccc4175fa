import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelsFor } from '../../runtime/kernels.ts';
import { cut, largestOf, scale, squaresOf } from '../../runtime/passes.ts';
import { bitsOf, kernelMemory } from './flat.ts';

const finite = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    ...[0, -0, 2 ** -149, -(2 ** -149), 2 ** -126, 1e25, -1e25, 3.4e38, -3.4e38].map(Math.fround),
  ),
);
const entries = fc.array(finite, { maxLength: 40 });
const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);

/** `values` where kernels work, `start` lanes behind the beginning, ones around them; and the same in an array. */
function both(values: readonly number[], start: number) {
  const around = new Float32Array(kernelMemory(4 * (start + values.length + 8)));
  const inMemory = around.subarray(start, start + values.length);
  inMemory.set(values);
  expect(kernelsFor(inMemory)).toBeDefined();
  const plain = Float32Array.from(values);
  expect(kernelsFor(plain)).toBeUndefined();
  const restIsOnes = () =>
    [...around.subarray(0, start), ...around.subarray(start + values.length)].every((value) => value === 1);
  return { inMemory, plain, restIsOnes };
}

describe('passes over entries', () => {
  it('squares are summed by eight running values, joined in three steps', () => {
    fc.assert(
      fc.property(entries, (values) => {
        const [r0, r1, r2, r3, r4, r5, r6, r7] = [0, 1, 2, 3, 4, 5, 6, 7].map((j) =>
          values.filter((_, i) => i % 8 === j).reduce((sum, value) => sum + value * value, 0),
        ) as [number, number, number, number, number, number, number, number];
        const expected = r0 + r4 + (r2 + r6) + (r1 + r5 + (r3 + r7));
        expect(squaresOf(Float32Array.from(values))).toBe(expected);
      }),
      { numRuns: 200, seed: 1 },
    );
    expect(squaresOf(new Float32Array())).toBe(0);
  });

  it('tell in kernels what they tell in JavaScript, to the bit', () => {
    fc.assert(
      fc.property(entries, fc.nat(4), (values, start) => {
        const { inMemory, plain } = both(values, start);
        expect(squaresOf(inMemory)).toBe(squaresOf(plain));
        expect(largestOf(inMemory)).toBe(largestOf(plain));
        expect(largestOf(plain)).toBe(Math.max(0, ...values.map(Math.abs)));
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it('change in kernels what they change in JavaScript, to the bit, and nothing beside', () => {
    const factors = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(1e-60, 1e60, 1),
    );
    const limits = fc.oneof(
      fc.double({ min: 0, minExcluded: true, max: 1e39, noNaN: true }),
      fc.constantFrom(0.1, 1e-50, 2 ** -149, 1e25, Number.POSITIVE_INFINITY),
    );
    fc.assert(
      fc.property(entries, fc.nat(4), factors, limits, (values, start, factor, limit) => {
        for (const change of [
          (of: Float32Array) => scale(of, factor),
          (of: Float32Array) => cut(of, limit),
        ]) {
          const { inMemory, plain, restIsOnes } = both(values, start);
          change(inMemory);
          change(plain);
          expect(bitsOf(inMemory)).toEqual(bitsOf(plain));
          expect(restIsOnes()).toBe(true);
        }
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('see one bad entry anywhere', () => {
    fc.assert(
      fc.property(entries, entries, bad, fc.nat(4), (before, after, value, start) => {
        const spoilt = [...before, value, ...after];
        const { inMemory, plain } = both(spoilt, start);
        for (const of of [inMemory, plain]) {
          expect(Number.isFinite(squaresOf(of))).toBe(false);
          expect(Number.isFinite(largestOf(of))).toBe(false);
        }
        expect(largestOf(inMemory)).toBe(largestOf(plain));
      }),
      { numRuns: 200, seed: 4 },
    );
  });
});
