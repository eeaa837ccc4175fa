import { Random } from '../../runtime/random.ts';
import { quoted } from './columns.ts';
import { dataFailure } from './dataFailure.ts';
import type { Table, TableSequence } from './table.ts';

/** A sequence and its part to learn from: the first `training` rows; the rest is held out. */
export interface Series extends TableSequence {
  readonly training: number;
}

export interface SplitOptions {
  /** Share that is held out, in [0, 1). */
  readonly holdout: number;
  /** `time`: the last rows of every sequence. `key`: whole sequences, drawn by the seed, that have as many rows. */
  readonly by: 'time' | 'key';
  readonly seed: number;
  /** Rows from an input to its target. */
  readonly ahead: 0 | 1;
}

/**
 * Parts the rows of a table. In every sequence at least one pair of input and target stays in the training part.
 *
 * @throws Failure (failed) where there is nothing to learn from, or to hold out
 */
export function split(table: Table, options: SplitOptions): readonly Series[] {
  const { holdout, by, ahead } = options;
  const { sequences, file, rows } = table;
  const count = rows === 1 ? 'there is 1 row' : `there are ${rows} rows`;
  const hint = isKeyOfRows(table) ? ` ${keyHint(table)}` : '';
  if (sequences.every((sequence) => sequence.rows <= ahead)) {
    const why = sequences.length > 1 ? ', none with a row after it in its sequence' : '';
    throw dataFailure(file, `${count}${why}; a forecast needs at least 2, one to compare with.${hint}`);
  }
  if (holdout === 0) return sequences.map((sequence) => ({ ...sequence, training: sequence.rows }));
  const parted = by === 'time' ? byTime(sequences, holdout, ahead) : byKey(table, options);
  if (parted.every((series) => series.training === series.rows)) {
    const share = `${Math.round(1000 * holdout) / 10} %`;
    throw dataFailure(
      file,
      `${count}, too few to hold out ${share}. Give --holdout 0 to learn from all.${hint}`,
    );
  }
  return parted;
}

function byTime(sequences: readonly TableSequence[], holdout: number, ahead: number): readonly Series[] {
  return sequences.map((sequence) => {
    const most = Math.max(0, sequence.rows - ahead - 1);
    return { ...sequence, training: sequence.rows - Math.min(most, Math.round(holdout * sequence.rows)) };
  });
}

/** Sequences that are too short to be scored are learned from: their values count in the normalisation. */
function byKey({ sequences, file }: Table, { holdout, seed, ahead }: SplitOptions): readonly Series[] {
  const long = sequences.filter(({ rows }) => rows > ahead);
  if (long.length < 2) {
    const what = sequences.length > 1 ? 'one sequence only of more than one row' : 'one sequence only';
    throw dataFailure(file, `there is ${what}, so none can be held out. Use --holdout-by time.`);
  }
  const goal = Math.max(1, Math.round(holdout * rowsOf(long)));
  const heldOut = new Set(drawn(shuffled(long, new Random(seed, 'held-out sequences')), goal));
  return sequences.map((sequence) => ({ ...sequence, training: heldOut.has(sequence) ? 0 : sequence.rows }));
}

/**
 * Sequences with `goal` rows or as few more as can be had so: in order those that still fit; where these are too few the
 * shortest of the others besides, and then without the ones that are not needed. One at least is left.
 */
function drawn(sequences: readonly TableSequence[], goal: number): readonly TableSequence[] {
  const taken: TableSequence[] = [];
  const others: TableSequence[] = [];
  let missing = goal;
  for (const sequence of sequences) {
    const fits = sequence.rows <= missing && taken.length < sequences.length - 1;
    (fits ? taken : others).push(sequence);
    if (fits) missing -= sequence.rows;
  }
  if (missing === 0 || others.length < 2) return taken;
  const shortest = others.reduce((a, b) => (b.rows < a.rows ? b : a));
  let surplus = shortest.rows - missing;
  const needed = taken.filter(({ rows }) => {
    if (rows > surplus) return true;
    surplus -= rows;
    return false;
  });
  return [...needed, shortest];
}

const rowsOf = (sequences: readonly TableSequence[]): number =>
  sequences.reduce((sum, { rows }) => sum + rows, 0);

/** Whether most sequences have one row: what tells them apart looks like a measurement, or numbers the rows. */
export function isKeyOfRows({ rows, sequences }: Pick<Table, 'rows' | 'sequences'>): boolean {
  return sequences.length > 1 && 2 * sequences.length > rows;
}

export function keyHint({ rows, sequences, key = '' }: Pick<Table, 'rows' | 'sequences' | 'key'>): string {
  return (
    `The key column ${quoted(key)} has ${sequences.length} values in ${rows} rows: does it tell sequences apart? Rows of one ` +
    'sequence have the same.'
  );
}

/** In an order drawn by `random` (Fisher & Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
