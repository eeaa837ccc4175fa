import { Random } from '../../runtime/random.ts';
import { dataFailure } from './dataFailure.ts';
import type { Table, TableSequence } from './table.ts';

/** A sequence and its part to learn from: the first `training` rows; the rest is held out. */
export interface Series extends TableSequence {
  readonly training: number;
}

export interface SplitOptions {
  /** Share that is held out, in [0, 1). */
  readonly holdout: number;
  /** `time`: the last rows of every sequence. `key`: whole sequences, drawn by the seed. */
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
  if (sequences.every((sequence) => sequence.rows <= ahead)) {
    const why = sequences.length > 1 ? ', none with a row after it in its sequence' : '';
    throw dataFailure(file, `${count}${why}; a forecast needs at least 2, one to compare with.`);
  }
  if (holdout === 0) return sequences.map((sequence) => ({ ...sequence, training: sequence.rows }));
  const parted = by === 'time' ? byTime(sequences, holdout, ahead) : byKey(table, options);
  if (parted.every((series) => series.training === series.rows)) {
    const share = `${Math.round(1000 * holdout) / 10} %`;
    throw dataFailure(file, `${count}, too few to hold out ${share}. Give --holdout 0 to learn from all.`);
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
  const count = Math.min(long.length - 1, Math.max(1, Math.round(holdout * long.length)));
  const heldOut = new Set(shuffled(long, new Random(seed, 'held-out sequences')).slice(0, count));
  return sequences.map((sequence) => ({ ...sequence, training: heldOut.has(sequence) ? 0 : sequence.rows }));
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
