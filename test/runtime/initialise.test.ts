import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InitialiserFormula, ManifestParameter } from '../../compiler/module/manifest.ts';
import { mathOps } from '../../compiler/ops/math.ts';
import { formulas } from '../../runtime/formulas.ts';
import { initialise } from '../../runtime/initialise.ts';
import { nextBits, Random } from '../../runtime/random.ts';
import { spectralRadius } from '../../runtime/spectral.ts';

type Distribution = Extract<InitialiserFormula, { kind: 'draw' }>['distribution'];

const number = (value: number): InitialiserFormula => ({ kind: 'number', value });
const drawn = (distribution: Distribution, ...args: number[]): InitialiserFormula => ({
  kind: 'draw',
  distribution,
  args: args.map(number),
});
const apply = (op: string, ...args: InitialiserFormula[]): InitialiserFormula => ({
  kind: 'apply',
  op,
  args,
});
const parameter = (shape: readonly number[], initialiser: InitialiserFormula): ManifestParameter => ({
  name: 'W',
  shape,
  frozen: false,
  buffer: 'W',
  initialiser,
});
const start = (shape: readonly number[], initialiser: InitialiserFormula, seed = 1) =>
  initialise(parameter(shape, initialiser), new Random(seed, 'W'));
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: Float64Array) => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

/** [rows, columns] times its transpose. */
function gram(matrix: Float64Array, rows: number, columns: number): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: rows }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += matrix[i * columns + k]! * matrix[j * columns + k]!;
      return sum;
    }),
  );
}

function expectIdentity(matrix: readonly (readonly number[])[]): void {
  for (const [i, row] of matrix.entries()) {
    for (const [j, value] of row.entries()) expect(value).toBeCloseTo(i === j ? 1 : 0, 12);
  }
}

const transposed = (matrix: Float64Array, rows: number, columns: number) =>
  new Float64Array(rows * columns).map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);

describe('random numbers', () => {
  it('repeat for a seed and a stream, and differ for others', () => {
    const first = (seed: number, stream: string) => {
      const random = new Random(seed, stream);
      return Array.from({ length: 5 }, () => random.bits());
    };
    expect(first(7, 'W')).toEqual(first(7, 'W'));
    const streams = [
      first(7, 'W'),
      first(8, 'W'),
      first(7, 'U'),
      first(7, 'WW'),
      first(7 + 2 ** 32, 'W'),
      first(0, ''),
    ];
    expect(new Set(streams.map(String)).size).toBe(streams.length);
    expect(new Set(streams.flat()).size).toBe(30);
  });

  it('are those of the published recurrence, xoshiro128**', () => {
    const word = (value: bigint) => BigInt.asUintN(32, value);
    const rotate = (value: bigint, by: bigint) => word(value << by) | (value >> (32n - by));
    let [a, b, c, d] = [1n, 2n, 3n, 4n];
    const state = Uint32Array.of(1, 2, 3, 4);
    const given: number[] = [];
    for (let i = 0; i < 200; i++) {
      const expected = word(rotate(word(b * 5n), 7n) * 9n);
      given.push(nextBits(state));
      expect(given[i]).toBe(Number(expected));
      [a, b, c, d] = [a ^ b ^ d, a ^ b ^ c, c ^ a ^ word(b << 9n), rotate(d ^ b, 11n)];
    }
    expect(given.slice(0, 4)).toEqual([11520, 0, 5927040, 70819200]);
  });

  it('are even and normal as far as moments tell', () => {
    const random = new Random(3, 'moments');
    const uniform = new Float64Array(40_000).map(() => random.uniform());
    const normal = new Float64Array(40_000).map(() => random.normal());
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(deviation(uniform)).toBeCloseTo(Math.sqrt(1 / 12), 2);
    expect(Math.abs(mean(normal))).toBeLessThan(0.02);
    expect(deviation(normal)).toBeCloseTo(1, 1.5);
    expect(normal.filter((value) => Math.abs(value) > 1.96).length / 40_000).toBeCloseTo(0.05, 2);
    const counts = new Array(16).fill(0);
    for (const value of uniform) counts[Math.floor(value * 16)]++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 2500) ** 2 / 2500, 0);
    expect(chiSquare).toBeLessThan(37.7); // 15 degrees of freedom: exceeded once in a thousand
  });
});

