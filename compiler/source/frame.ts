import { visibleText } from '../support/visibleText.ts';
import { positionAt, type Source, type Span } from './source.ts';

/** A span to point at, with what stands beside its underline ('' for nothing). */
export interface Mark {
  readonly span: Span;
  readonly label: string;
  /** Primary marks are underlined with `^`, the others with `-`. */
  readonly primary: boolean;
}

/** How the parts of a frame are coloured; each function wraps a text in whatever its terminal needs. */
export interface FrameColours {
  readonly primary: (text: string) => string;
  readonly secondary: (text: string) => string;
  readonly margin: (text: string) => string;
}

const none = (text: string): string => text;
const noColours: FrameColours = { primary: none, secondary: none, margin: none };

/** Longest piece of a source line that is shown, in UTF-16 units. */
const lineWidth = 100;
/** What is shown before a mark that lies beyond that. */
const before = 30;

/**
 * Marked lines of the source, in order, each followed by its underlines:
 *
 *       8 |   param U: [H, I]
 *         |            ------ U is declared here
 *
 * A span over several lines is underlined on its first. Marks in another source than the last one (the primary's)
 * come first, under that source's name.
 */
export function drawFrame(marks: readonly Mark[], colours: FrameColours = noColours): string[] {
  const main = marks.at(-1)?.span.source;
  const sources = [...new Set(marks.map(({ span }) => span.source))];
  const others = sources.filter((source) => source !== main);
  const rows = marks.map(locate);
  const gutter = String(Math.max(...rows.map(({ line }) => line))).length;
  return [...others, ...(main === undefined ? [] : [main])].flatMap((source) => {
    const own = rows.filter((row) => row.mark.span.source === source);
    const name = source === main ? [] : [`  ${colours.margin(`in ${visibleText(source.name)}:`)}`];
    return [...name, ...drawLines(source, own, gutter, colours)];
  });
}

interface Row {
  readonly mark: Mark;
  readonly line: number;
  /** Offsets of the line in the text, its end excluded. */
  readonly lineStart: number;
  readonly lineEnd: number;
}

function locate(mark: Mark): Row {
  const { source, start } = mark.span;
  const { line, column } = positionAt(source, start);
  const lineStart = start - column + 1;
  const newline = source.text.indexOf('\n', start);
  return { mark, line, lineStart, lineEnd: newline < 0 ? source.text.length : newline };
}

function drawLines(source: Source, rows: readonly Row[], gutter: number, colours: FrameColours): string[] {
  const lines = [...new Set(rows.map(({ line }) => line))].sort((a, b) => a - b);
  return lines.flatMap((line) => {
    const own = rows
      .filter((row) => row.line === line)
      .toSorted((a, b) => a.mark.span.start - b.mark.span.start);
    return drawLine(source, own, String(line).padStart(gutter), colours);
  });
}

/** One source line and the underlines of all its marks; a line too long is shown from near each mark's start. */
function drawLine(source: Source, rows: readonly Row[], number: string, colours: FrameColours): string[] {
  const { lineStart, lineEnd } = rows[0]!;
  const fits = lineEnd - lineStart <= lineWidth;
  const windowStart = (row: Row): number =>
    fits ? lineStart : Math.max(lineStart, row.mark.span.start - before);
  const drawn: string[] = [];
  let shownFrom = -1;
  for (const row of rows) {
    const from = windowStart(row);
    const to = fits ? lineEnd : Math.min(lineEnd, from + lineWidth);
    const { span } = row.mark;
    const shown =
      shownFrom >= 0 && span.start >= shownFrom && (fits || span.start < shownFrom + lineWidth / 2);
    if (!shown) {
      const text = `${from > lineStart ? '…' : ''}${source.text.slice(from, to)}${to < lineEnd ? '…' : ''}`;
      drawn.push(`  ${colours.margin(`${number} |`)} ${visibleText(text)}`.trimEnd());
      shownFrom = from;
    }
    const lead = (shownFrom > lineStart ? 1 : 0) + width(source.text.slice(shownFrom, span.start));
    const end = Math.min(span.end, fits ? lineEnd : shownFrom + lineWidth, lineEnd);
    const length = Math.max(1, width(source.text.slice(span.start, end).trimEnd()));
    const colour = row.mark.primary ? colours.primary : colours.secondary;
    const underline = (row.mark.primary ? '^' : '-').repeat(length);
    const label = row.mark.label === '' ? '' : ` ${visibleText(row.mark.label)}`;
    const margin = colours.margin(`${' '.repeat(number.length)} |`);
    drawn.push(`  ${margin} ${' '.repeat(lead)}${colour(underline + label)}`);
  }
  return drawn;
}

/** Columns on a terminal, taking every character but combining accents as one. */
function width(text: string): number {
  return [...text.replace(/\p{M}/gu, '')].length;
}
