import { CsvError, parse } from 'csv-parse/sync';
import { fileFailure } from '../files.ts';
import { CheckedRows, type RowReader } from './checkedRows.ts';
import { CheckedText } from './checkedText.ts';
import { longestRow, quoteMessage } from './csv.ts';
import { dataFailure } from './dataFailure.ts';
import { openRead } from './table.ts';

/**
 * Reads comma-separated values as `readCsv` does, but hands over each row as soon as its line has ended, where a parser of
 * whole files keeps the last one back until more comes. What is not yet handed over is all that is kept.
 *
 * @param chunks     bytes in order, see `piecesOf`
 * @param file       its name, for messages
 * @param delimiter  between fields
 * @param settled    called after the rows of each piece that came, awaited before the next
 * @throws Failure as `readCsv`, and what `chunks` throws
 */
export async function readLive(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  delimiter: string,
  reader: RowReader,
  settled: () => Promise<void> | void = () => {},
): Promise<void> {
  const rows = new CheckedRows(file, delimiter, reader);
  const text = new CheckedText(file);
  const whole = new WholeRows();
  const parseRows = (part: Buffer) => {
    if (part.length === 0) return;
    try {
      parse(part, {
        delimiter,
        relax_column_count: true,
        skip_empty_lines: false,
        max_record_size: longestRow,
        ...(whole.lineEnd && { record_delimiter: whole.lineEnd }),
        on_record: (fields: readonly string[]) => {
          rows.take(fields);
          return null;
        },
      });
    } catch (error) {
      throw error instanceof CsvError ? dataFailure(file, quoteMessage(error, rows.line + 1)) : error;
    }
  };
  for await (const chunk of chunks) {
    parseRows(whole.take(text.take(chunk)));
    if (whole.kept > longestRow) {
      throw dataFailure(file, quoteMessage(new CsvError('CSV_MAX_RECORD_SIZE', ''), rows.line + 1));
    }
    await settled();
  }
  parseRows(whole.take(text.rest()));
  parseRows(whole.rest());
  rows.end();
  await settled();
}

/**
 * The bytes of a file, or of standard input for `-`, as they come.
 *
 * @throws Failure (file) where it cannot be read
 */
export async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const stream = openRead(path)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const next = await stream.next().catch((error: unknown) => {
        throw fileFailure(`read ${path}`, error);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await stream.return?.();
  }
}

const [quote, newline, carriageReturn] = [34, 10, 13];

/** Cuts bytes after the last line end that stands outside quotes. The first one decides what a line end is. */
class WholeRows {
  lineEnd: '\n' | '\r\n' | '\r' | undefined;
  #kept: Buffer = Buffer.alloc(0);
  #scanned = 0;
  #quoted = false;

  get kept(): number {
    return this.#kept.length;
  }

  take(bytes: Buffer): Buffer {
    const all = this.#kept.length === 0 ? bytes : Buffer.concat([this.#kept, bytes]);
    let end = 0;
    let at = this.#scanned;
    for (; at < all.length; at++) {
      const byte = all[at];
      if (byte === quote) this.#quoted = !this.#quoted;
      else if (!this.#quoted && (byte === newline || byte === carriageReturn)) {
        // Whether a line ends here, or with the byte that comes after, is not known yet.
        if (this.lineEnd === undefined && byte === carriageReturn && at + 1 === all.length) break;
        this.lineEnd ??= byte === newline ? '\n' : all[at + 1] === newline ? '\r\n' : '\r';
        if (endsLine(this.lineEnd, byte, all[at - 1])) end = at + 1;
      }
    }
    this.#scanned = at - end;
    this.#kept = Buffer.from(all.subarray(end));
    return all.subarray(0, end);
  }

  /** The last row, where no line end follows it. */
  rest(): Buffer {
    return this.#kept;
  }
}

function endsLine(lineEnd: '\n' | '\r\n' | '\r', byte: number, before: number | undefined): boolean {
  if (lineEnd === '\r\n') return byte === newline && before === carriageReturn;
  return byte === (lineEnd === '\n' ? newline : carriageReturn);
}
