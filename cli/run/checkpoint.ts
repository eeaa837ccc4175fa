import type {
  Instance,
  Manifest,
  Optimiser,
  OptimiserState,
  StateSnapshot,
  WindowPosition,
} from '../../runtime/index.ts';
import { entriesOf, type Named, named } from '../../runtime/named.ts';
import {
  encodeSafetensors,
  type Tensor,
  type TensorFile,
  type TensorValues,
} from '../../runtime/safetensors.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { RunFolder } from './folder.ts';
import { isIntact, sealed } from './seal.ts';
import { readTensors } from './tensors.ts';

/** What an epoch has added up so far. */
export interface EpochSums {
  /** Losses times their counts. */
  readonly loss: number;
  readonly count: number;
  readonly updates: number;
  readonly clipped: number;
  readonly norms: number;
  readonly largestNorm: number;
}

export const noSums: EpochSums = { loss: 0, count: 0, updates: 0, clipped: 0, norms: 0, largestNorm: 0 };

/** Where a run stands between two updates. */
export interface Position {
  /** From 1; one more than all where the run is through. */
  readonly epoch: number;
  /** From 0, in the order of the epoch. */
  readonly group: number;
  /** In the group; absent at its beginning. */
  readonly window?: WindowPosition;
  readonly sums: EpochSums;
  readonly best?: Best;
}

export interface Best {
  readonly epoch: number;
  readonly loss: number;
}

/** All that training needs to go on as if nothing had been. Plain data. */
export interface Checkpoint {
  readonly position: Position;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  /** Those of the best epoch; absent before the first is done. */
  readonly bestParameters?: ReadonlyMap<string, Float32Array>;
  readonly optimiser: OptimiserState;
}

export function takeCheckpoint(
  position: Position,
  instance: Instance,
  optimiser: Optimiser,
  bestParameters: ReadonlyMap<string, Float32Array> | undefined,
): Checkpoint {
  const { window } = position;
  return {
    position: { ...position, ...(window && { window: { ...window, state: copyState(window.state) } }) },
    parameters: copyParameters(instance),
    ...(bestParameters === undefined ? {} : { bestParameters }),
    optimiser: optimiser.save(),
  };
}

export function copyParameters({ parameters }: Instance): ReadonlyMap<string, Float32Array> {
  return new Map(entriesOf(parameters).map(([name, values]) => [name, values.slice()]));
}

/** The next window overwrites the one it is handed. */
function copyState({
  states,
  fresh,
  stepCounters,
  sequenceNumbers,
  stepsAtReset,
}: StateSnapshot): StateSnapshot {
  return {
    states: named(entriesOf(states).map(([name, values]) => [name, values.slice()])),
    fresh: named(entriesOf(fresh).map(([name, rows]) => [name, rows.slice()])),
    stepCounters: stepCounters.slice(),
    sequenceNumbers: sequenceNumbers.slice(),
    stepsAtReset: stepsAtReset.slice(),
  };
}

/** Of names that hold slashes nobody knows where a part ends: parts are taken from the left, and the rest is the name. */
const path = (...parts: readonly string[]): string => parts.join('/');

export function writeCheckpoint(folder: RunFolder, checkpoint: Checkpoint, manifest: Manifest): void {
  const { position, parameters, bestParameters, optimiser } = checkpoint;
  const tensors = new Map<string, Tensor>();
  const shapes = new Map(manifest.parameters.map(({ name, shape }) => [name, shape]));
  const put = (name: string, values: TensorValues, shape: readonly number[] = [values.length]) =>
    void tensors.set(name, { shape, values });
  for (const [name, values] of parameters) put(path('parameters', name), values, shapes.get(name));
  for (const [name, values] of bestParameters ?? []) put(path('best', name), values, shapes.get(name));
  for (const [slot, arrays] of entriesOf(optimiser.arrays)) {
    for (const [name, values] of entriesOf(arrays))
      put(path('optimiser', slot, name), values, shapes.get(name));
  }
  const state = position.window?.state;
  if (state !== undefined) {
    for (const [name, values] of entriesOf(state.states)) put(path('state', name), values as Float32Array);
    for (const [name, values] of entriesOf(state.fresh)) put(path('fresh', name), values);
    put('stepCounters', state.stepCounters);
    put('sequenceNumbers', state.sequenceNumbers);
    put('stepsAtReset', state.stepsAtReset);
  }
  const { window, ...rest } = position;
  const noted = {
    ...rest,
    ...(window && { window: { first: window.first, from: window.from } }),
    optimiserUpdates: optimiser.updates,
  };
  const metadata = new Map([
    ['format', 'rnnc-checkpoint-1'],
    ['position', JSON.stringify(noted)],
  ]);
  folder.write('checkpoint', encodeSafetensors(sealed({ tensors, metadata })));
}

