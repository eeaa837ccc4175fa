import { describe, expect, it } from 'vitest';
import { nestingLimit } from '../../compiler/syntax/limits.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { print } from '../../compiler/syntax/print.ts';

const read = (text: string) => parse({ name: 'a.rnn', text });
const cell = (...lines: string[]): string =>
  `cell A(I, H) {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;

/** Statements of a cell as canonical text, where there is no mistake. */
const statements = (...lines: string[]): readonly string[] => {
  const { tree, diagnostics } = read(cell(...lines));
  expect(diagnostics).toEqual([]);
  return print(tree)
    .split('\n')
    .slice(1, -2)
    .map((line) => line.trim());
};

const mistakes = (text: string): readonly string[] =>
  read(text).diagnostics.map(({ code, span }) => `${code} ${text.slice(span.start, span.end)}`);

describe('where a statement ends', () => {
  it('ends with its line', () => expect(statements('a = b', 'c = d')).toEqual(['a = b', 'c = d']));

  it('goes on while a bracket is open', () => {
    expect(statements('a = f(', 'b,', '', 'c', ')', 'd = e')).toEqual(['a = f(b, c)', 'd = e']);
  });

  it('goes on after an operator, and before one', () => {
    expect(statements('a = b +', 'c', '- d', '@ e', 'f = if g', 'then h', 'else i')).toEqual([
      'a = b + c - d @ e',
      'f = if g then h else i',
    ]);
  });

  it('goes on after a comma, as declarations do', () => {
    expect(statements('param W: [H, I] ~ glorot,', 'b: [H] = 0', 'output h,', 'y = x')).toEqual([
      'param  W: [H, I] ~ glorot, b: [H] = 0',
      'output h, y = x',
    ]);
  });

  it('opens a left side with a bracket at the start of a line', () => {
    expect(statements('param b: [4*H] = 0', '[i, f] = split(z, 2)')).toEqual([
      'param  b: [4*H] = 0',
      '[i, f] = split(z, 2)',
    ]);
  });

  it('reads named arguments on lines of their own', () => {
    expect(statements('a = inner(x,', 'h_prev = b)')).toEqual(['a = inner(x, h_prev = b)']);
  });

  it('takes a cell on one line, and a brace on the next', () => {
    expect(read('cell A() { y = 1 }').tree.items).toHaveLength(1);
    expect(print(read('cell A()\n{\n  y = 1\n}').tree)).toBe('cell A() {\n  y = 1\n}\n');
  });

  it('takes a byte order mark, tabs, carriage returns and odd spaces', () => {
    const { tree, diagnostics } = read('\uFEFFcell A() {\r\n\ty\u00A0= 1 # x\r\n}\r\n');
    expect(diagnostics).toEqual([]);
    expect(print(tree)).toBe('cell A() {\n  y = 1  # x\n}\n');
  });
});

describe('with derivative', () => {
  const written = 'fn f(a, b) = a*b with derivative 2*b, 0';
  it.each([
    'fn f(a, b) = a*b with derivative 2*b, 0',
    'fn f(a, b) = a*b\n  with derivative 2*b, 0',
    'fn f(a, b) = a*b with derivative\n  2*b,\n  0',
    'fn f(a, b) = a*b  # value\nwith derivative 2*b, 0',
  ])('may stand on a line of its own: %j', (text) => {
    const { tree, diagnostics } = read(`${text}\n`);
    expect(diagnostics).toEqual([]);
    expect(print({ ...tree, items: tree.items.map((item) => ({ ...item, leading: [] })) })).toBe(
      `${written}\n`,
    );
  });

  it('leaves both words free as names', () => {
    expect(statements('with = 2', 'derivative = with')).toEqual(['with = 2', 'derivative = with']);
  });
});

describe('names', () => {
  it('compare in NFC', () => {
    const [decomposed, composed] = ['re\u0301sume\u0301', 'r\u00E9sum\u00E9'];
    expect(statements(`${decomposed} = x`)).toEqual([`${composed} = x`]);
  });

  it('may be letters beyond the first plane, and names of the host language', () => {
    expect(statements('𝐖 = __proto__ + constructor')).toEqual(['𝐖 = __proto__ + constructor']);
  });
});

describe('mistakes', () => {
  it('are all reported, one a statement, and the rest is read', () => {
    const text = cell('a = b +', 'c = d', 'e = f g', 'param W [H]', 'h = (x', 'i = x');
    const { tree, diagnostics, lost } = read(text);
    expect(diagnostics.map(({ code }) => code)).toEqual(['RNN102', 'RNN122', 'RNN114', 'RNN107']);
    expect(print(tree)).toBe('cell A(I, H) {\n  c = d\n  i = x\n}\n');
    expect([...lost]).toEqual(['a', 'b', 'e', 'f', 'g', 'W', 'H', 'h', 'x']);
  });

  it('inside a deep bracket do not hide those outside', () => {
    const deep = `${'('.repeat(20)}a b${')'.repeat(20)}`;
    expect(mistakes(cell(`y = c d + ${deep}`))).toEqual(['RNN122 c d', 'RNN122 a b']);
  });

  it('in a header do not hide those in the body', () => {
    expect(mistakes('cell A(4) {\n  y = a b\n}\n')).toEqual(['RNN101 4', 'RNN122 a b']);
    expect(mistakes('cel A() {\n  y = a b\n}\n')).toEqual(['RNN112 cel', 'RNN122 a b']);
    expect(mistakes('cell A()\n  y = a b\n}\n')).toEqual(['RNN139 )', 'RNN122 a b']);
  });

  it('of a missing brace end at the next cell', () => {
    const { tree, diagnostics } = read('cell A() {\n  y = 1\n\ncell B() {\n  z = 1\n}\n');
    expect(diagnostics.map(({ code }) => code)).toEqual(['RNN107']);
    expect(tree.items.map((item) => item.kind === 'cell' && item.name.name)).toEqual(['A', 'B']);
  });

  it('of a missing bracket end at the next declaration or equation', () => {
    expect(mistakes(cell('y = f(a,', 'state h: [H]', 'z = 1'))).toEqual(['RNN107 (']);
    expect(mistakes(cell('y = f(a', 'z = 1', '[b, c] = split(z, 2)'))).toEqual(['RNN107 (']);
  });

  it.each([
    ['h = x * if a then b else c', 'RNN125 if'],
    ['h = a if b else c', 'RNN101 if'],
    ['h = if (a > 0) b else c', 'RNN124 if'],
    ['h = a == b == c', 'RNN121 =='],
    ['h = lambda x: x', 'RNN141 lambda x'],
    ["h = W' @ x", "RNN103 '"],
    ['h = Wᵀ @ x', 'RNN103 ᵀ'],
    ['h = W·x', 'RNN103 ·'],
    ['h = prev', undefined],
    ['h = x[t] + h[t - 2]', 'RNN134 x[t]|RNN134 h[t - 2]'],
    ['param t: [] = 0|h = x[t]', undefined],
    ['param T: [] = 0|h = x^T', undefined],
    ['a, b = split(z, 2)', 'RNN120 a, b'],
    ['f(x) = x', 'RNN120 f(x)'],
    ['x += 1', 'RNN103 +='],
    ['frozn param A: [H] = 0', 'RNN112 frozn'],
    ['state h: [H] c: [H]', 'RNN101 c'],
    ['input M: [D] over S', undefined],
    ['for l in 0..L { s[l + 1] = a b }', 'RNN122 a b'],
    ['for l in 0..L {|  param W: [H] = 0|}', 'RNN138 param'],
    ['for l in range(L) {|  s[l] = a b|}', 'RNN160 for l in range(L)|RNN122 a b'],
    ['for l in 0..L|s[0] = x', 'RNN161 for l in 0..L'],
    ['for l in 0..L {|  s[l] = x', 'RNN107 {'],
    ['s[i, j] = x', 'RNN119 s[i, j]'],
    ['s [0] = x', 'RNN120 s [0]'],
    ['s[0:2] = x', 'RNN120 s[0:2]'],
    ['h[t] = tanh(x)', 'RNN119 h'],
    ['for t in 0..2 { h[t] = x }', undefined],
    ['noise m: [H] ~ bernoulli(0.9) per step', undefined],
    ['noise m: [H]', 'RNN175 ]'],
    ['noise m: [H] ~ bernoulli(0.9)', 'RNN175 )'],
    ['noise m: [H] ~ bernoulli(0.9), n: [H] ~ normal(0, 1) per step', 'RNN175 ,'],
    ['noise m: [H] ~ bernoulli(0.9) per row', 'RNN175 row'],
    ['noise m: [H] = 0.5 per step', 'RNN175 ='],
    ['noise m: H ~ bernoulli(0.9) per step', 'RNN115 H'],
    ['param W: [H] ~ bernoulli(0.9) per step', 'RNN175 per'],
    ['cell layer[L]: LSTM(H, H)', undefined],
    ['h = 2(a)', 'RNN122 2('],
    ['h = W [0]', 'RNN123 W ['],
    ['y = x with derivative 2', 'RNN101 with'],
    ['state = 1', 'RNN126 state'],
  ])('%s', (lines, expected) => {
    expect(mistakes(cell(...lines.split('|')))).toEqual(expected?.split('|') ?? []);
  });
});

describe('nesting', () => {
  const nested: Readonly<Record<string, (n: number) => string>> = {
    brackets: (n) => `${'('.repeat(n)}a${')'.repeat(n)}`,
    calls: (n) => `${'f('.repeat(n)}a${')'.repeat(n)}`,
    stacks: (n) => `${'['.repeat(n)}a${']'.repeat(n)}`,
    'calls of two': (n) => `${'f(b, '.repeat(n)}a${', c)'.repeat(n)}`,
    indices: (n) => `${'a['.repeat(n)}0${']'.repeat(n)}`,
    'minus signs': (n) => `${'-'.repeat(n)}a`,
    powers: (n) => `${'a^'.repeat(n)}a`,
    'powers of minus': (n) => `${'a^-'.repeat(n / 2)}a`,
    sums: (n) => `a${' + a'.repeat(n)}`,
    products: (n) => `a${' @ a'.repeat(n)}`,
    negations: (n) => `${'not '.repeat(n)}a`,
    'else if': (n) => `${'if a then b else '.repeat(n)}c`,
    'then if': (n) => `${'if a then '.repeat(n)}b${' else c'.repeat(n)}`,
    members: (n) => `a${'.T'.repeat(n)}`,
  };

  for (const [kind, make] of Object.entries(nested)) {
    it(`of ${kind} goes 200 levels deep and more, and ends with a message`, () => {
      for (const depth of [200, nestingLimit - 2]) {
        const text = cell(`y = ${make(depth)}`);
        const { tree, diagnostics } = read(text);
        expect(diagnostics).toEqual([]);
        expect(print(tree).length).toBeGreaterThan(20);
      }
      const beyond = read(cell(`y = ${make(2 * nestingLimit + 2)}`)).diagnostics;
      expect(beyond.map(({ code }) => code)).toEqual(['RNN135']);
    });
  }
});
