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

/** Where the rows of a window stand. */
export interface RowPlaces {
  /** [batch] */
  readonly sequenceNumbers: Int32Array;
  /** [batch]: steps done before the window. */
  readonly stepCounters: Int32Array;
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
   * Fills in what a run reads. Allocates nothing.
   *
   * @param update  number of updates so far
   * @returns whether values have changed that all rows and steps share
   */
  fill(mode: Mode, steps: number, places: RowPlaces, update: number): boolean {
    if (mode === 'evaluation') return this.#expect();
    this.#standsExpectation = false;
    for (let i = 0; i < this.#perRow.length; i++) this.#drawRows(this.#perRow[i]!, steps, places);
    if (this.#perUpdate.length === 0 || this.#update === update) return false;
    this.#update = update;
    for (let i = 0; i < this.#perUpdate.length; i++) {
      const { stream, values, entries } = this.#perUpdate[i]!;
      stream.fill(values, 0, entries, update, 0);
    }
    return true;
  }

  #drawRows(buffer: Buffer, steps: number, { sequenceNumbers, stepCounters }: RowPlaces): void {
    const { noise, stream, values, entries } = buffer;
    const slot = this.#batch * entries;
    for (let row = 0; row < this.#batch; row++) {
      const sequence = sequenceNumbers[row]!;
      const first = row * entries;
      if (noise.scope === 'step') {
        for (let t = 0; t < steps; t++) {
          const at = t * slot + first;
          stream.fill(values, at, at + entries, sequence, stepCounters[row]! + t);
        }
      } else {
        stream.fill(values, first, first + entries, sequence, 0);
        for (let t = 1; t < steps; t++) values.copyWithin(t * slot + first, first, first + entries);
      }
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
