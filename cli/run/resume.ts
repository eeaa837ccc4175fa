import { resolve } from 'node:path';
import type { Instance } from '../../runtime/index.ts';
import { columnsOf, prepare } from '../data/prepare.ts';
import { split } from '../data/split.ts';
import { readTable } from '../data/table.ts';
import { exitCodes, Failure } from '../failure.ts';
import { readCheckpoint } from './checkpoint.ts';
import { type Configuration, readConfiguration, writeConfiguration } from './configuration.ts';
import { RunFolder } from './folder.ts';
import { networkOf, type Run } from './training.ts';

/** What a run can be told anew. */
export interface ResumeOptions {
  /** Where its data are now. */
  readonly data?: string;
  readonly epochs?: number;
  readonly patience?: number;
}

/**
 * A run as its last checkpoint left it.
 *
 * @throws Failure where the folder holds no run, or the data are others than they were
 */
export async function resumeRun(
  path: string,
  options: ResumeOptions,
): Promise<{ readonly run: Run; readonly network: Instance }> {
  const folder = new RunFolder(path);
  const before = readConfiguration(folder);
  const configuration = changed(before, options);
  const data = await readRunData(configuration);
  const network = await networkOf(configuration, data.series);
  folder.sweep();
  const from = folder.has('checkpoint') ? readCheckpoint(folder) : undefined;
  if (configuration !== before) writeConfiguration(folder, configuration);
  return { run: { folder, configuration, data, ...(from && { from }) }, network };
}

/** The data of a run, made ready as they were when it began. */
export async function readRunData({ data, inputs, targets, ahead, columns, training }: Configuration) {
  const { file, key, delimiter, fill, holdout, holdoutBy, fingerprint } = data;
  const table = await readTable(file, {
    columns: columnsOf({ inputs, targets }),
    delimiter,
    gaps: fill !== undefined,
    ...(key !== undefined && { key }),
  });
  if (table.fingerprint !== fingerprint) {
    throw new Failure(
      exitCodes.failed,
      `${table.file} is not the file that the run began with. Give that one with --data, or begin a new run.`,
    );
  }
  const series = split(table, { holdout, by: holdoutBy, seed: training.seed, ahead });
  const scales = new Map(columns.map((scale) => [scale.column, scale]));
  return prepare(table, series, { inputs, targets, ahead, ...(fill && { fill }) }, scales);
}

function changed(before: Configuration, { data, epochs, patience }: ResumeOptions): Configuration {
  if (data === undefined && epochs === undefined && patience === undefined) return before;
  if (before.training.schedule === 'cosine' && epochs !== undefined && epochs !== before.training.epochs) {
    throw new Failure(
      exitCodes.usage,
      `The learning rate of this run goes down to 0 at epoch ${before.training.epochs}: leave out --epochs, or begin a new run.`,
    );
  }
  return {
    ...before,
    data: { ...before.data, ...(data !== undefined && { file: data === '-' ? data : resolve(data) }) },
    training: {
      ...before.training,
      ...(epochs !== undefined && { epochs }),
      ...(patience !== undefined && { patience }),
    },
  };
}
