import { resolve } from 'node:path';
import type { Instance } from '../../runtime/index.ts';
import { classColumns, columnsOf, prepare } from '../data/prepare.ts';
import { checkScored, scoredTargets } from '../data/scored.ts';
import { split } from '../data/split.ts';
import { readTable } from '../data/table.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Io } from '../io.ts';
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
  readonly checkpointEvery?: number;
}

/**
 * A run as its last checkpoint left it. Its folder stays locked.
 *
 * @throws Failure where the folder holds no run, another process trains there, or the data are others than they were
 */
export async function resumeRun(
  path: string,
  options: ResumeOptions,
  io: Io,
): Promise<{ readonly run: Run; readonly network: Instance }> {
  const folder = new RunFolder(path);
  const before = readConfiguration(folder);
  folder.lock();
  try {
    folder.sweep();
    const from = folder.has('checkpoint') ? readCheckpoint(folder) : undefined;
    const done = (from?.position.epoch ?? 1) - 1;
    const configuration = changed(before, options, done);
    const data = await readRunData(configuration);
    const network = await networkOf(configuration, data.series);
    if (configuration !== before) writeConfiguration(folder, configuration);
    if (from === undefined) io.err(fromBeginning(folder));
    return { run: { folder, configuration, data, ...(from && { from }) }, network };
  } catch (error) {
    folder.unlock();
    throw error;
  }
}

function fromBeginning(folder: RunFolder): string {
  const again = folder.has('log') || folder.has('weights') ? ', and does again what was done' : '';
  return `There is no ${folder.file('checkpoint')}: the run starts from the beginning${again}.\n`;
}

/** The data of a run, made ready as they were when it began. */
export async function readRunData({ data, inputs, targets, ahead, columns, training }: Configuration) {
  const { file, key, delimiter, fill, holdout, holdoutBy, fingerprint } = data;
  const table = await readTable(file, {
    columns: columnsOf({ inputs, targets }),
    delimiter,
    gaps: fill !== undefined,
    classes: classColumns({ inputs, targets }),
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
  const prepared = prepare(table, series, { inputs, targets, ahead, ...(fill && { fill }) }, scales);
  checkScored(scoredTargets(prepared), table.file, holdout);
  return prepared;
}

function changed(before: Configuration, options: ResumeOptions, done: number): Configuration {
  const { data, epochs, patience, checkpointEvery } = options;
  if (Object.keys(options).length === 0) return before;
  const { training } = before;
  if (training.schedule === 'cosine' && epochs !== undefined && epochs !== training.epochs) {
    throw new Failure(
      exitCodes.usage,
      `The learning rate of this run goes down to 0 at epoch ${training.epochs}: leave out --epochs, or begin a new run.`,
    );
  }
  if (epochs !== undefined && epochs < done) {
    throw new Failure(
      exitCodes.usage,
      `--epochs ${epochs}: ${done} epochs are done already. It counts all epochs, those that are done too.`,
    );
  }
  return {
    ...before,
    data: { ...before.data, ...(data !== undefined && { file: data === '-' ? data : resolve(data) }) },
    training: {
      ...training,
      ...(epochs !== undefined && { epochs }),
      ...(patience !== undefined && { patience }),
    },
    ...(checkpointEvery !== undefined && { checkpointEvery }),
  };
}
