import type { Manifest, ManifestOver, ManifestSequenceInput } from '../compiler/module/manifest.ts';
import { checkLength, checkNames, isArray, pick, requireClasses, type Values } from './arrays.ts';
import { fail, requireSetting, runtimeErrors } from './errors.ts';
import type { OptionNames } from './knownOptions.ts';
import type { Lanes, Memory } from './memory.ts';
import { type Given, lookUp, type Named, named } from './named.ts';
import { showShape, sizeOf } from './shapes.ts';

/*
 * What is given once per sequence: written when a sequence begins, and read until something else is given.
 */

/** Options of `Instance.setInputs`. */
export interface SetInputsOptions {
  /**
   * By the name of a size that inputs vary over (`over S`): how many entries each of the rows has, 0 to that size. All
   * where not given. What stands beyond them is never looked at.
   */
  readonly entries?: Given<ArrayLike<number>>;
  /** Rows of the batch that the values are for, each once; all by default. The others keep theirs. */
  readonly rows?: readonly number[];
}

export const setInputsOptions: OptionNames<SetInputsOptions> = { entries: true, rows: true };

interface Placed {
  readonly input: ManifestSequenceInput;
  /** [batch, ...shape] */
  readonly buffer: Lanes;
}

export class SequenceInputs {
  /** [batch, ...shape] by name. */
  readonly views: Named<Lanes>;
  /** Whether something was given since the values computed from it were computed. */
  changed = false;

  readonly #batch: number;
  readonly #inputs: readonly Placed[];
  readonly #overs: readonly { readonly over: ManifestOver; readonly buffer: Float32Array }[];
  /** Inputs that were never given. */
  readonly #missing: Set<string>;

  constructor({ batch, sequenceInputs = [], overs = [] }: Manifest, memory: Memory) {
    this.#batch = batch;
    this.#inputs = sequenceInputs.map((input) => ({ input, buffer: memory.lanes(input.buffer) }));
    this.#overs = overs.map((over) => ({ over, buffer: memory.f32(over.buffer).fill(over.size) }));
    this.#missing = new Set(sequenceInputs.map(({ name }) => name));
    this.views = named(this.#inputs.map(({ input, buffer }) => [input.name, buffer]));
  }

  /** Whether the cell computes anything once per sequence. */
  get any(): boolean {
    return this.#inputs.length > 0 || this.#overs.length > 0;
  }

  get names(): readonly string[] {
    return this.#inputs.map(({ input }) => input.name);
  }

  /** To be called when all views have been written by hand. */
  written(): void {
    this.#missing.clear();
    this.changed = true;
  }

  /** @throws RuntimeError RNN560 for an input that was never given */
  requireAll(): void {
    if (this.#missing.size === 0) return;
    const { input } = this.#inputs.find(({ input: { name } }) => this.#missing.has(name))!;
    const shape = showShape([['batch', this.#batch]], input);
    fail(runtimeErrors.sequenceInputMissing, { name: input.name, shape });
  }

  /** @throws RuntimeError RNN562 for one of these inputs among those of a step */
  refuse(values: Values): void {
    if (isArray(values)) return;
    for (const name of this.names) {
      if (lookUp(values, name) !== undefined) fail(runtimeErrors.notPerStep, { name });
    }
  }

  /**
   * Checks all, then writes.
   *
   * @throws RuntimeError RNN501, RNN503, RNN504, RNN509, RNN561
   */
  set(values: Values, { entries = {}, rows }: SetInputsOptions): void {
    checkNames(values, 'input per sequence', this.names);
    checkNames(
      entries,
      'size',
      this.#overs.map(({ over }) => over.name),
    );
    const chosen = rows ?? Array.from({ length: this.#batch }, (_, row) => row);
    this.#checkRows(chosen);
    const outer = [['rows', chosen.length]] as const;
    const given = this.#inputs.flatMap(({ input, buffer }) => {
      const value = pick(values, input.name, this.#inputs.length);
      if (value === undefined) return [];
      checkLength(`input ${input.name}`, value, outer, input);
      if (input.classes !== undefined) requireClasses(value, input, input.classes, chosen);
      return [{ input, buffer, value }];
    });
    const counts = this.#overs.map(({ over, buffer }) => {
      const count = lookUp(entries, over.name);
      if (count !== undefined) checkLength(`entries of ${over.name}`, count, outer);
      const isGiven = given.some(({ input }) => input.over.includes(over.name));
      const all = isGiven ? chosen.map(() => over.size) : undefined;
      return { over, buffer, count: count ?? all };
    });
    for (const { over, count } of counts) if (count !== undefined) checkCounts(over, count, chosen);

    for (const { input, buffer, value } of given) {
      writeRows(buffer, value, chosen, sizeOf(input.shape));
      this.#missing.delete(input.name);
    }
    for (const { buffer, count } of counts) if (count !== undefined) writeRows(buffer, count, chosen, 1);
    this.changed = true;
  }

  #checkRows(rows: readonly number[]): void {
    const isRow = (row: number) => Number.isInteger(row) && row >= 0 && row < this.#batch;
    for (const row of rows) requireSetting('row', row, isRow(row), `whole, from 0 to ${this.#batch - 1}`);
  }
}

function checkCounts({ name, size }: ManifestOver, counts: ArrayLike<number>, rows: readonly number[]): void {
  for (const [i, row] of rows.entries()) {
    const value = counts[i]!;
    if (Number.isInteger(value) && value >= 0 && value <= size) continue;
    fail(runtimeErrors.badEntries, { name, row, value, size });
  }
}

/** Row `rows[i]` of a buffer becomes row i of the values. */
function writeRows(buffer: Lanes, values: ArrayLike<number>, rows: readonly number[], entries: number): void {
  rows.forEach((row, i) => {
    for (let e = 0; e < entries; e++) buffer[row * entries + e] = values[i * entries + e]!;
  });
}
