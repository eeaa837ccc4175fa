import { basename, resolve } from 'node:path';
import type { Cell } from '../../compiler/cell/cell.ts';
import { boundSizes, checkedCell } from '../../compiler/compile.ts';
import type { Instance } from '../../runtime/index.ts';
import { metadataName } from '../../runtime/safetensors.ts';
import { bindColumns } from '../data/bind.ts';
import type { Fill } from '../data/fill.ts';
import { classColumns, columnsOf, fitScales, prepare } from '../data/prepare.ts';
import { checkScored, type Scored, scoredTargets } from '../data/scored.ts';
import { type Series, split } from '../data/split.ts';
import { readTable, type Table } from '../data/table.ts';
import { exitCodes, Failure } from '../failure.ts';
import { loadImport, readSource } from '../files.ts';
import type { Io } from '../io.ts';
import {
  type Configuration,
  recordImports,
  type TrainingOptions,
  writeConfiguration,
} from './configuration.ts';
import { RunFolder } from './folder.ts';
import { notesOf } from './notes.ts';
import { optimiserOf } from './optimisers.ts';
import { withOutputs } from './outputs.ts';
import { networkOf, type Run } from './training.ts';

export interface BeginOptions {
  readonly size: ReadonlyMap<string, number>;
  readonly cell?: string;
  readonly data: string;
  readonly inputs: readonly string[];
  readonly targets: readonly string[];
  readonly forecast: readonly string[];
  readonly key?: string;
  readonly delimiter: string;
  readonly holdout: number;
  readonly holdoutBy: 'time' | 'key';
  readonly fill?: Fill;
  /** Columns that are not normalised; `all` of them where true. */
  readonly raw: readonly string[] | 'all';
  readonly training: Omit<TrainingOptions, 'batch'> & { readonly batch?: number };
  readonly target: 'js' | 'wasm';
  readonly profile?: 'separate' | 'fused';
  readonly out?: string;
  readonly checkpointEvery: number;
}

/**
 * A new run: everything is read and checked before its folder is made. The folder stays locked.
 *
 * @throws CompileError, Failure with what is wrong with cell, options or data
 */
export async function beginRun(
  path: string,
  options: BeginOptions,
  io: Io,
): Promise<{ readonly run: Run; readonly network: Instance }> {
  const folder = new RunFolder(options.out ?? `${basename(path).replace(/\.rnn$/, '')}-run`);
  folder.checkFree();
  const source = readSource(path);
  const { load, sources, imports } = recordImports(loadImport);
  const wanted = { ...(options.cell !== undefined && { cell: options.cell }), load };
  const unsized = checkedCell(source, { ...wanted, sizes: options.size });
  checkLoss(unsized);
  checkNames(unsized);
  const bindings = bindColumns(unsized, options, options.size);
  const cell = checkedCell(source, { ...wanted, sizes: bindings.sizes });
  const columns = columnsOf(bindings);
  const raw = rawColumns(options.raw, columns);

  const { holdout, holdoutBy, key, delimiter, fill, target, profile } = options;
  const reading = { ...bindings, ...(fill && { fill }) };
  const table = await readTable(options.data, {
    columns,
    delimiter,
    gaps: fill !== undefined,
    classes: classColumns(bindings),
    ...(key !== undefined && { key }),
  });
  const { seed } = options.training;
  const series = split(table, { holdout, by: holdoutBy, seed, ahead: bindings.ahead });
  const scales = fitScales(table, series, reading, raw);
  const batch = options.training.batch ?? defaultBatch(series);
  const draft: Configuration = {
    format: 'rnnc-run-1',
    cell: {
      name: cell.name,
      sources: [source, ...sources().filter(({ name }) => name !== source.name)],
      imports: imports(),
      sizes: [...bindings.sizes],
    },
    data: {
      file: options.data === '-' ? '-' : resolve(options.data),
      fingerprint: table.fingerprint,
      rows: table.rows,
      delimiter,
      holdout,
      holdoutBy,
      ...(key !== undefined && { key }),
      ...(fill && { fill }),
    },
    inputs: bindings.inputs,
    targets: withOutputs(cell, bindings.targets, boundSizes(cell, bindings.sizes).sizes),
    ahead: bindings.ahead,
    columns: [...scales.values()],
    training: { ...options.training, batch },
    target,
    ...(profile && { profile }),
    checkpointEvery: options.checkpointEvery,
  };
  optimiserOf(draft.training);
  const data = prepare(table, series, reading, scales);
  const scored = scoredTargets(data);
  checkScored(scored, table.file, holdout);
  const network = await networkOf(draft, series);
  const configuration = { ...draft, profile: network.manifest.profile };
  for (const note of notesOf(table, bindings, scales.values())) io.err(`${note}\n`);
  folder.create();
  try {
    writeConfiguration(folder, configuration);
  } catch (error) {
    folder.abandon();
    throw error;
  }
  io.out(describe(cell, network, table, scored, data.filled));
  return { run: { folder, configuration, data }, network };
}

function checkLoss({ name, loss }: Cell): void {
  if (loss !== undefined) return;
  throw new Failure(
    exitCodes.failed,
    `${name} has no loss, so there is nothing to learn. Write, for example:\n  target y: []\n  loss (y_hat - y)^2`,
  );
}

function checkNames({ parameters }: Cell): void {
  const kept = parameters.find(({ name }) => name === metadataName);
  if (kept === undefined) return;
  throw new Failure(
    exitCodes.failed,
    `The parameter ${kept.name} needs another name: weights are kept as safetensors, which has that one for itself.`,
  );
}

function rawColumns(raw: BeginOptions['raw'], columns: readonly string[]): ReadonlySet<string> {
  if (raw === 'all') return new Set(columns);
  const unknown = raw.find((name) => !columns.includes(name));
  if (unknown === undefined) return new Set(raw);
  throw new Failure(
    exitCodes.usage,
    `--raw ${unknown}: no input and no target takes that column; they take ${columns.join(', ')}.`,
  );
}

/** A row per sequence, as far as that fills vectors. */
function defaultBatch(series: readonly Series[]): number {
  return Math.min(16, series.filter(({ training }) => training > 0).length);
}

function describe(
  cell: Cell,
  { manifest }: Instance,
  { file, rows, sequences }: Table,
  { training, heldOut }: Scored,
  filled: number,
): string {
  const numbers = manifest.parameters.reduce(
    (total, { shape }) => total + shape.reduce((product, extent) => product * extent, 1),
    0,
  );
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const parts = [
    count(rows, 'row'),
    ...(sequences.length > 1 ? [count(sequences.length, 'sequence')] : []),
    `${count(training, 'target')} to learn from`,
    `${heldOut} held out`,
    ...(filled > 0 ? [`${count(filled, 'missing value')} filled`] : []),
  ];
  return `${cell.name}: ${count(numbers, 'parameter')}, ${manifest.profile} rounding\n${file}: ${parts.join(', ')}\n`;
}
