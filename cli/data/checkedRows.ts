import { dataFailure } from './dataFailure.ts';

/** Takes the rows of a file one after another; what it throws ends the reading. */
export interface RowReader {
  /** The names of the first line, without blanks around them. */
  header(names: readonly string[]): void;
  /** @param line  of the file, from 1, where the row ends */
  row(fields: readonly string[], line: number): void;
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
    if (this.#columns !== undefined) return;
    const what = this.#blank.length === 0 ? 'is empty' : 'holds only blank lines';
    throw dataFailure(this.#file, `the file ${what}. It must have a line of column names, then rows.`);
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
