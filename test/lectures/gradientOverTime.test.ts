import { describe, expect, it } from 'vitest';
import { compileStages, gradcheck } from '../../compiler/index.ts';
import { clipByGlobalNorm } from '../../runtime/index.ts';
import { cell, evaluated, live, sequence } from './support.ts';

/*
 * The gradient over T steps is a product of T - 1 factors: it vanishes or explodes.
 */

const T = 50;
const lastOnly = (steps: number, values: readonly number[]) => [
  ...new Array<number>((steps - 1) * values.length).fill(0),
  ...values,
];

describe('the linear recurrence h = w*h_prev + x', () => {
  const file = 'lectures/linear.rnn';
  const given = (w: number, steps = T) => ({
    steps,
    parameters: { w: [w] },
    inputs: { x: new Array<number>(steps).fill(1) },
    outputCotangents: { h: lastOnly(steps, [1]) },
  });

  const known = [
    [-1.1, -106.7189571633598],
    [0.9, 0.005726416897022],
  ] as const;

  it.each(known)('dh_50/dx_1 with w = %s is %s', (w, gradient) => {
    const { adjoint } = evaluated(file, given(w));
    const found = adjoint.inputCotangents.get('x')![0]!;
    expect(Math.abs(found / gradient - 1)).toBeLessThan(1e-12);
    expect(Math.abs(found / w ** (T - 1) - 1)).toBeLessThan(1e-12);
  });

  it.each(known)('by the kernels in f32, w = %s, it is %s', (w, gradient) => {
    for (const target of ['js', 'wasm'] as const) {
      const network = live(file, { target, window: T });
      network.setParameters({ w: [w] });
      network.forward(given(w).inputs.x, T);
      network.backward({ outputCotangents: lastOnly(T, [1]) });
      const found = network.inputCotangents.x![0]!;
      expect(Math.abs(found / gradient - 1)).toBeLessThan(1e-5);
      // The weight is rounded once, then each of 49 products: half a unit in the last place each.
      expect(Math.abs(found / Math.fround(w) ** (T - 1) - 1)).toBeLessThan(49 * 2 ** -24);
    }
  });

  it.each(known)('central differences agree, w = %s', (w) => {
    const { bound } = compileStages(cell(file), { inputCotangents: true });
    const report = gradcheck(bound as Parameters<typeof gradcheck>[0], sequence(given(w)));
    expect(report.passed).toBe(true);
    expect(report.checked.map(({ name, compared }) => [name, compared])).toEqual([
      ['w', 1],
      ['x', T],
    ]);
  });

  it('117.4, as printed, has a factor too many: it is dh_50/dh_0 = w^50; 0.0015 is neither power', () => {
    const { adjoint } = evaluated(file, { ...given(-1.1), starts: { h: [0] } });
    expect(adjoint.startCotangents.get('h')![0]).toBeCloseTo(117.39085287969, 9);
    expect(0.9 ** 49).toBeCloseTo(0.0057264, 7);
    expect(0.9 ** 50).toBeCloseTo(0.0051538, 7);
    expect([61, 62].map((power) => 0.9 ** power > 0.0015)).toEqual([true, false]);
  });

  it('vanishes for |w| < 1, keeps its size for |w| = 1, explodes for |w| > 1', () => {
    const gradients = (w: number) =>
      [10, 20, 40].map((steps) =>
        Math.abs(evaluated(file, given(w, steps)).adjoint.inputCotangents.get('x')![0]!),
      );
    for (const w of [0.5, -0.9]) {
      const [a, b, c] = gradients(w);
      expect(a! > b! && b! > c!).toBe(true);
      expect(c).toBeLessThan(0.02);
    }
    for (const w of [1, -1]) expect(gradients(w)).toEqual([1, 1, 1]);
    for (const w of [1.1, -1.5]) {
      const [a, b, c] = gradients(w);
      expect(a! < b! && b! < c!).toBe(true);
      expect(c).toBeGreaterThan(40);
    }
  });

  it('clipping by norm bounds an exploding gradient and leaves a small one as it is', () => {
    const network = live(file, { window: T });
    const clip = clipByGlobalNorm(1);
    const gradient = (w: number) => {
      network.start();
      network.setParameters({ w: [w] });
      network.forward(given(w).inputs.x, T);
      network.backward({ outputCotangents: lastOnly(T, [1]) });
      return network.gradients.w![0]!;
    };
    expect(gradient(-1.1)).toBeGreaterThan(2500); // 2514.5, as `rnnc run` shows
    expect(clip.apply(network.gradients)).toBe(true);
    expect(network.gradients.w![0]).toBeCloseTo(1, 6);
    const small = gradient(-0.5);
    expect(Math.abs(small)).toBeLessThan(1);
    expect(clip.apply(network.gradients)).toBe(false);
    expect(network.gradients.w![0]).toBe(small);
  });
});

