import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { exitCodes, Failure } from '../failure.ts';
import { fileFailure } from '../files.ts';
import type { RowReader } from './checkedRows.ts';
import { locateColumns, noRows, quoted } from './columns.ts';
import { readCsv } from './csv.ts';
import { dataFailure } from './dataFailure.ts';
import { readNumber, whyWrong } from './number.ts';

/** Rows of one key, in the order of the file, next to each other in the columns of a table. */
export interface TableSequence {
  /** '' where the file has no key column. */
  readonly key: string;
  readonly first: number;
  readonly rows: number;
}

/** The columns of a file that were asked for. */
export interface Table {
  readonly file: string;
  readonly rows: number;
  /** By name: [rows], NaN where a value is missing. */
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** [rows]: the line of the file. */
  readonly lines: Float64Array;
  /** In the order in which their first rows come. */
  readonly sequences: readonly TableSequence[];
  /** The column that tells them apart. */
  readonly key?: string;
  /** SHA-256 of the file's bytes, in hex. */
  readonly fingerprint: string;
}

export interface TableOptions {
  /** Without doubles. */
  readonly columns: readonly string[];
  readonly key?: string;
  readonly delimiter: string;
  /** Whether values may be missing. */
  readonly gaps: boolean;
  /** By column of classes: how many there are. */
  readonly classes?: ReadonlyMap<string, number>;
}

/**
 * Reads a CSV file, or standard input for `-`. Besides the columns nothing of it is kept.
 *
 * @throws Failure (file) where it cannot be read; (failed) with line and column of what is no number or missing
 */
export async function readTable(path: string, options: TableOptions): Promise<Table> {
  const file = path === '-' ? 'standard input' : path;
  const hash = createHash('sha256');
  const rows = new TableRows(file, options);
  await readCsv(hashed(openRead(path), path, hash), file, options.delimiter, rows);
  return rows.table(hash.digest('hex'));
}

export function openRead(path: string): Readable {
  return path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 2 ** 18 });
}

/** @throws Failure (file) instead of the stream's own error */
async function* hashed(stream: Readable, path: string, hash: { update(chunk: Uint8Array): unknown }) {
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Failure ? error : fileFailure(`read ${path}`, error);
  }
}

class TableRows implements RowReader {
  readonly #file: string;
  readonly #options: TableOptions;
  readonly #faults: Faults;
  readonly #lines = new Growing();
  readonly #columns: readonly Growing[];
  #header: readonly string[] = [];
  #at: readonly number[] = [];
  #keyAt = -1;
  readonly #keys = new Map<string, number>();
  readonly #keyOf = new Growing();

  constructor(file: string, options: TableOptions) {
    this.#file = file;
    this.#options = options;
    this.#faults = new Faults(file, options);
    this.#columns = options.columns.map(() => new Growing());
  }

  header(names: readonly string[]): void {
    this.#header = names;
    const { columns, key, delimiter } = this.#options;
    this.#at = locateColumns(this.#file, names, columns, delimiter);
    if (key !== undefined) this.#keyAt = locateColumns(this.#file, names, [key], delimiter)[0]!;
  }

  row(fields: readonly string[], line: number): void {
    this.#lines.push(line);
    for (const [i, at] of this.#at.entries()) {
      const field = fields[at]!;
      const value = readNumber(field);
      if (typeof value !== 'number') this.#faults.add(line, this.#options.columns[i]!, field, value);
      this.#columns[i]!.push(typeof value === 'number' ? value : Number.NaN);
    }
    if (this.#keyAt < 0) return;
    const key = fields[this.#keyAt]!.trim();
    if (key === '') {
      const column = quoted(this.#options.key!);
      throw dataFailure(this.#file, `line ${line}, column ${column}: the key is missing.`);
    }
    let index = this.#keys.get(key);
    if (index === undefined) {
      index = this.#keys.size;
      this.#keys.set(key, index);
    }
    this.#keyOf.push(index);
  }

  table(fingerprint: string): Table {
    this.#faults.settle();
    const lines = this.#lines.values();
    const rows = lines.length;
    if (rows === 0) throw noRows(this.#file, this.#header);
    const names = this.#options.columns;
    const columns = this.#columns.map((column) => column.values());
    if (this.#keyAt < 0) {
      return {
        file: this.#file,
        rows,
        columns: new Map(names.map((name, i) => [name, columns[i]!])),
        lines,
        sequences: [{ key: '', first: 0, rows }],
        fingerprint,
      };
    }
    const { order, sequences } = grouped(this.#keyOf.values(), [...this.#keys.keys()]);
    const sorted = (values: Float64Array) => Float64Array.from(order, (from) => values[from]!);
    return {
      file: this.#file,
      rows,
      columns: new Map(names.map((name, i) => [name, sorted(columns[i]!)])),
      lines: sorted(lines),
      sequences,
      ...(this.#options.key !== undefined && { key: this.#options.key }),
      fingerprint,
    };
  }
}

/** Puts rows of one key next to each other. */
function grouped(keyOf: Float64Array, keys: readonly string[]) {
  const counts = new Array<number>(keys.length).fill(0);
  for (const key of keyOf) counts[key]!++;
  let first = 0;
  const sequences = keys.map((key, i) => {
    const sequence: TableSequence = { key, first, rows: counts[i]! };
    first += sequence.rows;
    return sequence;
  });
  const next = sequences.map((sequence) => sequence.first);
  const order = new Uint32Array(keyOf.length);
  for (const [row, key] of keyOf.entries()) order[next[key]!++] = row;
  return { order, sequences };
}

/** Collects what is wrong with fields, so that one run shows several mistakes. */
class Faults {
  readonly #file: string;
  readonly #options: TableOptions;
  readonly #shown: string[] = [];
  #count = 0;
  #missing = 0;

  constructor(file: string, options: TableOptions) {
    this.#file = file;
    this.#options = options;
  }

  add(line: number, column: string, field: string, what: 'missing' | 'wrong'): void {
    const { gaps, classes } = this.#options;
    if (what === 'missing' && gaps) return;
    this.#count++;
    if (what === 'missing') this.#missing++;
    if (this.#shown.length < mostShown) {
      this.#shown.push(faultMessage(this.#file, line, column, field, what, classes?.get(column)));
    }
  }

  settle(): void {
    if (this.#count === 0) return;
    const more = this.#count - this.#shown.length;
    const lines = [
      ...this.#shown,
      ...(more > 0 ? [`and ${more} more`] : []),
      ...(this.#missing > 0 ? ['--fill previous (or zero, or mean) puts a value where one is missing.'] : []),
    ];
    throw new Failure(exitCodes.failed, lines.join('\n'));
  }
}

const mostShown = 5;

export function faultMessage(
  file: string,
  line: number,
  column: string,
  field: string,
  what: 'missing' | 'wrong',
  classes?: number,
): string {
  const place = `${file}: line ${line}, column ${quoted(column)}: `;
  return what === 'missing'
    ? `${place}the value is missing${field.trim() === '' ? '' : ` (${quoted(field.trim())})`}.`
    : `${place}${quoted(field)} is no number: ${whyWrong(field, classes)}.`;
}

/** Numbers of which nobody knows how many there will be. */
class Growing {
  #values = new Float64Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  values(): Float64Array {
    return this.#values.slice(0, this.#length);
  }
}
