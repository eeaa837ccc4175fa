import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../compiler/source/source.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { print } from '../../compiler/syntax/print.ts';
import { printExpression } from '../../compiler/syntax/printExpression.ts';
import { expression, tree } from './randomTree.ts';

const read = (text: string) => parse({ name: 'random.rnn', text });

/** The tree without its spans. */
const bare = (node: unknown): unknown =>
  JSON.parse(JSON.stringify(node, (key, value) => (/^(span|.*Span)$/.test(key) ? undefined : value)));

const serialised = (tree: unknown): string => JSON.stringify(bare(tree));

const format = (text: string): string => {
  const { tree, diagnostics } = read(text);
  expect(diagnostics).toEqual([]);
  return print(tree);
};

const inCell = (line: string): string => `cell A() {\n  ${line}\n}\n`;

describe('print', () => {
  it('writes what parses to the same tree', () => {
    fc.assert(
      fc.property(tree, (random) => {
        const text = print(random);
        const { tree: again, diagnostics } = read(text);
        expect(diagnostics).toEqual([]);
        expect(bare(again)).toEqual(bare(random));
        expect(print(again)).toBe(text);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('needs every bracket it writes, but for those around a matrix product that is scaled', () => {
    let tried = 0;
    fc.assert(
      fc.property(expression, (random) => {
        const text = inCell(`loss ${printExpression(random)}`);
        const original = serialised(read(text).tree);
        for (const [open, close] of removablePairs(text).slice(0, 20)) {
          const without = `${text.slice(0, open)}${text.slice(open + 1, close)}${text.slice(close + 1)}`;
          const { tree: again, diagnostics } = read(without);
          if (showsProduct(text, open, close)) continue;
          expect(diagnostics.length === 0 && serialised(again) === original, without).toBe(false);
          tried++;
        }
      }),
      { numRuns: 1000, seed: 2 },
    );
    expect(tried).toBeGreaterThan(400);
  });

  it.each([
    ['h=W@x*U@h', 'h = (W @ x)*(U @ h)'],
    ['h = o * C @ q / d + b*-A @ y', 'h = o*(C @ q)/d + b*(-A @ y)'],
    ['h = A @ (b*c) + (A @ B)^2', 'h = A @ (b*c) + (A @ B)^2'],
    ['h = b * c / d', 'h = b*c/d'],
    ['h = ((a+b))*(c)', 'h = (a + b)*c'],
    ['h = a - (b - c) - (d)', 'h = a - (b - c) - d'],
    ['h = ( - x ) ^ 2 + 2 ^ ( - k )', 'h = (-x)^2 + 2^-k'],
    ['h = A @ (-x)', 'h = A @ -x'],
    ['h = a*(-b) - (-c)', 'h = a*-b - -c'],
    ['h = not (not (a == b))', 'h = not not a == b'],
    ['h = -(x^2)', 'h = -x^2'],
    ['h = (a^b)^c^(d)', 'h = (a^b)^c^d'],
    ['h = [ x;h ] . T', undefined],
    ['h = f( x ,k=2 )', 'h = f(x, k = 2)'],
    ['h = z[ 0 : H ][1]', 'h = z[0:H][1]'],
    ['h = (if a<b then (c) else (d))', 'h = if a < b then c else d'],
    ['[a,b]=split(z,[K,2*K])', '[a, b] = split(z, [K, 2*K])'],
    ['param W,U:[4*H,I+H]~glorot,b:[H]=(k)->k', 'param  W, U: [4*H, I + H] ~ glorot, b: [H] = (k) -> k'],
    ['h = x\n    + y  # why', 'h = x + y  # why'],
  ])('%s', (written, canonical) => {
    if (canonical === undefined) expect(read(inCell(written)).diagnostics).toHaveLength(1);
    else expect(format(inCell(written))).toBe(inCell(canonical));
  });

  it('keeps comments and single blank lines', () => {
    const text = [
      '# file',
      '',
      '# cell',
      'cell A(H; dt = 0.1) {  # body',
      '  # first',
      '  input  x: [H]  # given',
      '',
      '  # equations',
      '',
      '  y = x',
      '  # last',
      '}',
      '',
      '# end',
      '',
    ].join('\n');
    expect(format(text)).toBe(text);
    expect(format(text.replaceAll('\n', '\n\n'))).toBe(format(text.replaceAll('\n', '\n\n\n')));
  });

  it('moves a comment inside a statement before it', () => {
    expect(format('cell A() {\n  y = (1  # one\n    + 2)  # two\n}\n')).toBe(
      'cell A() {\n  # one\n  y = 1 + 2  # two\n}\n',
    );
  });
});

describe('layout', () => {
  it('stays within 120 characters where there is a place to break, in lines that parse to the same tree', () => {
    const long = Array.from(
      { length: 14 },
      (_, i) => `W_${i} @ (${'x'.repeat(i)}y*${'z'.repeat(20 - i)})`,
    ).join(' + ');
    const names = Array.from({ length: 40 }, (_, i) => `W_${i}`).join(', ');
    const text = [
      `fn f(a) = ${long}`,
      `fn g(a, b) = f(${long}, if a < b and ${long} > 0 then a else if b < a then b else ${long})`,
      'cell A(I; dt = 0.1) {',
      `  input x: [I], ${names}: [${Array(20).fill('I + 10').join(' + ')}], y: [I] = 5`,
      `  frozen param ${names}: [I, I] ~ log(uniform(0.8, 1)), b: [I] = (k) -> if k < I then 1 else 0`,
      `  h = ${long}`,
      `  a_name_that_is_as_long_as_names_can_be = ${long}`,
      `  i = g([${names.replaceAll(',', ';')}], ${names})`,
      `  [a, b] = split(${long}, 2)`,
      `  output h, y = ${long}, ${names}`,
      `  loss dot(a, b)*(${long})`,
      '}',
      '',
    ].join('\n');
    const canonical = format(text);
    expect(canonical.split('\n').filter((line) => line.length > 120)).toEqual([]);
    expect(serialised(read(canonical).tree)).toBe(serialised(read(text).tree));
    expect(format(canonical)).toBe(canonical);
  });

  it.each([
    [
      `sum_of_squares = sigmoid(W_first @ x + U_first @ h_prev + b_first) + sigmoid(W_second @ x + U_second @ h_prev + b_second)`,
      `sum_of_squares = sigmoid(W_first @ x + U_first @ h_prev + b_first)
                 + sigmoid(W_second @ x + U_second @ h_prev + b_second)`,
    ],
    [
      `z = sigmoid(W_first @ x + U_first @ h_prev + b_first + p_first*c_prev + q_first*s_before + W_second @ x + U_second @ h_before + b_second)`,
      `z = sigmoid(
    W_first @ x
    + U_first @ h_prev
    + b_first
    + p_first*c_prev
    + q_first*s_before
    + W_second @ x
    + U_second @ h_before
    + b_second
  )`,
    ],
    [
      `param W_in: [H, I] ~ glorot, W_forget: [H, I] ~ glorot, W_out: [H, I] ~ glorot, b_in: [H] = 0, b_forget_gate_of_all: [H] = 1`,
      `param  W_in: [H, I] ~ glorot,
         W_forget: [H, I] ~ glorot,
         W_out: [H, I] ~ glorot,
         b_in: [H] = 0,
         b_forget_gate_of_all: [H] = 1`,
    ],
    [
      `y = if step == 0 then start_of_the_whole_sequence else if elapsed > threshold then value_after_a_gap else keep*y_prev + take`,
      `y = if step == 0 then start_of_the_whole_sequence
    else if elapsed > threshold then value_after_a_gap
    else keep*y_prev + take`,
    ],
  ])('%s', (written, canonical) => {
    expect(format(inCell(written))).toBe(inCell(canonical));
  });

  it('aligns comments of lines that follow one another, where they fit', () => {
    const text = (lines: readonly string[]) =>
      `cell A(H) {\n${lines.map((line) => (line === '' ? '\n' : `  ${line}\n`)).join('')}}\n`;
    const far = 'c'.repeat(100);
    expect(
      format(
        text(['a = 1 # one', 'b = 2', 'cc = 33 # three', '', 'd = 4   # four', '# own', 'ee = 5 # five']),
      ),
    ).toBe(
      text(['a = 1    # one', 'b = 2', 'cc = 33  # three', '', 'd = 4  # four', '# own', 'ee = 5  # five']),
    );
    expect(format(text([`a = 1 # ${far}`, `bbbbbbbbbb = 222222 # two`]))).toBe(
      text([`a = 1  # ${far}`, `bbbbbbbbbb = 222222  # two`]),
    );
  });
});

describe('spans', () => {
  it('nest, and hold the text of what they are the span of', () => {
    fc.assert(
      fc.property(tree, (random) => {
        const text = print(random);
        const { tree: parsed } = read(text);
        const check = (node: unknown, outer: Span | undefined): void => {
          if (node === null || typeof node !== 'object') return;
          const { span, kind } = node as { span?: Span; kind?: string };
          if (span !== undefined && kind !== undefined) {
            expect(span.start).toBeLessThanOrEqual(span.end);
            if (outer !== undefined) {
              expect(span.start).toBeGreaterThanOrEqual(outer.start);
              expect(span.end).toBeLessThanOrEqual(outer.end);
            }
            const inside = text.slice(span.start, span.end);
            if (kind === 'identifier') expect(inside).toBe((node as { name?: string }).name);
            if (kind === 'number') expect(inside).toBe((node as { text?: string }).text);
          }
          for (const [key, child] of Object.entries(node)) {
            if (!/span$/i.test(key) && key !== 'leading' && key !== 'trailing')
              check(child, kind === undefined ? outer : span);
          }
        };
        check(parsed, undefined);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});

/** Whether brackets hold something with a matrix product and stand beside `*` or `/`. */
const showsProduct = (text: string, open: number, close: number): boolean =>
  text.slice(open, close).includes(' @ ') &&
  (/[*/]$/.test(text.slice(0, open)) || /^[*/]/.test(text.slice(close + 1)));

/** Round brackets that group (no argument list before them), as pairs of offsets. */
function removablePairs(text: string): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  const open: number[] = [];
  for (const match of text.matchAll(/#.*|"[^"]*"|[()]/g)) {
    if (match[0] === '(') open.push(match.index);
    if (match[0] === ')') {
      const start = open.pop()!;
      const groups =
        !/[\p{L}\p{M}_0-9]$/u.test(text.slice(0, start)) ||
        /\b(?:if|then|else|or|and|not|loss) $/.test(text.slice(0, start));
      if (groups && !text.slice(match.index).startsWith(') ->')) pairs.push([start, match.index]);
    }
  }
  return pairs;
}
