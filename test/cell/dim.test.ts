import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDims,
  constantDim,
  type Dim,
  divideDims,
  evaluateDim,
  formatDim,
  isAtLeast,
  multiplyDims,
  namedDim,
  replaceNames,
  sameDim,
  subtractDims,
} from '../../compiler/cell/dim.ts';

/** A size with its meaning: a number for given H, I, K, as a fraction so that nothing is rounded. */
interface Case {
  readonly dim: Dim;
  readonly text: string;
  readonly value: (sizes: ReadonlyMap<string, number>) => readonly [above: bigint, below: bigint];
}

const names = ['H', 'I', 'K'];
const leaf: fc.Arbitrary<Case> = fc.oneof(
  fc
    .integer({ min: 0, max: 6 })
    .map((n): Case => ({ dim: constantDim(n), text: `${n}`, value: () => [BigInt(n), 1n] })),
  fc.constantFrom(...names).map(
    (name): Case => ({
      dim: namedDim(name),
      text: name,
      value: (sizes) => [BigInt(sizes.get(name)!), 1n],
    }),
  ),
);

function grown(inner: fc.Arbitrary<Case>): fc.Arbitrary<Case> {
  const both = (
    sign: string,
    of: (a: Dim, b: Dim) => Dim,
    value: (a: bigint, b: bigint, c: bigint, d: bigint) => readonly [bigint, bigint],
  ) =>
    fc.tuple(inner, inner).map(
      ([x, y]): Case => ({
        dim: of(x.dim, y.dim),
        text: `(${x.text} ${sign} ${y.text})`,
        value: (sizes) => value(...x.value(sizes), ...y.value(sizes)),
      }),
    );
  const divided = fc.tuple(inner, fc.integer({ min: 1, max: 4 }), fc.constantFrom(...names)).map(
    ([x, n, name]): Case => ({
      dim: divideDims(x.dim, multiplyDims(constantDim(n), namedDim(name)))!,
      text: `(${x.text} / (${n}*${name}))`,
      value: (sizes) => {
        const [above, below] = x.value(sizes);
        return [above, below * BigInt(n) * BigInt(sizes.get(name)!)];
      },
    }),
  );
  return fc.oneof(
    both('+', addDims, (a, b, c, d) => [a * d + c * b, b * d]),
    both('-', subtractDims, (a, b, c, d) => [a * d - c * b, b * d]),
    both('*', multiplyDims, (a, b, c, d) => [a * c, b * d]),
    divided,
  );
}

const cases = grown(fc.oneof(leaf, grown(fc.oneof(leaf, grown(leaf)))));
const sizes = fc
  .tuple(...names.map(() => fc.integer({ min: 1, max: 9 })))
  .map((values) => new Map(names.map((name, i) => [name, values[i]!])));

const quotient = ([above, below]: readonly [bigint, bigint]) =>
  above % below === 0n ? Number(above / below) : Number(above) / Number(below);

describe('the normal form of sizes', () => {
  test('has the value of what it was built from', () => {
    fc.assert(
      fc.property(cases, sizes, (c, at) => {
        const expected = quotient(c.value(at));
        const found = evaluateDim(c.dim, at);
        // Whole numbers exactly; fractions as near as one division gives.
        expect(Number.isInteger(found)).toBe(Number.isInteger(expected));
        expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-12 * Math.abs(expected));
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test('is the same for two ways of writing one size', () => {
    const h = namedDim('H');
    const i = namedDim('I');
    const two = constantDim(2);
    expect(sameDim(addDims(h, multiplyDims(constantDim(4), h)), multiplyDims(constantDim(5), h))).toBe(true);
    expect(sameDim(subtractDims(addDims(i, h), i), h)).toBe(true);
    expect(sameDim(multiplyDims(divideDims(h, two)!, two), h)).toBe(true);
    const square = multiplyDims(addDims(h, i), addDims(h, i));
    const expanded = addDims(multiplyDims(h, h), multiplyDims(two, multiplyDims(h, i)), multiplyDims(i, i));
    expect(sameDim(square, expanded)).toBe(true);
    expect(sameDim(h, i)).toBe(false);
  });

  test('two sizes are the same exactly where their difference has no terms', () => {
    fc.assert(
      fc.property(cases, cases, (a, b) => {
        expect(sameDim(a.dim, b.dim)).toBe(subtractDims(a.dim, b.dim).terms.length === 0);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  test('sums of fractions come out whole', () => {
    const thirds = addDims(
      ...Array.from({ length: 3 }, (_, k) => divideDims(namedDim(names[k]!), constantDim(3))!),
    );
    expect(
      evaluateDim(
        thirds,
        new Map([
          ['H', 1],
          ['I', 1],
          ['K', 4],
        ]),
      ),
    ).toBe(2);
  });

  test('putting sizes in place of names keeps the value', () => {
    fc.assert(
      fc.property(cases, sizes, (c, at) => {
        const replacements = new Map([
          ['H', multiplyDims(constantDim(2), namedDim('I'))],
          ['I', namedDim('K')],
        ]);
        const replaced = replaceNames(c.dim, replacements);
        fc.pre(replaced !== undefined);
        const inner = new Map([
          ['H', 2 * at.get('I')!],
          ['I', at.get('K')!],
          ['K', at.get('K')!],
        ]);
        expect(evaluateDim(replaced, at)).toBeCloseTo(evaluateDim(c.dim, inner), 9);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  test('a sum cannot become a divisor', () => {
    const d = divideDims(namedDim('D'), namedDim('N'))!;
    expect(replaceNames(d, new Map([['N', addDims(namedDim('H'), namedDim('I'))]]))).toBeUndefined();
  });

  test('what it says about being large enough holds for every size', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 3 }), sizes, (c, least, at) => {
        const said = isAtLeast(c.dim, least);
        const value = evaluateDim(c.dim, at);
        const isSo = Number.isInteger(value) && value >= least;
        if (said !== 'sizes') expect(isSo).toBe(said === 'always');
      }),
      { numRuns: 1000, seed: 4 },
    );
  });

  test('decides the usual cases', () => {
    const h = namedDim('H');
    const minus = (n: number) => subtractDims(h, constantDim(n));
    expect(isAtLeast(h, 1)).toBe('always');
    expect(isAtLeast(subtractDims(multiplyDims(constantDim(2), h), constantDim(1)), 1)).toBe('always');
    expect(isAtLeast(subtractDims(multiplyDims(h, h), h), 0)).toBe('always');
    expect(isAtLeast(minus(1), 1)).toBe('sizes');
    expect(isAtLeast(subtractDims(constantDim(0), h), 0)).toBe('never');
    expect(isAtLeast(divideDims(h, constantDim(2))!, 1)).toBe('sizes');
  });

  test('is written as a person would', () => {
    const h = namedDim('H');
    expect(formatDim(multiplyDims(constantDim(4), h))).toBe('4*H');
    expect(formatDim(subtractDims(h, constantDim(1)))).toBe('H - 1');
    expect(formatDim(divideDims(h, constantDim(2))!)).toBe('H/2');
    expect(formatDim(constantDim(0))).toBe('0');
  });
});
