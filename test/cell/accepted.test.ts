import { describe, expect, test } from 'vitest';
import { differentiate } from '../../compiler/autodiff/differentiate.ts';
import type { Cell } from '../../compiler/cell/cell.ts';
import { printCell } from '../../compiler/cell/print.ts';
import { printExpression } from '../../compiler/cell/printExpression.ts';
import { formatShape } from '../../compiler/cell/type.ts';
import { verifyCell } from '../../compiler/cell/verify.ts';
import { toGraph } from '../../compiler/graph/toGraph.ts';
import { verifyGraph } from '../../compiler/graph/verify.ts';
import { inCell, soundCell } from './support.ts';

const lstm = `
cell LSTM(I, H) {
  input  x: [I]
  state  h: [H], c: [H]                       # zero at the start of a sequence
  param  W_i, W_f, W_o, W_g: [H, I] ~ glorot
  param  U_i, U_f, U_o, U_g: [H, H] ~ orthogonal
  param  b_i, b_o, b_g: [H] = 0
  param  b_f: [H] = 1

  i = sigmoid(W_i @ x + U_i @ h_prev + b_i)   # input gate
  f = sigmoid(W_f @ x + U_f @ h_prev + b_f)   # forget gate
  o = sigmoid(W_o @ x + U_o @ h_prev + b_o)   # output gate
  g = tanh(W_g @ x + U_g @ h_prev + b_g)      # candidate
  c = f*c_prev + i*g
  h = o*tanh(c)

  output h
}
`;

/** `name: shape` of every equation, in order. */
const equationsOf = (cell: Cell) =>
  cell.equations.map((e) => `${e.name}: ${formatShape(e.value.type.shape)}`);
const formulaOf = (cell: Cell, name: string) =>
  printExpression(cell.equations.find((equation) => equation.name === name)!.value);

