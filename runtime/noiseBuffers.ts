import type { Manifest, ManifestNoise } from '../compiler/module/manifest.ts';
import { fail, runtimeErrors } from './errors.ts';
import type { Memory } from './memory.ts';
import { NoiseStream } from './noise.ts';
import { sizeOf } from './shapes.ts';

/** `training` draws noise; in `evaluation` it is its expectation. */
export type Mode = 'training' | 'evaluation';

export const modes: readonly Mode[] = ['training', 'evaluation'];

interface Buffer {
  readonly noise: ManifestNoise;
  readonly stream: NoiseStream;
  /** [window, batch, ...shape]; [...shape] per update. */
  readonly values: Float32Array;
  /** Entries of one draw. */
  readonly entries: number;
}

/** Where the rows of a window stand; `CarriedStates` knows. */
export interface RowPlaces {
  /** [batch] */
  readonly sequenceNumbers: Int32Array;
  /** Steps that a row's sequence has done before step `slot` of the window. */
  stepsAt(slot: number, row: number): number;
  /** Steps that the row had done before that sequence began; 0 without a reset. */
  resetAt(slot: number, row: number): number;
}

/** The noise in the memory of one instance, filled before each run. */
export class NoiseBuffers {
  readonly #batch: number;
  readonly #perRow: readonly Buffer[];
  readonly #perUpdate: readonly Buffer[];
  #standsExpectation = false;
  /** The update whose draws stand there. */
  #update: number | undefined;

  /** Begins with expectations. */
  constructor({ batch, noises = [] }: Manifest, memory: Memory, seed: number) {
    const buffers = noises.flatMap((noise): readonly Buffer[] => {
      if (noise.buffer === undefined) return [];
      const values = memory.f32(noise.buffer);
      return [{ noise, stream: new NoiseStream(noise, seed), values, entries: sizeOf(noise.shape) }];
    });
    this.#batch = batch;
    this.#perRow = buffers.filter(({ noise }) => noise.scope !== 'update');
    this.#perUpdate = buffers.filter(({ noise }) => noise.scope === 'update');
    this.#expect();
  }

  /**
   * Fills in what all rows and steps of a run share. In evaluation all noise, unless it stands there.
   *
   * @param update  number of updates so far
   * @returns whether shared values have changed
   */
  fillShared(mode: Mode, update: number): boolean {
    if (mode === 'evaluation') return this.#expect();
    this.#standsExpectation = false;
    if (this.#perUpdate.length === 0 || this.#update === update) return false;
    this.#update = update;
    for (let i = 0; i < this.#perUpdate.length; i++) {
      const { stream, values, entries } = this.#perUpdate[i]!;
      stream.fill(values, 0, entries, update, 0);
    }
    return true;
  }

  /** Fills in what each row reads, after `fillShared`. Allocates nothing. */
  fillRows(mode: Mode, steps: number, places: RowPlaces): void {
    if (mode === 'evaluation') return;
    for (let i = 0; i < this.#perRow.length; i++) {
      for (let row = 0; row < this.#batch; row++) this.#drawRow(this.#perRow[i]!, row, steps, places);
    }
  }

  #drawRow({ noise, stream, values, entries }: Buffer, row: number, steps: number, places: RowPlaces): void {
    const sequence = places.sequenceNumbers[row]!;
    const slot = this.#batch * entries;
    for (let t = 0; t < steps; t++) {
      const at = t * slot + row * entries;
      if (noise.scope === 'step') {
        stream.fill(values, at, at + entries, sequence, places.stepsAt(t, row) + places.resetAt(t, row));
        continue;
      }
      // A reset at step t itself counts from t + 1 on.
      const begun = places.resetAt(t + 1, row);
      if (t > 0 && begun === places.resetAt(t, row)) values.copyWithin(at, at - slot, at - slot + entries);
      else stream.fill(values, at, at + entries, sequence, begun);
    }
  }

  #expect(): boolean {
    if (this.#standsExpectation) return false;
    for (const { noise, values } of [...this.#perRow, ...this.#perUpdate]) values.fill(noise.expectation);
    this.#standsExpectation = true;
    this.#update = undefined;
    return this.#perUpdate.length > 0;
  }
}

/**
 * Refuses a mode that there is not, and draws where the code knows expectations alone.
 *
 * @throws RuntimeError RNN509, RNN550
 */
export function checkMode({ cell, noises = [] }: Manifest, mode: Mode | undefined): void {
  if (mode === undefined) return;
  if (!modes.includes(mode))
    fail(runtimeErrors.badSetting, { name: 'mode', value: mode, range: '"training" or "evaluation"' });
  if (mode === 'training' && noises.length > 0 && noises.every(({ buffer }) => buffer === undefined))
    fail(runtimeErrors.noNoise, { cell });
}
