import type { Load } from '../../compiler/cell/modules.ts';
import type { Source } from '../../compiler/source/source.ts';
import type { BoundInput } from '../data/bind.ts';
import type { Fill } from '../data/fill.ts';
import type { Scale } from '../data/scale.ts';
import { exitCodes, Failure } from '../failure.ts';
import { checkConfiguration } from './checkConfiguration.ts';
import type { OptimiserName, ScheduleName } from './choices.ts';
import type { RunFolder } from './folder.ts';

/** All that a run was told and found out before its first step: `config.json`. */
export interface Configuration {
  readonly format: 'rnnc-run-1';
  readonly cell: {
    readonly name: string;
    /** The files as they were: the cell's first, then those it imports. */
    readonly sources: readonly Source[];
    readonly imports: readonly Imported[];
    /** Sizes and numbers of the header. */
    readonly sizes: readonly (readonly [name: string, value: number])[];
  };
  readonly data: {
    readonly file: string;
    readonly fingerprint: string;
    readonly rows: number;
    readonly delimiter: string;
    readonly key?: string;
    readonly holdout: number;
    readonly holdoutBy: 'time' | 'key';
    readonly fill?: Fill;
  };
  readonly inputs: readonly BoundInput[];
  readonly targets: readonly BoundTarget[];
  /** 1: the target is the next row's value. */
  readonly ahead: 0 | 1;
  readonly columns: readonly Scale[];
  readonly training: TrainingOptions;
  readonly target: 'js' | 'wasm';
  /** How multiply-adds round; absent until a host has chosen. */
  readonly profile?: 'separate' | 'fused';
  /** Seconds from one checkpoint to the next. */
  readonly checkpointEvery?: number;
}

export interface BoundTarget extends BoundInput {
  /** The output that says what the target will be; absent where the cell has none of its shape. */
  readonly output?: string;
}

export interface Imported {
  readonly path: string;
  /** Name of the file that imports it. */
  readonly from: string;
  /** Name of the file it is. */
  readonly name: string;
}

export interface TrainingOptions {
  readonly window: number;
  readonly updateEvery: number;
  readonly clip?: number;
  readonly optimiser: OptimiserName;
  readonly optimiserOptions: readonly (readonly [name: string, value: number | boolean])[];
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  /** Of the schedule `step`: epochs from one step to the next, and the factor at each. */
  readonly stepEpochs: number;
  readonly stepFactor: number;
  /** Updates. */
  readonly warmup: number;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  readonly patience?: number;
}

/** Notes what a cell imports, so that it is found again without the files. */
export function recordImports(load: Load): {
  readonly load: Load;
  sources(): readonly Source[];
  imports(): readonly Imported[];
} {
  const sources = new Map<string, Source>();
  const imports = new Map<string, Imported>();
  return {
    load(path, from) {
      const found = load(path, from);
      if (found === undefined) return undefined;
      sources.set(found.name, found);
      imports.set(JSON.stringify([path, from.name]), { path, from: from.name, name: found.name });
      return found;
    },
    sources: () => [...sources.values()],
    imports: () => [...imports.values()],
  };
}

/** The cell of a run, from the copies it keeps. */
export function runSource({ cell }: Configuration): { readonly source: Source; readonly load: Load } {
  return {
    source: cell.sources[0]!,
    load: (path, from) => {
      const found = cell.imports.find((one) => one.path === path && one.from === from.name);
      return cell.sources.find(({ name }) => name === found?.name);
    },
  };
}

export function writeConfiguration(folder: RunFolder, configuration: Configuration): void {
  folder.write('configuration', `${JSON.stringify(configuration, null, 2)}\n`);
}

/** @throws Failure (usage) where the folder holds no run, (failed) where its configuration is of another format or damaged */
export function readConfiguration(folder: RunFolder): Configuration {
  if (!folder.has('configuration')) {
    throw new Failure(
      exitCodes.usage,
      `${folder.path} holds no run: there is no ${folder.file('configuration')}.`,
    );
  }
  const text = Buffer.from(folder.read('configuration')).toString('utf8');
  const parsed = (() => {
    try {
      return JSON.parse(text) as Partial<Configuration> | null;
    } catch {
      return undefined;
    }
  })();
  if (parsed?.format !== 'rnnc-run-1') {
    throw new Failure(
      exitCodes.failed,
      `${folder.file('configuration')} is no configuration of this version of rnnc.`,
    );
  }
  checkConfiguration(parsed as Configuration, folder.file('configuration'));
  return parsed as Configuration;
}
