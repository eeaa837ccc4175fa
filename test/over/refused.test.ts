import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { bindColumns } from '../../cli/data/bind.ts';
import { checkedCell } from '../../compiler/index.ts';
import { checkText } from '../cell/support.ts';
import { rnnc } from '../cli/support.ts';

const messages = (...lines: readonly string[]) =>
  checkText(`cell A(D, H, S) {\n${lines.map((line) => `  ${line}`).join('\n')}\n}\n`).diagnostics.map(
    ({ code, message }) => `${code} ${message}`,
  );

describe('what is over a size where it cannot be is told in a sentence', () => {
  it.each([
    [['input x: [D]', 'output y = sum(x over S)'], /RNN280 x does not vary over S/],
    [['input M: [D] over N', 'output y = sum(M over N)'], /RNN280 over N: there is no size N here/],
    [['input M: [D] over S', 'output y = sum(M over M)'], /RNN280 over M: M is an input, not a size/],
    [['input M: [D] over S', 'output y = tanh(M over S)'], /RNN280 tanh does not go over the entries/],
    [['input M: [D] over S', 'output y = sum(M, 0 over S)'], /RNN280 sum goes over S or along an axis/],
    [['input M: [D] over S', 'loss sum(M)'], /RNN281 A loss is one value.*every entry of S/],
    [['input M: [D] over S', 'state h: [D] = M', 'h = h_prev'], /RNN281 The start of h is one value/],
    [['input x: [D] = 0 per sequence', 'output y = x'], /RNN282/],
    [['target y: [D] per sequence', 'loss sum(y)'], /RNN282 A target is compared with at every step/],
    [['input x: [D] per update', 'output y = x'], /RNN282 Nothing is given per update/],
    [['input M: [D] over S per step', 'output y = sum(M - M_prev over S)'], /RNN282 The previous value/],
    [['input w: index(D) over S', 'output y = 1'], /RNN237 .*class numbers over a size/],
  ])('%j', (lines, expected) => {
    expect(messages(...lines).join('\n')).toMatch(expected);
  });
});

test('derive has no page for such cells yet, and says so', async () => {
  const file = new URL('../../dsl-examples/attention/attention_decoder.rnn', import.meta.url).pathname;
  const { code, err } = await rnnc('derive', join(file));
  expect(code).not.toBe(0);
  expect(err).toMatch(/RNN237 .*derive.*\(H\)/);
});

test('a table has no place for what is given once per sequence', () => {
  const source = {
    name: 'a.rnn',
    text: 'cell A(D) {\n  input x: [D]\n  input s: [D] per sequence\n  target y: []\n  loss (sum(x*s) - y)^2\n}\n',
  };
  const wishes = { inputs: ['x=a'], targets: ['y=b'], forecast: [] };
  expect(() => bindColumns(checkedCell(source), wishes, new Map())).toThrow(
    's is given once per sequence or over a size; a row of a table is one step.',
  );
});