/** Programs that must be accepted, with what their equations come to. */
const programs: readonly {
  readonly name: string;
  readonly text: string;
  readonly equations: readonly string[];
}[] = [
  { name: 'LSTM', text: lstm, equations: ['i: [H]', 'f: [H]', 'o: [H]', 'g: [H]', 'c: [H]', 'h: [H]'] },
  {
    name: 'stacked LSTM',
    text: inCell(`
      input x: [I]
      state h, c: [H]
      param W: [4*H, I + H] ~ glorot(4)
      param b: [4*H] = (k) -> if k >= H and k < 2*H then 1 else 0
      [i, f, o, g] = split(W @ [x; h_prev] + b, 4)
      c = sigmoid(f)*c_prev + sigmoid(i)*tanh(g)
      h = sigmoid(o)*tanh(c)`),
    equations: ['i: [H]', 'f: [H]', 'o: [H]', 'g: [H]', 'c: [H]', 'h: [H]'],
  },
  {
    name: 'peephole LSTM, equations in any order',
    text: inCell(`
      h = o*tanh(c)
      o = sigmoid(W_o @ x + p_o*c)
      c = f*c_prev + (1 - f)*tanh(W_g @ x)
      f = sigmoid(W_f @ x + p_f*c_prev)
      input x: [I]
      state h, c: [H]
      param W_f, W_o, W_g: [H, I] ~ glorot
      param p_f, p_o: [H] ~ uniform(-1/sqrt(H), 1/sqrt(H))`),
    equations: ['f: [H]', 'c: [H]', 'o: [H]', 'h: [H]'],
  },
  {
    name: 'GRU with a learned start',
    text: inCell(`
      input x: [I]
      state h: [H] = h0
      param h0: [H] = 0
      param W_z, W_r, W_h: [H, I] ~ glorot
      param U_z, U_r, U_h: [H, H] ~ orthogonal
      z = sigmoid(W_z @ x + U_z @ h_prev)
      r = sigmoid(W_r @ x + U_r @ h_prev)
      n = tanh(W_h @ x + U_h @ (r*h_prev))
      h = (1 - z)*h_prev + z*n`),
    equations: ['z: [H]', 'r: [H]', 'n: [H]', 'h: [H]'],
  },
  {
    name: 'matrix memory',
    text: inCell(
      `
      input x: [I]
      state C: [D, D]
      param K, V, Q: [D, I] ~ glorot
      param w: [I] ~ normal(0, 0.1)
      k = K @ x/sqrt(D)
      v = V @ x
      f = sigmoid(dot(w, x))
      i = exp(min(dot(w, x), 0))
      C = f*C_prev + i*outer(v, k)
      output y = C @ (Q @ x), C`,
      'I, D',
    ),
    equations: ['k: [D]', 'v: [D]', 'f: []', 'i: []', 'C: [D, D]', 'y: [D]'],
  },
  {
    name: 'character model',
    text: inCell(
      `
      input token: index(V) = 0
      target next: index(V)
      state h: [H]
      param E: [V, H] ~ normal(0, 1)
      param U: [H, H] ~ spectral(0.9)
      param W: [V, H] ~ he
      h = tanh(E[token] + U @ h_prev + 0.1*E[token_prev])
      logits = W @ h
      output p = softmax(logits)
      loss cross_entropy(logits, next)`,
      'V, H',
    ),
    equations: ['h: [H]', 'logits: [V]', 'p: [V]'],
  },
  {
    name: 'pieces',
    text: inCell(
      `
      input x: [I], dt: []
      param A: [N, N] ~ identity
      param R: [3, N, N] ~ orthogonal
      const L: [N, N] = (i, j) -> (2*i + 1)*(if i < j then -1 else (-1)^(i - j + 1))
      const half: [] = 1/2
      state u: [N] = half
      a = x[0:N]
      last = x[I - 1]
      [b, c, d] = split(x, [N, 1, I - N - 1])
      S = (A - A.T)*half + L
      M = col(a)*S - row(exp(b)) + col(u_prev)*row(b)
      Z = [S; R[0]; R[2]]
      s = sum(Z, 1) + 0*norm(x)
      m = max(Z, axis = 0)
      q = if not a < b or dt == 0 then a^2 else -a^-1
      u = S @ q + m + a @ R[1] + layer_norm(softmax(M, 1) @ b) + prev(u, 1)
      output y = [last; dt; dot(a, b); step], s, c, d, u, e = exp(u)^u`,
      'I, N',
    ),
    equations: [
      'a: [N]',
      'last: []',
      'b: [N]',
      'c: [1]',
      'd: [I - N - 1]',
      'S: [N, N]',
      'M: [N, N]',
      'Z: [3*N, N]',
      's: [3*N]',
      'm: [N]',
      'q: [N]',
      'u: [N]',
      'y: [4]',
      'e: [N]',
    ],
  },
  {
    name: 'functions',
    text: `fn twice(f) = f + f\nfn swish(x) = x*sigmoid(x)\n${inCell(`
      input x: [I]
      param W, U: [H, I] ~ glorot
      fn gate(W) = sigmoid(W @ x)
      fn norm(x) = twice(swish(x))
      norm = norm(gate(W)*gate(U))
      output norm`)}`,
    equations: ['norm: [H]'],
  },
  {
    name: 'losses',
    text: inCell(`
      input x: [H]
      target y: [H], r: [], class: index(H)
      output x
      loss squared_error(x, y) + huber_error(x, y, 1) + binary_cross_entropy(x[0], r)
        + binary_cross_entropy(x, y) + cross_entropy(x, class) + sum(one_hot(class)*x)`),
    equations: [],
  },
];

describe('accepts', () => {
  for (const { name, text, equations } of programs) {
    test(name, () => {
      const cell = soundCell(text);
      verifyCell(cell);
      expect([...equationsOf(cell)].sort()).toEqual([...equations].sort());
      expect(printCell(cell)).toContain(`cell ${cell.name}(`);
      // The next stages take it as it is.
      const graph = toGraph(cell);
      verifyGraph(graph);
      verifyGraph(differentiate(graph, new Set()));
    });
  }
});

describe('the LSTM', () => {
  const cell = soundCell(lstm);

  test('has what it declares', () => {
    expect(cell.sizes.map((s) => s.name)).toEqual(['I', 'H']);
    expect(cell.inputs.map((i) => [i.name, formatShape(i.type.shape)])).toEqual([['x', '[I]']]);
    expect(cell.states.map((s) => [s.name, formatShape(s.shape), printExpression(s.start)])).toEqual([
      ['h', '[H]', '0'],
      ['c', '[H]', '0'],
    ]);
    expect(cell.parameters.map((p) => p.name)).toEqual(
      'W_i W_f W_o W_g U_i U_f U_o U_g b_i b_o b_g b_f'.split(' '),
    );
    expect(cell.parameters.at(-1)!.initialiser.value).toMatchObject({ kind: 'number', value: 1 });
    expect(cell.parameters[0]!.initialiser).toMatchObject({
      kind: 'draw',
      value: { distribution: 'glorot' },
    });
    expect(cell.outputs.map((o) => o.name)).toEqual(['h']);
    expect(cell.constraints).toEqual([]);
  });

  test('reads previous values of states and new ones', () => {
    expect(formulaOf(cell, 'c')).toBe('f*c_prev + i*g');
    expect(formulaOf(cell, 'h')).toBe('o*tanh(c)');
    expect(formulaOf(cell, 'i')).toBe('sigmoid(W_i @ x + U_i @ h_prev + b_i)');
  });
});

