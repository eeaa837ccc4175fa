import { describe, expect, it } from 'vitest';
import { checkSource } from '../../compiler/compile.ts';

const inner = 'cell Leaf(I, H) {\n  input x: [I]\n  state h: [H]\n  h = h_prev + sum(x)\n}\n';
const told = (...lines: readonly string[]) => {
  const text = `${inner}cell E(I, H) {\n${lines.map((line) => `  ${line}`).join('\n')}\n}\n`;
  return checkSource({ name: 'main.rnn', text }).diagnostics.map(
    ({ code, message, label, hint }) => `${code} ${message} | ${label ?? ''} | ${hint ?? ''}`,
  );
};

const start = ['input x: [I]', 'state h: [H]', 'param W: [H, I] ~ glorot, U: [H, H] ~ orthogonal'];

describe('what a user of other languages writes is answered with what to write here', () => {
  it.each<readonly [string, readonly string[], string]>([
    ['loss = a', [...start, 'h = W @ x', 'loss = sum(h*h)'], 'Write `loss sum(h*h)`'],
    ['output = h', [...start, 'h = W @ x', 'output = h'], 'Write `output h`'],
    ['output = 2*h', [...start, 'h = W @ x', 'output = 2*h'], 'Write `output y = 2*h`'],
    [
      'output n.h',
      [...start, 'h = W @ x', 'cell a: Leaf(I, H)', 'n = a(x)', 'output n.h'],
      '`output y = n.h`',
    ],
    [
      's = s + a in a loop',
      [...start, 's = W @ x', 'for k in 0..3 {', 's = s + U @ h_prev', '}', 'h = tanh(s)'],
      'write s[k + 1] = ... with s[k] in it, and s[0] = ... before the loop',
    ],
    ['W*x', [...start, 'h = tanh(W*x)'], 'write W @ x; row(x)'],
    ['U*h_prev', [...start, 'h = tanh(U*h_prev + W @ x)'], 'write U @ h_prev; col(h_prev) scales rows'],
    [
      'with derivative',
      [...start, 'fn k(u) = round(u) with derivative', 'h = k(W @ x)'],
      'a formula for each argument',
    ],
    [
      'with derivative, last',
      [...start, 'h = W @ x', 'fn k(u) = round(u) with derivative'],
      'a formula for each argument',
    ],
    ['np.tanh', [...start, 'h = np.tanh(W @ x)'], 'write `tanh(...)`'],
    [
      'a start that reads a value',
      [...start, 'state c: [H] = W @ x', 'c = c_prev', 'h = c'],
      '`per sequence`',
    ],
    [
      'a.h of an applied cell',
      [...start, 'cell a: Leaf(I, H)', 'n = a(x)', 'h = a.h'],
      'Read n.h, where n = a(...)',
    ],
    [
      'a.h of a cell that is not',
      [...start, 'cell a: Leaf(I, H)', 'h = a.h'],
      'Apply it first: n = a(...), then read n.h',
    ],
    ['h_prv', [...start, 'h = tanh(W @ x + U @ h_prv)'], 'Did you mean h_prev?'],
    ['zeros', [...start, 'h = W @ x + zeros(H)'], 'write 0'],
    ['ones', [...start, 'h = W @ x + ones(H)'], 'write 1'],
    ['gaussian', [...start, 'param c: [H] ~ gaussian(0, 1)', 'h = W @ x + c'], '~ normal(0, 1)'],
    ['concat', [...start, 'h = U @ concat(x, x)'], '[a; b]'],
    ['e_prev of noise', [...start, 'noise e: [H] ~ normal(0, 1) per step', 'h = W @ x + e_prev'], 's = e'],
  ])('%s', (_, lines, wanted) => {
    expect(told(...lines).join('\n')).toContain(wanted);
  });

  it('two cells in one declaration are one mistake', () => {
    const lines = [
      'cell leaf[2]: Leaf(I, H), root: Leaf(I, H)',
      'for l in 0..2 {',
      'n = leaf[l](x)',
      'hs[l] = n.h',
      '}',
      'output y = sum(hs, axis = 0)',
    ];
    const found = told('input x: [I]', ...lines);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('Every cell is declared on a line of its own');
  });
});
