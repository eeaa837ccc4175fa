import type { Manifest, ManifestRows } from '../compiler/module/manifest.ts';
import { checkLength, type InputBuffer, part } from './arrays.ts';
import { fail, requireSetting, runtimeErrors } from './errors.ts';
import type { Memory } from './memory.ts';
import type { CarriedStates } from './state.ts';

/** What rows of a batch do apart from one another. */
export interface RowTimes {
  /**
   * [batch], whole, from 0 to the steps: how many steps each row has; all by default. What stands behind them in inputs,
   * targets and cotangents is padding and may be anything. A row that has ended keeps its states; its outputs and losses
   * are 0, and its losses do not count. For cells compiled with `lengths: true`.
   */
  readonly lengths?: ArrayLike<number>;
  /**
   * [steps, batch]: true, or not 0, where the row begins a new sequence with this step, from the cell's start values, with
   * `step` at 0. In padding it says nothing. For cells compiled with `resets: true`.
   */
  readonly resets?: ArrayLike<number | boolean>;
}

/**
 * Refuses what the cell was not compiled for, and what does not fit.
 *
 * @throws RuntimeError RNN501, RNN509, RNN540
 */
export function checkRowTimes({ cell, rows, batch }: Manifest, times: RowTimes, steps: number): void {
  const { lengths, resets } = times;
  if (lengths !== undefined) {
    if (rows?.ended === undefined) fail(runtimeErrors.rowsNotCompiled, { cell, option: 'lengths' });
    checkLength('lengths', lengths, [['batch', batch]]);
    for (let row = 0; row < batch; row++) {
      const length = lengths[row]!;
      const fits = Number.isInteger(length) && length >= 0 && length <= steps;
      requireSetting(`lengths of row ${row}`, length, fits, `whole, from 0 to the steps, ${steps}`);
    }
  }
  if (resets === undefined) return;
  if (rows?.reset === undefined) fail(runtimeErrors.rowsNotCompiled, { cell, option: 'resets' });
  const outer = [
    ['steps', steps],
    ['batch', batch],
  ] as const;
  checkLength('resets', resets as ArrayLike<number>, outer);
  for (let i = 0; i < resets.length; i++) {
    const reset = resets[i]!;
    const fits = typeof reset === 'boolean' || Number.isFinite(reset);
    const name = `resets at step ${Math.floor(i / batch)}, row ${i % batch}`;
    requireSetting(name, Number(reset), fits, 'true or false, or a number');
  }
}

/** The times of rows in the steps `first … first + steps - 1` of a longer run. */
export function cutRowTimes(
  { lengths, resets }: RowTimes,
  batch: number,
  first: number,
  steps: number,
): RowTimes {
  return {
    ...(lengths && { lengths: Array.from(lengths, (n) => Math.max(0, Math.min(n - first, steps))) }),
    ...(resets && {
      resets: part(resets as ArrayLike<number>, first * batch, (first + steps) * batch),
    }),
  };
}

/**
 * Weights of losses, padding left out.
 *
 * @param weights  [steps, batch]; 1 each where not given
 * @returns the same where no row ends early
 */
export function withoutPadding(
  weights: ArrayLike<number> | undefined,
  lengths: ArrayLike<number> | undefined,
  steps: number,
  batch: number,
): ArrayLike<number> | undefined {
  if (lengths === undefined) return weights;
  return Float64Array.from({ length: steps * batch }, (_, i) =>
    Math.floor(i / batch) < lengths[i % batch]! ? (weights?.[i] ?? 1) : 0,
  );
}

/** The row controls of one instance: what `RowTimes` say, as the kernels read it. */
export class RowControls {
  /** [batch]: of the last run, where some row may have ended early. */
  lengths: ArrayLike<number> | undefined;

  readonly #batch: number;
  /** Each [window, batch]. */
  readonly #buffers: { readonly [Name in keyof ManifestRows]?: Float32Array };
  readonly #classes: readonly InputBuffer[];
  /** Whether a buffer holds anything but zeros. */
  #isDirty = false;

  constructor({ batch }: Manifest, rows: ManifestRows, memory: Memory, inputs: readonly InputBuffer[]) {
    const view = (buffer: string | undefined) => (buffer === undefined ? undefined : memory.f32(buffer));
    const [ended, reset, stepOffset] = [view(rows.ended), view(rows.reset), view(rows.stepOffset)];
    this.#batch = batch;
    this.#buffers = { ...(ended && { ended }), ...(reset && { reset }), ...(stepOffset && { stepOffset }) };
    this.#classes = inputs.filter(({ input }) => input.classes !== undefined);
  }

  /**
   * Writes what rows do in the next steps, and counts their steps. Allocates nothing where `times` are empty.
   *
   * @param carried  carried already: the newest states in slot 0
   */
  write(steps: number, { lengths, resets }: RowTimes, carried: CarriedStates): void {
    const batch = this.#batch;
    const { ended, reset, stepOffset } = this.#buffers;
    if (this.#isDirty) {
      ended?.fill(0);
      reset?.fill(0);
      stepOffset?.fill(0);
    }
    this.lengths = lengths && Array.from(lengths);
    this.#isDirty = lengths !== undefined || resets !== undefined;
    const counts = carried.stepsBefore!;
    const begun = carried.stepsAtResetBefore!;
    for (let row = 0; row < batch; row++) {
      const before = carried.stepCounters[row]!;
      const length = lengths === undefined ? steps : lengths[row]!;
      let count = before;
      let atReset = carried.stepsAtReset[row]!;
      counts[row] = count;
      for (let t = 0; t < steps; t++) {
        const at = t * batch + row;
        if (t >= length) ended![at] = 1;
        else {
          if (resets?.[at]) {
            atReset += count;
            count = 0;
            reset![at] = 1;
          }
          if (stepOffset !== undefined) stepOffset[at] = count - before - t;
          count++;
        }
        counts[at + batch] = count;
        begun[at + batch] = atReset;
      }
    }
    if (lengths !== undefined) this.#clearClasses(steps, lengths);
  }

  /** In padding there may be any number, and kernels need one of the classes. */
  #clearClasses(steps: number, lengths: ArrayLike<number>): void {
    const batch = this.#batch;
    for (const { buffer } of this.#classes) {
      for (let row = 0; row < batch; row++) {
        for (let t = lengths[row]!; t < steps; t++) buffer[t * batch + row] = 0;
      }
    }
  }
}