describe('types', () => {
  test('what is computed from parameters alone is shared', () => {
    const cell = soundCell(inCell('param A: [H, H] ~ glorot\nstate h: [H]\nS = A - A.T\nh = S @ h_prev'));
    expect(cell.equations[0]!.value.type.outer).toEqual([]);
    expect(cell.equations[1]!.value.type.outer).toEqual(['example', 'time:T']);
  });

  test('`>` is `<` with its sides exchanged, `!=` the negation of `==`', () => {
    const cell = soundCell(inCell('input a, b: [H]\noutput x = a > b, y = a >= b, z = a != b'));
    expect([formulaOf(cell, 'x'), formulaOf(cell, 'y'), formulaOf(cell, 'z')]).toEqual([
      'b < a',
      'b <= a',
      'not a == b',
    ]);
  });

  test('whole constant exponents are repeated multiplication, others not', () => {
    const cell = soundCell(inCell('input a: [H]\noutput x = a^(1 + 2), y = a^0.5, z = 2^-a[0], w = a^-2'));
    expect(cell.equations.map((e) => e.value.kind)).toEqual(['power', 'map', 'map', 'power']);
    expect(cell.equations[0]!.value).toMatchObject({ exponent: 3 });
    expect(cell.equations[3]!.value).toMatchObject({ exponent: -2 });
  });

  test('a size in an equation is a number', () => {
    const cell = soundCell(inCell('input a: [H]\noutput y = a/sqrt(H)'));
    expect(formulaOf(cell, 'y')).toBe('a/sqrt(H)');
  });

  test('a class number looks up a row by a product with its one-hot vector', () => {
    const cell = soundCell(inCell('input t: index(H)\nparam E: [H, I] ~ glorot\noutput y = E[t]'));
    expect(formulaOf(cell, 'y')).toBe('one_hot(t) @ E');
  });

  test('functions may take sizes', () => {
    const cell = soundCell(inCell('input x: [I]\nfn at(z, n) = z[n - 1] + sum(z[0:n])\noutput y = at(x, I)'));
    expect(formulaOf(cell, 'y')).toBe('reshape(x[I - 1:I]) + sum(x[0:I])');
  });

  test('constraints are kept for what sizes decide', () => {
    const cell = soundCell(inCell('input z: [H]\n[a, b] = split(z, 2)\noutput a, y = z[2:H]'));
    const found = cell.constraints.map((c) => [printDim(c.value), c.least]);
    expect(found).toContainEqual(['H/2', 1]);
    expect(found).toContainEqual(['H - 2', 1]);
    expect(cell.constraints.find((c) => printDim(c.value) === 'H - 2')!.reason).toContain('z[2:H] needs');
  });

  test('a cell without output offers its states', () => {
    const cell = soundCell(inCell('state a, b: [H]\na = b_prev\nb = 0.5*a_prev'));
    expect(cell.outputs.map((o) => o.name)).toEqual(['a', 'b']);
  });

  test('scalar constants may stand in formulas, written out', () => {
    const cell = soundCell(
      inCell(
        'const k: [] = 3/H\nconst v: [H] = (i) -> k*i\nparam p: [H] ~ uniform(-k, k)\noutput y = v + p + k',
      ),
    );
    expect(printExpression(cell.constants[1]!.value)).toBe('3/H*i');
    expect(printExpression(cell.parameters[0]!.initialiser.value)).toBe('uniform(-(3/H), 3/H)');
  });

  test('a lagged input is noted, with its start', () => {
    const cell = soundCell(inCell('input x: [I] = 2, y: [I]\noutput d = x - x_prev + y'));
    expect(cell.inputs.map(({ name, lagged, start }) => ({ name, lagged, start }))).toEqual([
      { name: 'x', lagged: true, start: 2 },
      { name: 'y', lagged: false, start: 0 },
    ]);
  });

  test('an unused parameter is a warning, not an error', () => {
    const cell = soundCell(inCell('param W: [H, H] ~ glorot\nstate h: [H]\nh = 0.5*h_prev'));
    expect(cell.parameters.map((p) => p.name)).toEqual(['W']);
  });
});

function printDim(dim: Cell['constraints'][number]['value']): string {
  return formatShape([dim]).slice(1, -1);
}
