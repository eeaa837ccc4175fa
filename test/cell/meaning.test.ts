import { describe, expect, test } from 'vitest';
import { libraryNames } from '../../compiler/cell/prelude.ts';
import { bindSizes } from '../../compiler/cell/sizes.ts';
import { bind } from '../../compiler/graph/bind.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { toGraph } from '../../compiler/graph/toGraph.ts';
import { inCell, soundCell } from './support.ts';

type Arrays = Readonly<Record<string, readonly number[]>>;

/** Values of a cell's outputs, one example, `steps` steps. */
function run(
  text: string,
  sizes: Record<string, number>,
  steps: number,
  inputs: Arrays,
  parameters: Arrays = {},
) {
  const cell = soundCell(text);
  const bound = bindSizes(cell, sizes);
  if ('diagnostics' in bound) throw new Error(bound.diagnostics.map((d) => d.message).join('\n'));
  const arrays = (of: Arrays) =>
    new Map(Object.entries(of).map(([name, values]) => [name, Float64Array.from(values)]));
  const { outputs, loss } = evaluateSequence(bind(toGraph(cell), bound), {
    steps,
    batch: 1,
    inputs: arrays(inputs),
    parameters: arrays(parameters),
  });
  const values = Object.fromEntries([...outputs].map(([name, found]) => [name, [...found]]));
  return { ...values, ...(loss && { loss: [...loss] }) } as Record<string, number[]>;
}

function expectNear(found: readonly number[] | undefined, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(found![i]).toBeCloseTo(value, 12);
  });
}

describe('library functions', () => {
  test('cross_entropy', () => {
    const text = inCell('input z: [H]\ntarget k: index(H)\noutput z\nloss cross_entropy(z, k)', 'H');
    // ln(e + e^2 + e^3) - 3, computed by hand as ln(1 + e^-1 + e^-2).
    expectNear(run(text, { H: 3 }, 1, { z: [1, 2, 3], k: [2] }).loss, [0.4076059644443804]);
  });

  test('binary_cross_entropy', () => {
    const text = inCell('input z: []\ntarget y: []\noutput z\nloss binary_cross_entropy(z, y)', 'H');
    // At 0 both classes have probability 1/2; at ln 3 the class 1 has 3/4.
    const found = run(text, { H: 1 }, 3, { z: [0, Math.log(3), Math.log(3)], y: [1, 1, 0] });
    expectNear(found.loss, [Math.LN2, Math.log(4 / 3), Math.log(4)]);
  });

  test('squared_error and huber_error', () => {
    const text = inCell('input a, b: [H]\noutput s = squared_error(a, b), h = huber_error(a, b, 2)', 'H');
    const found = run(text, { H: 3 }, 1, { a: [1, 0, 5], b: [0, 2, 0] });
    expectNear(found.s, [1 + 4 + 25]);
    // 1/2, then exactly at delta 2, then 2*(5 - 1).
    expectNear(found.h, [0.5 + 2 + 8]);
  });

  test('these are all', () => {
    expect([...libraryNames].sort()).toEqual([
      'binary_cross_entropy',
      'cross_entropy',
      'huber_error',
      'squared_error',
    ]);
  });
});

describe('meaning', () => {
  test('of a matrix written by its indices', () => {
    const text = inCell(
      'const A: [N, N] = (i, j) -> (2*i + 1)*(if i < j then -1 else (-1)^(i - j + 1))\ninput x: []\noutput a = A[0], b = A[1], c = A[2]',
      'N',
    );
    const found = run(text, { N: 3 }, 1, { x: [0] });
    // The state matrix of the Legendre memory unit without its 1/theta.
    expectNear(found.a, [-1, -1, -1]);
    expectNear(found.b, [3, -3, -3]);
    expectNear(found.c, [-5, 5, -5]);
  });

  test('of previous values: a state starts where it says, an input too', () => {
    const text = inCell(
      'input x: [] = 7\nstate n: [] = 1\nn = 2*n_prev\noutput n, before = x_prev, s = step',
      'H',
    );
    const found = run(text, { H: 1 }, 3, { x: [4, 5, 6] });
    expectNear(found.n, [2, 4, 8]);
    expectNear(found.before, [7, 4, 5]);
    expectNear(found.s, [0, 1, 2]);
  });

  test('of split, stack, slice and entry', () => {
    const text = inCell(
      'input x: [5]\n[a, b] = split([x; 9], [2, 4])\noutput a, b, c = x[1:3], d = [x[4]; a[0]]',
      'H',
    );
    const found = run(text, { H: 1 }, 1, { x: [1, 2, 3, 4, 5] });
    expectNear(found.a, [1, 2]);
    expectNear(found.b, [3, 4, 5, 9]);
    expectNear(found.c, [2, 3]);
    expectNear(found.d, [5, 1]);
  });

  test('of col and row', () => {
    const text = inCell(
      'input a: [2], v: [3]\nparam S: [2, 3] = 1\nm = col(a)*S - row(v)\noutput y = m[0], z = m[1]',
      'H',
    );
    const found = run(text, { H: 1 }, 1, { a: [10, 20], v: [1, 2, 3] }, { S: [1, 2, 3, 4, 5, 6] });
    expectNear(found.y, [9, 18, 27]);
    expectNear(found.z, [79, 98, 117]);
  });

  test('of a row looked up, in a function too', () => {
    const text = inCell(
      'input t: index(V) = 1\nparam E: [V, 2] = 0\nfn row_of(k) = E[k]\noutput y = row_of(t), z = E[t_prev]',
      'V',
    );
    const found = run(text, { V: 3 }, 2, { t: [2, 0] }, { E: [1, 2, 3, 4, 5, 6] });
    expectNear(found.y, [5, 6, 1, 2]);
    expectNear(found.z, [3, 4, 5, 6]);
  });

  test('of a cell in a cell: its equations written out', () => {
    const inner = `cell Leaky(I, H; keep) {
  input x: [I]
  state h: [H] = 0.5
  param W: [H, I] ~ glorot
  h = keep*h_prev + W @ (x + x_prev)
}
`;
    const nested = `${inner}cell Outer(I, H) {
  input u: [I]
  cell a: Leaky(I, H; keep = 0.25)
  m = a(2*u)
  cell b: Leaky(H, 1; keep = 0.5)
  n = b(m.h, h_prev = b_start*n_last_prev)
  state n_last: [1] = 1
  const b_start: [] = 3
  n_last = n.h
  output p = m.h, q = n.h
}
`;
    const flat = inCell(`
  input u: [I]
  state h: [H] = 0.5, v: [I], w: [H], g: [1] = 1
  param A: [H, I] ~ glorot, B: [1, H] ~ glorot
  v = 2*u
  h = 0.25*h_prev + A @ (v + v_prev)
  w = h
  g = 0.5*(3*g_prev) + B @ (w + w_prev)
  output p = h, q = g`);
    const u = [0.1, -0.2, 0.3, 0.4, -0.5, 0.6];
    const A = [1, -2, 3, 0.5, 0.25, -1];
    const B = [2, -1, 0.5];
    const sizes = { I: 2, H: 3 };
    const found = run(nested, sizes, 3, { u }, { 'a.W': A, 'b.W': B });
    const expected = run(flat, sizes, 3, { u }, { A, B });
    expectNear(found.p, expected.p!);
    expectNear(found.q, expected.q!);
  });
});
