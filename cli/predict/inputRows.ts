import type { RowReader } from '../data/checkedRows.ts';
import { locateColumns, quoted } from '../data/columns.ts';
import { dataFailure } from '../data/dataFailure.ts';
import type { Fill } from '../data/fill.ts';
import { readNumber } from '../data/number.ts';
import { normalised } from '../data/scale.ts';
import { faultMessage } from '../data/table.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Forecaster } from './forecaster.ts';
import type { Sequence, Sequences } from './sequences.ts';

/** How the rows of a file or stream are read. */
export interface RowOptions {
  /** For messages. */
  readonly file: string;
  readonly delimiter: string;
  readonly key?: string;
  readonly fill?: Fill;
}

/** Feeds rows to the network, each to its sequence, and keeps none. */
export class InputRows implements RowReader {
  readonly #forecaster: Forecaster;
  readonly #sequences: Sequences;
  readonly #options: RowOptions;
  readonly #after: (sequence: Sequence, line: number) => void;
  readonly #values: Float32Array;
  /** The names of the first line. */
  names: readonly string[] = [];
  #at: readonly number[] = [];
  #keyAt = -1;
  rows = 0;

  /** @param after  called when the network has read a row */
  constructor(
    forecaster: Forecaster,
    sequences: Sequences,
    options: RowOptions,
    after: (sequence: Sequence, line: number) => void = () => {},
  ) {
    this.#forecaster = forecaster;
    this.#sequences = sequences;
    this.#options = options;
    this.#after = after;
    this.#values = new Float32Array(forecaster.reads.length);
  }

  header(names: readonly string[]): void {
    this.names = names;
    const { file, delimiter, key } = this.#options;
    const wanted = this.#forecaster.reads.map(({ column }) => column);
    this.#at = locateColumns(file, names, wanted, delimiter);
    if (key !== undefined) this.#keyAt = locateColumns(file, names, [key], delimiter)[0]!;
  }

  row(fields: readonly string[], line: number): void {
    const sequence = this.#sequences.enter(this.#keyOf(fields, line));
    const { reads } = this.#forecaster;
    for (let i = 0; i < reads.length; i++) {
      this.#values[i] = this.#read(i, fields[this.#at[i]!]!, sequence, line);
    }
    this.#forecaster.step(this.#values);
    sequence.rows++;
    this.rows++;
    this.#after(sequence, line);
  }

  #keyOf(fields: readonly string[], line: number): string {
    if (this.#keyAt < 0) return '';
    const key = fields[this.#keyAt]!.trim();
    if (key !== '') return key;
    const { file, key: column } = this.#options;
    throw dataFailure(file, `line ${line}, column ${quoted(column!)}: the key is missing.`);
  }

  /** @returns in the network's units */
  #read(which: number, field: string, sequence: Sequence, line: number): number {
    const { column, scale, classes } = this.#forecaster.reads[which]!;
    const found = readNumber(field);
    const value = typeof found === 'number' ? found : this.#fill(which, field, found, sequence, line);
    if (classes !== undefined && !(Number.isInteger(value) && value >= 0 && value < classes)) {
      this.#refuse(line, column, `${value} is no class; it must be a whole number from 0 to ${classes - 1}.`);
    }
    const ready = Math.fround(normalised(value, scale));
    if (!Number.isFinite(ready)) {
      this.#refuse(
        line,
        column,
        `${value} is outside the range of single precision, in which networks compute.`,
      );
    }
    sequence.last[which] = value;
    return ready;
  }

  #fill(
    which: number,
    field: string,
    what: 'missing' | 'wrong',
    { rows, key, last }: Sequence,
    line: number,
  ): number {
    const { column, scale, classes } = this.#forecaster.reads[which]!;
    const { file, fill } = this.#options;
    if (what === 'wrong' || fill === undefined) {
      const help =
        what === 'missing' ? '\n--fill previous (or zero, or mean) puts a value where one is missing.' : '';
      throw new Failure(exitCodes.failed, `${faultMessage(file, line, column, field, what, classes)}${help}`);
    }
    if (fill === 'zero') return 0;
    if (fill === 'mean') {
      if (classes === undefined) return scale.average;
      this.#refuse(
        line,
        column,
        'the value is missing, and classes have no mean. Use --fill previous or --fill zero.',
      );
    }
    if (rows === 0) {
      const first = key === '' ? 'the first row' : `the first row of ${quoted(key)}`;
      this.#refuse(
        line,
        column,
        `the value is missing, and ${first} has none before it. Use --fill mean or --fill zero.`,
      );
    }
    return last[which]!;
  }

  #refuse(line: number, column: string, what: string): never {
    throw dataFailure(this.#options.file, `line ${line}, column ${quoted(column)}: ${what}`);
  }
}