// ---- a matrix

type Matrix = readonly [number, number, number, number];

/** Larger singular value of a 2 x 2 matrix: root of the larger eigenvalue of A^T A. */
function largestSingularValue([a, b, c, d]: ArrayLike<number> & Iterable<number>): number {
  const trace = a! * a! + b! * b! + c! * c! + d! * d!;
  const determinant = a! * d! - b! * c!;
  return Math.sqrt((trace + Math.sqrt(Math.max(0, trace * trace - 4 * determinant * determinant))) / 2);
}

/** dh_T/dx_1, row by row, from a backward sweep per row. */
function jacobian(file: string, U: Matrix, steps: number): number[] {
  const x = Array.from({ length: 2 * steps }, (_, i) => Math.sin(i + 1) / 4);
  return [
    [1, 0],
    [0, 1],
  ].flatMap((row) => {
    const outputCotangents = { h: lastOnly(steps, row) };
    const { adjoint } = evaluated(file, { steps, parameters: { U }, inputs: { x }, outputCotangents });
    return [...adjoint.inputCotangents.get('x')!.slice(0, 2)];
  });
}

/** s times a turn by one radian: all of its singular values are s. */
const turn = (s: number): Matrix => [s * Math.cos(1), -s * Math.sin(1), s * Math.sin(1), s * Math.cos(1)];

describe('the recurrence with a matrix', () => {
  const linear = 'lectures/linear_matrix.rnn';
  const squashed = 'lectures/tanh_matrix.rnn';

  it.each([0.5, 0.9, 1, 1.1])('s times a turn: the norm of dh_T/dx_1 is s^(T - 1), s = %s', (s) => {
    for (const steps of [2, 10, 40]) {
      const norm = largestSingularValue(jacobian(linear, turn(s), steps));
      expect(Math.abs(norm / s ** (steps - 1) - 1)).toBeLessThan(1e-12);
    }
  });

  it('a largest singular value s < 1 makes it vanish, with tanh too: at most s^(T - 1)', () => {
    const U: Matrix = [0.5, 0.4, -0.3, 0.6];
    const s = largestSingularValue(U);
    expect(s).toBeLessThan(0.8);
    for (const file of [linear, squashed]) {
      const norms = [2, 5, 10, 20, 40].map((steps) => {
        const norm = largestSingularValue(jacobian(file, U, steps));
        expect(norm).toBeLessThanOrEqual(s ** (steps - 1) * (1 + 1e-12));
        return norm;
      });
      expect(norms.at(-1)).toBeLessThan(1e-3 * norms[0]!);
    }
  });

  it('s > 1 is needed for it to explode, and is not enough: eigenvalues of 0.5 bring it down again', () => {
    const U: Matrix = [0.5, 2, 0, 0.5];
    expect(largestSingularValue(U)).toBeGreaterThan(2);
    const norms = [2, 3, 40].map((steps) => largestSingularValue(jacobian(linear, U, steps)));
    expect(norms[0]).toBeGreaterThan(2);
    expect(norms[1]).toBeGreaterThan(2); // U^2 = [0.25, 2; 0, 0.25]
    expect(norms[2]).toBeLessThan(1e-9);
  });

  it('where the linear network explodes, saturated tanh units make the gradient vanish', () => {
    const U: Matrix = [3, 0, 0, 3];
    const norms = (file: string) => largestSingularValue(jacobian(file, U, 20));
    expect(norms(linear)).toBeGreaterThan(1e9);
    expect(norms(squashed)).toBeLessThan(1e-9);
  });
});