describe('initialisers', () => {
  it('numbers and values', () => {
    expect([...start([2], number(0.5))]).toEqual([0.5, 0.5]);
    expect([...start([], number(3))]).toEqual([3]);
    expect([...start([2, 2], { kind: 'values', values: [1, 2, 3, 4] })]).toEqual([1, 2, 3, 4]);
  });

  it('uniform and normal with their arguments', () => {
    const uniform = start([10_000], drawn('uniform', -2, 6));
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...uniform)).toBeLessThan(6);
    expect(mean(uniform)).toBeCloseTo(2, 0);
    const normal = start([10_000], drawn('normal', 5, 0.5));
    expect(mean(normal)).toBeCloseTo(5, 1);
    expect(deviation(normal)).toBeCloseTo(0.5, 1);
  });

  it('glorot within ±sqrt(6/(fan in + fan out)), in blocks of rows', () => {
    for (const [blocks, bound] of [
      [undefined, Math.sqrt(6 / (40 + 20))],
      [4, Math.sqrt(6 / (10 + 20))],
    ] as const) {
      const values = start([40, 20], drawn('glorot', ...(blocks === undefined ? [] : [blocks])));
      const largest = Math.max(...values.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(bound);
      expect(largest).toBeGreaterThan(0.98 * bound);
    }
  });

  it('he with deviation sqrt(2/fan in)', () => {
    expect(deviation(start([100, 50], drawn('he')))).toBeCloseTo(0.2, 2);
  });

  it('orthogonal: orthonormal rows, or columns, or blocks', () => {
    expectIdentity(gram(start([5, 8], drawn('orthogonal')), 5, 8));
    expectIdentity(gram(transposed(start([8, 5], drawn('orthogonal')), 8, 5), 5, 8));
    const stacked = start([4 * 6, 6], drawn('orthogonal', 4));
    for (let block = 0; block < 4; block++) {
      expectIdentity(gram(stacked.subarray(block * 36, (block + 1) * 36), 6, 6));
    }
    const three = start([2, 3, 3], drawn('orthogonal'));
    expectIdentity(gram(three.subarray(9), 3, 3));
  });

  it('orthogonal matrices have no preferred sign', () => {
    const traces = Array.from({ length: 200 }, (_, seed) => start([1, 1], drawn('orthogonal'), seed)[0]!);
    const positive = traces.filter((trace) => trace > 0).length;
    expect(positive).toBeGreaterThan(70);
    expect(positive).toBeLessThan(130);
  });

  it('identity', () => {
    expect([...start([2, 3], drawn('identity'))]).toEqual([1, 0, 0, 0, 1, 0]);
    expect([...start([3, 2], drawn('identity'))]).toEqual([1, 0, 0, 1, 0, 0]);
  });

  it('spectral: powers grow as the radius says', () => {
    const n = 30;
    const matrix = start([n, n], drawn('spectral', 0.9));
    // |A^k|^(1/k) tends to the radius (Gelfand): by squaring, k = 2^14.
    let power = matrix;
    let logarithm = 0;
    for (let k = 1; k <= 2 ** 14; k *= 2) {
      const size = Math.max(...power.map(Math.abs));
      logarithm += Math.log(size) / k;
      power = multiply(
        power.map((value) => value / size),
        n,
      );
    }
    expect(Math.exp(logarithm)).toBeCloseTo(0.9, 2);
  });

  it('formulas over draws, entry by entry', () => {
    const ring = apply('log', apply('mul', number(-0.5), apply('log', drawn('uniform', 0.81, 0.98))));
    const modulus = start([1000], ring).map((nu) => Math.exp(-Math.exp(nu)));
    expect(Math.min(...modulus)).toBeGreaterThanOrEqual(0.9 - 1e-9);
    expect(Math.max(...modulus)).toBeLessThanOrEqual(Math.sqrt(0.98) + 1e-9);
    expect(deviation(modulus)).toBeGreaterThan(0.01);
  });

  it('draw from a stream of their own name', () => {
    const draw = (name: string) =>
      initialise({ ...parameter([3], drawn('normal', 0, 1)), name }, new Random(1, name));
    expect(draw('W')).toEqual(draw('W'));
    expect(draw('W')).not.toEqual(draw('U'));
  });

  it.each([
    ['blocks that do not divide the rows', [5, 5], drawn('glorot', 2), /5 rows do not divide into 2 blocks/],
    ['a spectral radius of a rectangle', [5, 4], drawn('spectral', 1), /square matrix/],
    ['values of another number', [3], { kind: 'values', values: [1] } as const, /1 values for 3 entries/],
    ['an unknown function', [3], apply('constructor', number(1)), /uses constructor/],
  ])('refuse %s', (_, shape, formula, message) => {
    expect(() => start(shape, formula)).toThrow(/RNN514 {2}Parameter W cannot be drawn/);
    expect(() => start(shape, formula)).toThrow(message);
  });
});

