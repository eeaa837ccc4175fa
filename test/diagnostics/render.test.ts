import { describe, expect, it } from 'vitest';
import { CompileError } from '../../compiler/diagnostics/compileError.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { renderDiagnostic, renderDiagnostics } from '../../compiler/diagnostics/render.ts';
import type { Source, Span } from '../../compiler/source/source.ts';

const source: Source = {
  name: 'lstm.rnn',
  text: ['cell A(I, H) {', '  param U: [H, I]', '', '  i = sigmoid(U @ h_prev) + U', '}', ''].join('\n'),
};

/** The span of the n-th occurrence of a text. */
function spanOf(text: string, n = 0, where = source): Span {
  let start = where.text.indexOf(text);
  for (let i = 0; i < n; i++) start = where.text.indexOf(text, start + 1);
  return { source: where, start, end: start + text.length };
}

const shapes: Diagnostic = {
  code: 'RNN204',
  severity: 'error',
  message: 'These shapes differ: [H] and [I]',
  span: spanOf('U @ h_prev'),
  label: 'U needs a vector of length I; h has length H',
  related: [{ span: spanOf('[H, I]'), label: 'U is declared here' }],
  hint: 'Declare U as [H, H], or multiply it with x.',
};

describe('renderDiagnostic', () => {
  it('draws all its places in the order of the lines', () => {
    expect(renderDiagnostic(shapes)).toBe(
      [
        'lstm.rnn:4:15  RNN204  These shapes differ: [H] and [I]',
        '  2 |   param U: [H, I]',
        '    |            ------ U is declared here',
        '  4 |   i = sigmoid(U @ h_prev) + U',
        '    |               ^^^^^^^^^^ U needs a vector of length I; h has length H',
        '  Declare U as [H, H], or multiply it with x.',
      ].join('\n'),
    );
  });

  it('draws two places of one line below it once', () => {
    const related = [{ span: spanOf('U', 2), label: 'here too' }];
    expect(
      renderDiagnostic({ ...shapes, related })
        .split('\n')
        .slice(1, 4),
    ).toEqual([
      '  4 |   i = sigmoid(U @ h_prev) + U',
      '    |               ^^^^^^^^^^ U needs a vector of length I; h has length H',
      '    |                             - here too',
    ]);
  });

  it('names another file, and lines up numbers of different length', () => {
    const other: Source = { name: 'gru.rnn', text: `${'\n'.repeat(11)}cell GRU(I) {` };
    const related = [{ span: spanOf('GRU', 0, other), label: 'defined here' }];
    expect(
      renderDiagnostic({ ...shapes, related })
        .split('\n')
        .slice(1, 5),
    ).toEqual([
      '  in gru.rnn:',
      '  12 | cell GRU(I) {',
      '     |      --- defined here',
      '   4 |   i = sigmoid(U @ h_prev) + U',
    ]);
  });

  it('underlines the first line of a span of several', () => {
    const span = { source, start: spanOf('param').start, end: spanOf('sigmoid').end };
    const { label: _, ...plain } = shapes;
    expect(
      renderDiagnostic({ ...plain, span, related: [] })
        .split('\n')
        .slice(1, 3),
    ).toEqual(['  2 |   param U: [H, I]', '    |   ^^^^^^^^^^^^^^^']);
  });

  it('shows a window of a long line', () => {
    const long: Source = { name: 'long.rnn', text: `${'a + '.repeat(50_000)}oops${' + a'.repeat(50_000)}` };
    const [, line, underline] = renderDiagnostic({
      ...shapes,
      span: spanOf('oops', 0, long),
      related: [],
    }).split('\n');
    expect(line!.length).toBeLessThan(120);
    expect(line).toMatch(/^ {2}1 \| ….*…$/);
    expect(underline!.indexOf('^^^^ U needs')).toBe(line!.indexOf('oops'));
  });

  it('points at the end of the text, and at the right column behind accents and wide letters', () => {
    const text = 'ae\u0301𝐖 oops';
    const accents: Source = { name: 'a.rnn', text };
    const [, line, underline] = renderDiagnostic({
      ...shapes,
      span: spanOf('oops', 0, accents),
      related: [],
    }).split('\n');
    expect(line).toBe(`  1 | ${text}`);
    expect(underline!.startsWith('    |     ^^^^ ')).toBe(true);
    const end = { source, start: source.text.length, end: source.text.length };
    expect(
      renderDiagnostic({ ...shapes, span: end, related: [] })
        .split('\n')
        .slice(1, 3),
    ).toEqual(['  6 |', `    | ^ ${shapes.label}`]);
  });

  it('lets no control character of the source through', () => {
    const nasty: Source = { name: 'a\u001B[31m.rnn', text: 'x = \u001B[2J\u202E oops\u0007' };
    const text = renderDiagnostic({
      ...shapes,
      message: 'no\u001B[0m',
      span: spanOf('oops', 0, nasty),
      related: [],
    });
    expect(text).not.toContain('\u001B');
    expect(text).not.toContain('\u202E');
  });

  it('colours where asked to, and only there', () => {
    expect(renderDiagnostic(shapes)).not.toContain('\u001B');
    const colourful = renderDiagnostic(shapes, { colour: true });
    expect(colourful).toContain('\u001B[31m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
    expect(colourful.replace(/\u001B\[\d+m/g, '')).toBe(renderDiagnostic(shapes));
  });
});

describe('renderDiagnostics and CompileError', () => {
  it('stand in the order of the text', () => {
    const first: Diagnostic = { ...shapes, span: spanOf('param'), related: [], code: 'RNN101' };
    const text = renderDiagnostics([shapes, first]);
    expect(text.match(/RNN\d+/g)).toEqual(['RNN101', 'RNN204']);
    expect(new CompileError([shapes, first]).message).toBe(text);
  });
});
