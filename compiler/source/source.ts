/** A named piece of `.rnn` text. */
export interface Source {
  /** What messages call it: usually the path the user gave. */
  readonly name: string;
  /** All of it. */
  readonly text: string;
}

/** A half-open range of UTF-16 offsets, [start, end), in one source. */
export interface Span {
  /** The text it is of. */
  readonly source: Source;
  /** Its first character. */
  readonly start: number;
  /** The one behind its last. */
  readonly end: number;
}

/** Line and column, both from 1; the column counts UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export function positionAt(source: Source, offset: number): Position {
  const before = source.text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** `lstm.rnn:9:15`, the form terminals and editors turn into a link. */
export function formatPosition(span: Span): string {
  const { line, column } = positionAt(span.source, span.start);
  return `${span.source.name}:${line}:${column}`;
}

export function textOf(span: Span): string {
  return span.source.text.slice(span.start, span.end);
}

/** The smallest span that holds both; both must be of one source. */
export function cover(a: Span, b: Span): Span {
  return { source: a.source, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}
