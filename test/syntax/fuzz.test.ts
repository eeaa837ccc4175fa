import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../../compiler/diagnostics/render.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { print } from '../../compiler/syntax/print.ts';
import { tree } from './randomTree.ts';

/** Whatever the text, there is a tree that prints, and messages that render. */
function survives(text: string): void {
  const { tree: parsed, diagnostics } = parse({ name: 'fuzz.rnn', text });
  expect(diagnostics.length).toBeLessThanOrEqual(51);
  for (const { span, message, hint, label } of diagnostics) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    expect(span.end).toBeLessThanOrEqual(text.length);
    expect(`${message}${hint}${label}`).not.toMatch(/NaN|\[object/);
  }
  expect(renderDiagnostics(diagnostics).length).toBeLessThan(100_000);
  const canonical = print(parsed);
  if (diagnostics.length > 0) return;
  const again = parse({ name: 'fuzz.rnn', text: canonical });
  expect(again.diagnostics).toEqual([]);
  expect(print(again.tree)).toBe(canonical);
}

const soup = (
  'cell network import fn input state param frozen const output loss for noise if then else and or not A W_f h_prev x 0 ' +
  '1e-5 .5 1. 2x "a" " \' # // /* */ ( ) [ ] { } ( ) [ ] , ; : = ~ + - * / @ ^ < <= == != . -> ** := && || ! − · ² ᵀ ' +
  '\uE000 \u0301 \0 𝐖 over with index from LSTM'
).split(' ');

const program = `# note
import { GRU } from "./gru.rnn"
fn lerp(z, a, b) = (1 - z)*a + z*b

cell LSTM(I, H = 128; dt = 0.1) {  # body
  input x: [I], token: index(V) = 0
  state h: [H], c: [H] = c0
  param W, U: [4*H, I + H] ~ glorot, b: [4*H] = (k) -> if k >= H then 1 else 0
  cell inner: GRU(I, H)
  [i, f, o, g] = split(W @ [x; h_prev] + b, 4)
  c = sigmoid(f)*c_prev + sigmoid(i)*tanh(g)  # cell
  h = if not x > 0 and c == 1 then -x^2^-k else inner(x, h_prev = a).h[0:H]
  output h, y = W.T @ h
  loss 0.5*sum((y - h)^2)
}
`;

describe('parse', () => {
  it('answers to any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), survives), {
      numRuns: 300,
      seed: 11,
    });
  });

  it('answers to a soup of tokens', () => {
    const token = fc
      .tuple(fc.constantFrom(...soup), fc.constantFrom('', ' ', ' ', '\n'))
      .map((pair) => pair.join(''));
    const text = fc.array(token, { maxLength: 60 }).map((tokens) => tokens.join(''));
    fc.assert(fc.property(text, survives), { numRuns: 600, seed: 12 });
    const inCell = text.map((body) => `cell A(I, H) {\n${body}\n}\n`);
    fc.assert(fc.property(inCell, survives), { numRuns: 600, seed: 13 });
  });

  it('answers to programs with a few characters changed', () => {
    const change = fc.tuple(fc.nat(), fc.nat(6), fc.constantFrom('', ...soup, '\n'));
    const texts = fc.oneof(fc.constant(program), tree.map(print));
    const mutated = fc.tuple(texts, fc.array(change, { minLength: 1, maxLength: 4 })).map(([text, changes]) =>
      changes.reduce((now, [at, length, insert]) => {
        const start = at % (now.length + 1);
        return now.slice(0, start) + insert + now.slice(start + length);
      }, text),
    );
    fc.assert(fc.property(mutated, survives), { numRuns: 300, seed: 14 });
  });

  const million = 1_000_000;
  it.each([
    ['one line', `cell A() {\n  y = ${'ab + '.repeat(million / 5)}\n}`],
    ['one name', `cell A() {\n  y = ${'a'.repeat(million)}\n}`],
    ['one number', `cell A() {\n  y = ${'1'.repeat(million)}\n}`],
    ['open brackets', '([{'.repeat(million / 3)],
    ['closed brackets', ')]}'.repeat(million / 3)],
    ['brackets that do not match', `x = (${'['.repeat(million / 2)}${')'.repeat(million / 2)}`],
    ['words', `cell A() {\n  y = ${'if then '.repeat(million / 8)}\n}`],
    ['quotes', `"'`.repeat(million / 2)],
    ['comments that do not end', '/*'.repeat(million / 2)],
    ['foreign symbols', '∑ \u0000'.repeat(million / 3)],
    ['wrong lines', `cell A() {\n${'y = a b\n'.repeat(million / 8)}}`],
    ['lines outside', 'y = a\n'.repeat(million / 6)],
    ['cells', 'cell A() {\n'.repeat(million / 11)],
  ])('answers to a million characters of %s within seconds', (_, text) => {
    const start = performance.now();
    survives(text);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