describe('formulas', () => {
  const ops = [...mathOps.values()];

  it.each(ops.filter(({ name }) => formulas.has(name)).map((op) => [op.name, op] as const))(
    '%s means what it means to the compiler',
    (name, op) => {
      fc.assert(
        fc.property(
          fc.tuple(...op.domain.map(([low, high]) => fc.double({ min: low, max: high, noNaN: true }))),
          (args) => {
            const expected = op.evaluate(...args);
            expect(Math.abs(formulas.get(name)!(...args) - expected)).toBeLessThanOrEqual(
              1e-13 * Math.max(1, Math.abs(expected)),
            );
          },
        ),
        { numRuns: 200, seed: 4 },
      );
    },
  );

  it('are all that a user can write', () => {
    expect(ops.filter((op) => op.inLanguage && !formulas.has(op.name)).map(({ name }) => name)).toEqual([]);
  });
});

describe('spectralRadius', () => {
  it.each([
    ['a rotation, scaled', [0.6, -0.8, 0.8, 0.6].map((entry) => 2 * entry), 2],
    ['a triangle', [1, 5, 9, 0, -7, 2, 0, 0, 3], 7],
    ['a cycle', [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0], 1],
    ['a companion matrix of (z - 4)(z^2 + 9)', [4, -9, 36, 1, 0, 0, 0, 1, 0], 4],
    ['a companion matrix of (z - 2)(z^2 + 9)', [2, -9, 18, 1, 0, 0, 0, 1, 0], 3],
    ['zeros', [0, 0, 0, 0], 0],
    ['one number', [-5], 5],
  ])('of %s', (_, entries, expected) => {
    expect(spectralRadius(Float64Array.from(entries), Math.sqrt(entries.length))).toBeCloseTo(expected, 10);
  });

  it('of a block diagonal, hidden by a change of basis, is the largest of its blocks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 8 }), (seed, pairs) => {
        const n = 2 * pairs;
        const random = new Random(seed, 'blocks');
        const radii = Array.from({ length: pairs }, () => random.uniform() + 0.1);
        const blocks = new Float64Array(n * n);
        for (const [i, radius] of radii.entries()) {
          const angle = 6 * random.uniform();
          const at = 2 * i * n + 2 * i;
          blocks[at] = blocks[at + n + 1] = radius * Math.cos(angle);
          blocks[at + n] = radius * Math.sin(angle);
          blocks[at + 1] = -radius * Math.sin(angle);
        }
        const basis = start([n, n], drawn('orthogonal'), seed);
        const hidden = product(product(transposed(basis, n, n), blocks, n), basis, n);
        expect(spectralRadius(hidden, n)).toBeCloseTo(Math.max(...radii), 9);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return new Float64Array(n * n).map((_, i) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[Math.floor(i / n) * n + k]! * b[k * n + (i % n)]!;
    return sum;
  });
}

function multiply(a: Float64Array, n: number): Float64Array {
  return product(a, a, n);
}
