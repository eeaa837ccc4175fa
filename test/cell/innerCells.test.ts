import { describe, expect, test } from 'vitest';
import { printExpression } from '../../compiler/cell/printExpression.ts';
import { formatShape } from '../../compiler/cell/type.ts';
import { verifyCell } from '../../compiler/cell/verify.ts';
import { checkText, soundCell } from './support.ts';

const leaky = `cell Leaky(I, H = 4; gain = 0.5) {
  input x: [I]
  target y: [H]
  state h: [H] = h0
  param W: [H, I] ~ glorot
  param h0: [H] = 0
  const k: [] = gain*H
  z = W @ x
  h = gain*h_prev + k*z
  error = h - y
  output h, twice = 2*h
  loss sum(error^2)
}
`;

const equations = (cell: ReturnType<typeof soundCell>) =>
  cell.equations.map((e) => `${e.name} = ${printExpression(e.value)} : ${formatShape(e.value.type.shape)}`);

describe('a cell in a cell', () => {
  test('brings its parts under its name, in the sizes around it', () => {
    const cell = soundCell(`${leaky}
cell Outer(N; rate = 2) {
  input u: [N]
  cell inner: Leaky(2*N, N; gain = rate/4)
  n = inner([u; u])
  output y = n.twice + n.h - inner.h_prev
}`);
    verifyCell(cell);
    expect(cell.parameters.map((p) => [p.name, formatShape(p.shape)])).toEqual([
      ['inner.W', '[N, 2*N]'],
      ['inner.h0', '[N]'],
    ]);
    expect(cell.states.map((s) => [s.name, formatShape(s.shape), printExpression(s.start)])).toEqual([
      ['inner.h', '[N]', 'inner.h0'],
    ]);
    expect(equations(cell)).toEqual([
      'inner.x = [u; u] : [2*N]',
      'inner.z = inner.W @ inner.x : [N]',
      'inner.h = rate/4*inner.h_prev + inner.k*inner.z : [N]',
      'inner.twice = 2*inner.h : [N]',
      'y = inner.twice + inner.h - inner.h_prev : [N]',
    ]);
    expect(cell.constants.map((c) => [c.name, printExpression(c.value)])).toEqual([['inner.k', 'rate/4*N']]);
    expect(cell.targets).toEqual([]);
    expect(cell.loss).toBeUndefined();
  });

  test('takes defaults, and a name as it is', () => {
    const cell = soundCell(`${leaky}
cell Outer(N) {
  input u: [N]
  cell inner: Leaky(N)
  n = inner(u)
  output h = n.h
}`);
    expect(cell.parameters.map((p) => formatShape(p.shape))).toEqual(['[4, N]', '[4]']);
    expect(equations(cell)[0]).toBe('inner.z = inner.W @ u : [4]');
    expect(equations(cell)).toContain('inner.h = 0.5*inner.h_prev + inner.k*inner.z : [4]');
  });

  test('given a previous value from outside it carries no state', () => {
    const cell = soundCell(`${leaky}
cell Zoneout(N) {
  input u: [N]
  state h: [N]
  cell inner: Leaky(N, N)
  n = inner(u, h_prev = 0.9*h_prev)
  h = 0.1*h_prev + 0.9*n.h
}`);
    verifyCell(cell);
    expect(cell.states.map((s) => s.name)).toEqual(['h']);
    expect(equations(cell)).toEqual([
      'inner.h_prev = 0.9*h_prev : [N]',
      'inner.z = inner.W @ u : [N]',
      'inner.h = 0.5*inner.h_prev + inner.k*inner.z : [N]',
      'inner.twice = 2*inner.h : [N]',
      'h = 0.1*h_prev + 0.9*inner.h : [N]',
    ]);
  });

  test('a lagged input of it becomes a carried value', () => {
    const cell = soundCell(`cell Diff(I) {
  input x: [I] = 3
  output d = x - x_prev
}
cell Outer(I) {
  input u: [I]
  cell diff: Diff(I)
  n = diff(2*u)
  output d = n.d
}`);
    verifyCell(cell);
    expect(cell.states.map((s) => [s.name, printExpression(s.start)])).toEqual([['diff.x', '3']]);
    expect(equations(cell)).toEqual([
      'diff.x = 2*u : [I]',
      'diff.d = diff.x - diff.x_prev : [I]',
      'd = diff.d : [I]',
    ]);
  });

  test('two of one cell have their own parameters, three levels deep', () => {
    const cell = soundCell(`${leaky}
cell Pair(N) {
  input u: [N]
  cell a: Leaky(N, N)
  cell b: Leaky(N, N)
  m = a(u)
  n = b(m.h)
  output y = n.h
}
cell Top(N) {
  input v: [N]
  cell pair: Pair(N)
  p = pair(v)
  output y = p.y + v
}`);
    verifyCell(cell);
    expect(cell.parameters.map((p) => p.name)).toEqual(['pair.a.W', 'pair.a.h0', 'pair.b.W', 'pair.b.h0']);
    expect(cell.states.map((s) => s.name)).toEqual(['pair.a.h', 'pair.b.h']);
  });

  test('class numbers go through', () => {
    const cell = soundCell(`cell Embed(V, D) {
  input token: index(V)
  param E: [V, D] ~ glorot
  output e = E[token]
}
cell Outer(V) {
  input t: index(V)
  cell embed: Embed(V, 8)
  n = embed(t)
  output y = n.e
}`);
    verifyCell(cell);
    expect(equations(cell)[0]).toBe('embed.e = one_hot(t) @ embed.E : [8]');
  });
});

describe('imports', () => {
  test('bring cells and functions', () => {
    const cell = soundCell(
      `import { Leaky, half } from "./leaky.rnn"
cell Outer(N) {
  input u: [N]
  cell inner: Leaky(N)
  n = inner(half(u))
  output h = n.h
}`,
      { './leaky.rnn': `${leaky}fn half(x) = quarter(x) + quarter(x)\nfn quarter(x) = x/4\n` },
    );
    verifyCell(cell);
    expect(equations(cell)[0]).toBe('inner.x = u/4 + u/4 : [N]');
  });

  test('mistakes in the other file are shown there', () => {
    const text =
      'import { A } from "./a.rnn"\ncell B(N) {\n  cell a: A(N)\n  n = a()\n  output y = n.h + n.nothing\n}\n';
    const { cells, diagnostics } = checkText(text, {
      './a.rnn': 'cell A(N) {\n  state h: [N]\n  h = tanh(oops)\n}\n',
    });
    expect(cells.size).toBe(0);
    expect(diagnostics.map((d) => [d.code, d.span.source.name])).toEqual([['RNN201', './a.rnn']]);
  });

  test('through a circle are told once, at the import', () => {
    const files = { './a.rnn': 'import { B } from "./b.rnn"\n', './b.rnn': 'import { C } from "./a.rnn"\n' };
    const { diagnostics } = checkText(`import { A } from "./a.rnn"\n${leaky}`, files);
    expect(diagnostics.map((d) => d.code)).toContain('RNN303');
  });
});
