import picocolors from 'picocolors';
import { drawFrame } from '../source/frame.ts';
import { formatPosition } from '../source/source.ts';
import { visibleText } from '../support/visibleText.ts';
import type { Diagnostic } from './diagnostic.ts';

export interface RenderOptions {
  /** Whether to colour for a terminal; default no. */
  readonly colour?: boolean;
}

/** Diagnostics as text, by file and place, a blank line between; several end with a count. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  const texts = inOrder(diagnostics).map((diagnostic) => renderDiagnostic(diagnostic, options));
  return texts.join('\n\n');
}

/**
 * One diagnostic:
 *
 *     lstm.rnn:9:15  RNN204  These shapes differ: [H] and [I]
 *       8 |   param U: [H, I]
 *         |         - U is declared here
 *       9 |   i = sigmoid(U @ h_prev)
 *         |               ^^^^^^^^^^ U needs a vector of length I
 *       Declare U as [H, H].
 */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const colours = picocolors.createColors(options.colour ?? false);
  const loud = diagnostic.severity === 'error' ? colours.red : colours.yellow;
  const code = diagnostic.severity === 'error' ? diagnostic.code : `${diagnostic.code} warning`;
  const { span, label } = diagnostic;
  const frame = drawFrame(
    [
      ...diagnostic.related.map((related) => ({ ...related, primary: false })),
      { span, label: label ?? '', primary: true },
    ],
    { primary: loud, secondary: colours.cyan, margin: colours.dim },
  );
  const head = `${colours.bold(visibleText(formatPosition(span)))}  ${loud(code)}  ${visibleText(diagnostic.message)}`;
  const hint = diagnostic.hint === undefined ? [] : [`  ${visibleText(diagnostic.hint)}`];
  return [head, ...frame, ...hint].join('\n');
}

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = [...new Set(diagnostics.map(({ span }) => span.source))];
  const rank = new Map(files.map((source, index) => [source, index]));
  return diagnostics.toSorted(
    (a, b) => rank.get(a.span.source)! - rank.get(b.span.source)! || a.span.start - b.span.start,
  );
}
