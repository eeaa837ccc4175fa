import { classColumns, columnsOf, type Prepared, prepare } from '../data/prepare.ts';
import { type Series, split } from '../data/split.ts';
import { readTable, type Table } from '../data/table.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Configuration } from '../run/configuration.ts';

/** A table with the rows of it that a run did not learn from. */
export interface HeldOut {
  /** What its rows are called: held out when the run began, or of a file that it has never seen. */
  readonly kind: 'held-out' | 'unseen';
  /** Missing values filled, in the units of its columns. */
  readonly table: Table;
  /** Rows from `training` on are held out. */
  readonly series: readonly Series[];
  readonly data: Prepared;
}

/**
 * Reads the data of a run, parted as they were when it began; or others, none of which it has seen.
 *
 * @param file    the run's own where undefined
 * @param unseen  whether it is a file that the run learned nothing from
 * @throws Failure where it is unknown which rows the run learned from, or nothing was held out
 */
export async function readHeldOut(
  { data, inputs, targets, ahead, columns, training }: Configuration,
  file: string | undefined,
  unseen: boolean,
): Promise<HeldOut> {
  const { key, delimiter, fill, holdout, holdoutBy, fingerprint } = data;
  const path = file ?? data.file;
  if (file === undefined && path === '-') {
    throw new Failure(
      exitCodes.usage,
      'The data of this run came from standard input. Name them: --data FILE.csv',
    );
  }
  const table = await readTable(path, {
    columns: columnsOf({ inputs, targets }),
    delimiter,
    gaps: fill !== undefined,
    classes: classColumns({ inputs, targets }),
    ...(key !== undefined && { key }),
  });
  checkOrigin(table, fingerprint, unseen);
  if (!unseen && holdout === 0) {
    throw new Failure(
      exitCodes.failed,
      'This run held nothing out: it learned from every row of its data. Give rows it has not seen: --data FILE.csv --unseen',
    );
  }
  const series = unseen
    ? table.sequences.map((sequence) => ({ ...sequence, training: 0 }))
    : split(table, { holdout, by: holdoutBy, seed: training.seed, ahead });
  const scales = new Map(columns.map((scale) => [scale.column, scale]));
  const prepared = prepare(table, series, { inputs, targets, ahead, ...(fill && { fill }) }, scales);
  return { kind: unseen ? 'unseen' : 'held-out', table, series, data: prepared };
}

function checkOrigin({ file, fingerprint }: Table, own: string, unseen: boolean): void {
  if (unseen === (fingerprint !== own)) return;
  throw new Failure(
    exitCodes.failed,
    unseen
      ? `${file} is the file that the run learned from. Leave out --unseen: its held-out rows are scored.`
      : `${file} is not the file that the run began with, so which of its rows the run learned from is not known. If ` +
          'none, give --unseen: every row is scored.',
  );
}
