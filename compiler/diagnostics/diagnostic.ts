import type { Span } from '../source/source.ts';

export type Severity = 'error' | 'warning';

/** A second place in the text that explains the first one, e.g. where a shape comes from. */
export interface Related {
  readonly span: Span;
  readonly label: string;
}

/**
 * One thing to tell the user about a source. Stable `code` (RNN1xx syntax, RNN2xx names and shapes, RNN3xx imports and
 * cells in cells, RNN4xx sizes); wording lives in `catalog/` only.
 */
export interface Diagnostic {
  /** `RNN` and three digits; docs/errors.md has them all. */
  readonly code: string;
  /** Errors stop the compilation. */
  readonly severity: Severity;
  /** One or two sentences, without place or code. */
  readonly message: string;
  /** Where. */
  readonly span: Span;
  /** Stands under the carets of the primary span. */
  readonly label?: string;
  /** Other places that explain this one. */
  readonly related: readonly Related[];
  /** What to write instead; at most one. */
  readonly hint?: string;
}

/** What a catalogue entry makes of its parameters. */
export interface Wording {
  readonly message: string;
  readonly label?: string;
  readonly hint?: string;
}

/** One kind of diagnostic: its code, what it means, a program that provokes it, and its wording. */
export interface CatalogEntry<Parameters> {
  readonly code: string;
  readonly severity: Severity;
  /** One sentence for docs/errors.md. */
  readonly doc: string;
  /** A complete .rnn text that provokes exactly this code (checked by test). */
  readonly example: string;
  /** Sizes and numbers that are given with the example, where the fault lies in these (RNN4xx). */
  readonly given?: Readonly<Record<string, number>>;
  /** Text that the example imports, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly wording: (parameters: Parameters) => Wording;
}

export function diagnose<Parameters>(
  entry: CatalogEntry<Parameters>,
  span: Span,
  parameters: Parameters,
  related: readonly Related[] = [],
): Diagnostic {
  return { code: entry.code, severity: entry.severity, span, related, ...entry.wording(parameters) };
}
