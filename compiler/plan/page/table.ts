/** Most columns of a page. */
export const pageWidth = 110;

export interface Column {
  /** A cell that is wider goes on over more lines. */
  readonly width: number;
  readonly align: 'left' | 'right';
}

/** Cells side by side; those too wide for their column go on in the lines below. */
export function tableRow(columns: readonly Column[], cells: readonly string[], indent: number): string[] {
  const wrapped = columns.map(({ width }, i) => wrap(cells[i] ?? '', width));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const row = columns.map(({ width, align }, i) => {
      const text = wrapped[i]![line] ?? '';
      return align === 'left' ? text.padEnd(width) : text.padStart(width);
    });
    return `${' '.repeat(indent)}${row.join('  ')}`.trimEnd();
  });
}

/** A paragraph. */
export function paragraph(text: string, indent: number, width = pageWidth): string[] {
  return wrap(text, width - indent).map((line) => `${' '.repeat(indent)}${line}`);
}

/** Lines of at most `width`, cut at spaces; what goes on stands in by two. A longer word is cut. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((long) => pieces(long, width))) {
    const room = line === '' ? word : `${line} ${word}`;
    if (room.length <= width || line.trim() === '') line = room;
    else {
      lines.push(line);
      line = word.length + 2 <= width ? `  ${word}` : word;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  return [word.slice(0, width), ...pieces(word.slice(width), width)];
}