/** @throws Failure where the file cannot be read, is no checkpoint, or is damaged */
export function readCheckpoint(folder: RunFolder): Checkpoint {
  const file = folder.file('checkpoint');
  const content = readTensors(folder, 'checkpoint');
  const { tensors, metadata } = content;
  const noted = metadata.get('position');
  if (metadata.get('format') !== 'rnnc-checkpoint-1' || noted === undefined) {
    throw new Failure(exitCodes.failed, `${file} is no checkpoint of this version of rnnc.`);
  }
  if (!isIntact(content)) {
    throw new Failure(
      exitCodes.failed,
      `${file} is damaged: it does not hold what its checksum is of. Delete it, and --resume starts from the beginning.`,
    );
  }
  const { window, optimiserUpdates, ...rest } = parsePosition(noted, file);
  const under = <T extends TensorValues>(prefix: string): Map<string, T> =>
    new Map(
      [...tensors].flatMap(([name, { values }]) =>
        name.startsWith(`${prefix}/`) ? [[name.slice(prefix.length + 1), values as T] as const] : [],
      ),
    );
  const best = under<Float32Array>('best');
  return {
    position: { ...rest, ...(window && { window: { ...window, state: stateFrom(tensors, under) } }) },
    parameters: under('parameters'),
    ...(best.size > 0 && { bestParameters: best }),
    optimiser: { updates: optimiserUpdates, arrays: optimiserArrays(under('optimiser')) },
  };
}

type Noted = Omit<Position, 'window'> & {
  readonly window?: Omit<WindowPosition, 'state'>;
  readonly optimiserUpdates: number;
};

/** @throws Failure (failed) naming the file, where it is not as `writeCheckpoint` writes it */
function parsePosition(text: string, file: string): Noted {
  try {
    const noted = JSON.parse(text) as Noted;
    const { epoch, group, sums, best, window, optimiserUpdates } = noted;
    const whole = [epoch - 1, group, optimiserUpdates, window?.first ?? 0, window?.from ?? 0];
    const finite = [...Object.keys(noSums).map((name) => sums[name as keyof EpochSums]), best?.loss ?? 0];
    const isWhole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
    if (whole.every(isWhole) && finite.every(Number.isFinite)) return noted;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw new Failure(exitCodes.failed, `${file} is damaged: the position it notes is none.`);
}

function stateFrom(
  tensors: TensorFile['tensors'],
  under: <T extends TensorValues>(prefix: string) => Map<string, T>,
): StateSnapshot {
  return {
    states: named(under<Float32Array | Int32Array>('state')),
    fresh: named(under<Uint8Array>('fresh')),
    stepCounters: tensors.get('stepCounters')?.values as Int32Array,
    sequenceNumbers: tensors.get('sequenceNumbers')?.values as Int32Array,
    stepsAtReset: tensors.get('stepsAtReset')?.values as Int32Array,
  };
}

/** From `slot/parameter` to records in records. */
function optimiserArrays(flat: ReadonlyMap<string, TensorValues>): OptimiserState['arrays'] {
  const slots = new Map<string, [string, Float32Array | Float64Array][]>();
  for (const [name, values] of flat) {
    const cut = name.indexOf('/');
    const slot = name.slice(0, cut);
    const entry = [name.slice(cut + 1), values as Float32Array | Float64Array] as [string, Float32Array];
    slots.set(slot, [...(slots.get(slot) ?? []), entry]);
  }
  return named(
    [...slots].map(([slot, entries]): [string, Named<Float32Array | Float64Array>] => [slot, named(entries)]),
  );
}
