import { isUtf8 } from 'node:buffer';
import { type CsvError, type Parser, parse } from 'csv-parse';
import { visibleText } from '../../compiler/support/visibleText.ts';
import { exitCodes, Failure } from '../failure.ts';

/** Takes the rows of a file one after another; what it throws ends the reading. */
export interface RowReader {
  /** The names of the first line, without blanks around them. */
  header(names: readonly string[]): void;
  /** @param line  of the file, from 1, where the row ends */
  row(fields: readonly string[], line: number): void;
}

/** A mistake in the data: the message names the file and the place. */
export function dataFailure(file: string, message: string): Failure {
  return new Failure(exitCodes.failed, `${file}: ${message}`);
}

/**
 * Reads comma-separated values (RFC 4180, UTF-8) piece by piece: memory does not grow with the file. Blank lines at the
 * end are left out.
 *
 * @param chunks     bytes of the file in order
 * @param file       its name, for messages
 * @param delimiter  between fields
 * @param reader     called for the first line, then for every row
 * @param settled    called after each chunk, awaited before the next
 * @throws Failure (failed) for bytes that are no UTF-8, rows of unequal length, quotes that do not close
 */
export async function readCsv(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  delimiter: string,
  reader: RowReader,
  settled: () => Promise<void> | void = () => {},
): Promise<void> {
  const rows = new CheckedRows(file, delimiter, reader);
  let failure: unknown;
  const parser = parse({
    delimiter,
    relax_column_count: true,
    skip_empty_lines: false,
    max_record_size: longestRow,
  });
  parser.on('data', (fields: readonly string[]) => {
    if (failure !== undefined) return;
    try {
      rows.take(fields);
    } catch (error) {
      failure = error;
      parser.destroy();
    }
  });
  parser.on('error', (error) => {
    failure ??= dataFailure(file, quoteMessage(error as CsvError, rows.line + 1));
  });
  const closed = new Promise<void>((resolve) => void parser.once('close', resolve));
  const text = new CheckedText(file);
  for await (const chunk of chunks) {
    const part = text.take(chunk);
    if (part.length > 0 && !parser.write(part)) await Promise.race([drained(parser), closed]);
    if (failure !== undefined) throw failure;
    await settled();
  }
  text.end();
  parser.end();
  await closed;
  if (failure !== undefined) throw failure;
  rows.end();
  await settled();
}

const drained = (parser: Parser): Promise<void> =>
  new Promise((resolve) => void parser.once('drain', resolve));

/** Characters; more are a quote that does not close, or no table at all. */
export const longestRow = 2 ** 24;

export function quoteMessage(error: CsvError, from: number): string {
  const line = `line ${from}: `;
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `${line}a field begins with a quote (") that is not closed by the end of the file.`;
    case 'CSV_MAX_RECORD_SIZE':
      return `${line}a row is longer than ${longestRow} characters. Is a quote (") not closed, or is this no CSV file?`;
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return `${line}a quote (") stands inside a field. Quote the whole field, and write two quotes ("") for one inside it.`;
    default:
      return `${line}this is no CSV: ${error.message}`;
  }
}

/** Holds rows against the first line. */
export class CheckedRows {
  readonly #file: string;
  readonly #delimiter: string;
  readonly #reader: RowReader;
  #columns: readonly string[] | undefined;
  /** Lines that rows have come from so far. */
  line = 0;
  /** Lines of blank rows that may be the end of the file. */
  #blank: number[] = [];

  constructor(file: string, delimiter: string, reader: RowReader) {
    this.#file = file;
    this.#delimiter = delimiter;
    this.#reader = reader;
  }

