import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipByGlobalNorm, clipByParameterNorm, clipByValue, rescaleToNorm } from '../../runtime/index.ts';

const gradients = (...arrays: readonly (readonly number[])[]) =>
  Object.fromEntries(arrays.map((values, i) => [`p${i}`, Float32Array.from(values)]));
const plain = (of: Record<string, Float32Array>) => Object.values(of).map((values) => [...values]);
const norm = (...values: readonly number[]) => Math.hypot(...values);

describe('clipping', () => {
  it('by global norm scales all by one factor', () => {
    const g = gradients([3, 0], [4]);
    expect(clipByGlobalNorm(2.5).apply(g)).toBe(true);
    expect(plain(g)).toEqual([[1.5, 0], [2]]);
  });

  it('by norm per parameter scales each by its own', () => {
    const g = gradients([3, 4], [0.5], [0, 0]);
    expect(clipByParameterNorm(2.5).apply(g)).toBe(true);
    expect(plain(g)).toEqual([[1.5, 2], [0.5], [0, 0]]);
  });

  it('by value cuts entries', () => {
    const g = gradients([-3, 0.5], [1, 2]);
    expect(clipByValue(1).apply(g)).toBe(true);
    expect(plain(g)).toEqual([
      [-1, 0.5],
      [1, 1],
    ]);
  });

  it('rescales always, upwards too', () => {
    const g = gradients([0.3, 0], [0.4]);
    expect(rescaleToNorm(5).apply(g)).toBe(true);
    expect(g.p0![0]).toBeCloseTo(3, 6);
    expect(g.p1![0]).toBeCloseTo(4, 6);
  });

  it.each([clipByGlobalNorm, clipByParameterNorm, clipByValue])(
    'at or under the limit %o changes no bit and counts nothing',
    (clipper) => {
      for (const values of [
        [3, 4],
        [-0, 5],
        [1e-45, 1e-25],
      ]) {
        const g = gradients(values);
        const clip = clipper(5);
        expect(clip.apply(g)).toBe(false);
        expect(
          Object.is(g.p0![0], Math.fround(values[0]!)) && Object.is(g.p0![1], Math.fround(values[1]!)),
        ).toBe(true);
        expect(clip.report).toMatchObject({ updates: 1, clipped: 0 });
      }
    },
  );

  it('leaves zeros zeros', () => {
    for (const clip of [clipByGlobalNorm(1), clipByParameterNorm(1), clipByValue(1), rescaleToNorm(1)]) {
      const g = gradients([0, 0], [0]);
      expect(clip.apply(g)).toBe(false);
      expect(plain(g)).toEqual([[0, 0], [0]]);
    }
  });

  it('is not broken by entries of 1e25 and 1e-25', () => {
    const entry = fc.constantFrom(1e25, -1e25, 3e25, 1e-25, -1e-25, 2e-25, 1, 0, 3e38, 1e-45);
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 6 }), fc.boolean(), (values, always) => {
        const before = values.map(Math.fround);
        fc.pre(norm(...before) > 1e-40);
        const g = gradients(values);
        (always ? rescaleToNorm(1) : clipByGlobalNorm(1)).apply(g);
        const after = norm(...g.p0!);
        const expected = always ? 1 : Math.min(1, norm(...before));
        expect(Math.abs(after / expected - 1)).toBeLessThan(1e-6);
        const largest = before.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
        expect(Math.sign(g.p0![before.indexOf(largest)]!)).toBe(Math.sign(largest));
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it('reports how often it clipped, and the largest it met', () => {
    const clip = clipByGlobalNorm(1);
    for (const values of [[0.5], [2], [7], [1]]) clip.apply(gradients(values));
    expect(clip.report).toEqual({ updates: 4, clipped: 2, largest: 7 });
  });

  it('stops at entries that are not finite, naming the parameter, and changes nothing', () => {
    for (const clip of [clipByGlobalNorm(1), clipByParameterNorm(1), clipByValue(1), rescaleToNorm(1)]) {
      const g = gradients([5], [1, Number.NaN]);
      expect(() => clip.apply(g)).toThrow(/RNN511 {2}The gradient of p1 is NaN at its entry 1/);
      expect(plain(g)[0]).toEqual([5]);
    }
  });

  it('refuses limits that are none', () => {
    for (const limit of [0, -1, Number.NaN]) {
      for (const make of [clipByGlobalNorm, clipByParameterNorm, clipByValue, rescaleToNorm]) {
        expect(() => make(limit)).toThrow('RNN509');
      }
    }
  });
});