  take(fields: readonly string[]): void {
    this.line++;
    for (const field of fields) if (field.includes('\n')) this.line += field.split('\n').length - 1;
    const { line } = this;
    if (fields.length === 1 && fields[0]!.trim() === '') {
      this.#blank.push(line);
      if (this.#blank.length > mostBlank) this.#passBlank();
      return;
    }
    this.#passBlank();
    if (this.#columns === undefined) {
      this.#columns = fields.map((name) => name.trim().normalize('NFC'));
      this.#reader.header(this.#columns);
    } else {
      this.#checkLength(fields, line);
      this.#reader.row(fields, line);
    }
  }

  end(): void {
    if (this.#columns === undefined) {
      throw dataFailure(this.#file, 'the file is empty. It must have a line of column names, then rows.');
    }
  }

  /** Blank lines that are not the end: in a table of one column a value is missing there. */
  #passBlank(): void {
    const blank = this.#blank;
    if (blank.length === 0) return;
    this.#blank = [];
    if (this.#columns === undefined) {
      throw dataFailure(this.#file, `line ${blank[0]} is blank. The first line must hold the column names.`);
    }
    if (this.#columns.length > 1) {
      throw dataFailure(this.#file, `line ${blank[0]} is blank, and rows follow. Delete it.`);
    }
    for (const line of blank) this.#reader.row([''], line);
  }

  #checkLength(fields: readonly string[], line: number): void {
    const expected = this.#columns!.length;
    if (fields.length === expected) return;
    const count = (n: number) => `${n} ${n === 1 ? 'field' : 'fields'}`;
    const comma =
      fields.length > expected && this.#delimiter === ','
        ? ' A number with a decimal comma must be written with a point, text with a comma in quotes.'
        : '';
    throw dataFailure(
      this.#file,
      `line ${line} has ${count(fields.length)}, the first line has ${expected}.${comma}`,
    );
  }
}

const mostBlank = 1000;

/** Lets UTF-8 pass, whole characters at a time, without its mark at the beginning. */
export class CheckedText {
  readonly #file: string;
  #begun = false;
  /** Of the file, where the next bytes begin. */
  #line = 1;
  /** The beginning of a character, or of the file's first bytes. */
  #rest: Uint8Array = new Uint8Array(0);

  constructor(file: string) {
    this.#file = file;
  }

  take(chunk: Uint8Array): Buffer {
    let bytes = this.#rest.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#rest, chunk]);
    this.#rest = new Uint8Array(0);
    if (!this.#begun) {
      if (bytes.length < 4) {
        this.#rest = bytes;
        return Buffer.alloc(0);
      }
      bytes = this.#withoutMark(bytes);
    }
    const whole = bytes.length - unfinished(bytes);
    this.#rest = Uint8Array.from(bytes.subarray(whole));
    return this.#checked(bytes.subarray(0, whole));
  }

  /** @throws Failure where the file ends within a character, or is shorter than a line */
  end(): void {
    if (this.#rest.length === 0) return;
    if (this.#begun) this.#checked(asBuffer(this.#rest));
    throw dataFailure(this.#file, 'the file is empty. It must have a line of column names, then rows.');
  }

  #withoutMark(bytes: Buffer): Buffer {
    this.#begun = true;
    const starts = (...mark: readonly number[]) => mark.every((byte, i) => bytes[i] === byte);
    const utf16 = starts(0xff, 0xfe) || starts(0xfe, 0xff);
    if (utf16 || bytes.subarray(0, 1000).includes(0)) {
      const what = utf16
        ? 'is UTF-16 text'
        : 'holds zero bytes, so it is UTF-16 text without a mark or no text';
      throw dataFailure(
        this.#file,
        `the file ${what}. Save it as UTF-8 ("CSV UTF-8" in a spreadsheet), or: ` +
          'iconv -f UTF-16 -t UTF-8 FILE > NEW',
      );
    }
    return starts(0xef, 0xbb, 0xbf) ? bytes.subarray(3) : bytes;
  }

  #checked(bytes: Buffer): Buffer {
    const whole = isUtf8(bytes);
    for (let at = 0; ; this.#line++) {
      const end = bytes.indexOf(10, at);
      const line = bytes.subarray(at, end < 0 ? bytes.length : end);
      if (!whole && !isUtf8(line)) this.#refuse(line);
      if (end < 0) return bytes;
      at = end + 1;
    }
  }

  #refuse(line: Buffer): never {
    const shown = visibleText(line.toString('latin1')).slice(0, 60);
    throw dataFailure(
      this.#file,
      `line ${this.#line} is not UTF-8 text: ${JSON.stringify(shown)}. If it reads well here, the file is Latin-1: ` +
        'iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW',
    );
  }
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Bytes at the end that begin a character without ending it, 0 … 3. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}
