import type { Manifest, ManifestState, Procedures } from '../compiler/module/manifest.ts';
import { fail, runtimeErrors } from './errors.ts';
import type { Lanes, Memory } from './memory.ts';
import { type Named, named } from './named.ts';
import { sizeOf } from './shapes.ts';

/** All that is carried from one window to the next: plain data, apart from the instance it came from. */
export interface StateSnapshot {
  /** By state, hidden ones included: [batch, ...shape]. */
  readonly states: Named<Lanes>;
  /** By state, [batch]: 1 where the row stands at its start value and has run no step; written anew by the next run. */
  readonly fresh: Named<Uint8Array>;
  /** [batch]: steps done since the row's sequence began. */
  readonly stepCounters: Int32Array;
  /** [batch]: running number of the row's sequence. */
  readonly sequenceNumbers: Int32Array;
  /** [batch]: steps the row had done since `start` when a reset began its present sequence; 0 without a reset. */
  readonly stepsAtReset: Int32Array;
}

interface CarriedState {
  readonly state: ManifestState;
  /** Entries of one slot, batch included. */
  readonly slot: number;
  /** [window + 1, batch, ...shape] */
  readonly buffer: Lanes;
  /** [batch, ...shape]: slot 0. */
  readonly first: Lanes;
  /** [batch, ...shape]: slot 1. */
  readonly second: Lanes;
  /** [batch]: 1 where slot 0 is the start value of a sequence that has run no step. */
  readonly fresh: Uint8Array;
  /** [batch]: `fresh` as it was when the last run began; what `backward` asks. */
  readonly began: Uint8Array;
  /** One slot, for keeping some rows while `start` writes all. */
  readonly aside: Lanes;
}

/** What is moved at once from the end of a window to its beginning. */
interface Move {
  /** [window + count, batch, ...shape] */
  readonly slots: Lanes;
  /** Entries of one slot. */
  readonly slot: number;
  /** Slots to be moved: 1, or as many as states share them. */
  readonly count: number;
  readonly first: Lanes;
  readonly second: Lanes;
  /** Whether each row is moved from its own last step: class numbers, which kernels do not hold where a row has ended. */
  readonly byRow: boolean;
}

/** States whose slots are those of the state before them, shifted by one (what is kept for a lag), move with it. */
function movesOf(all: readonly CarriedState[], rowsMayEnd: boolean): readonly Move[] {
  const moves: Move[] = [];
  for (const { buffer, slot, first, second } of all) {
    const byRow = rowsMayEnd && buffer instanceof Int32Array;
    const before = moves.at(-1);
    const end = buffer.byteOffset + buffer.byteLength;
    const isShifted =
      before !== undefined &&
      before.slot === slot &&
      before.slots.byteOffset - buffer.byteOffset === 4 * slot &&
      before.slots.byteOffset < end;
    if (isShifted) {
      const { slots, count } = before;
      const place = [before.slots.buffer, buffer.byteOffset, slots.length + slot] as const;
      const joined = buffer instanceof Int32Array ? new Int32Array(...place) : new Float32Array(...place);
      moves[moves.length - 1] = { slots: joined, slot, count: count + 1, first, second, byRow };
    } else moves.push({ slots: buffer, slot, count: 1, first, second, byRow });
  }
  return moves;
}

/**
 * The states of one instance between and during runs. After a run of n steps the newest values are in slot n; they move
 * to slot 0 only when the next run begins, so that the backward sweep still finds the window.
 */
export class CarriedStates {
  readonly all: readonly CarriedState[];
  /** Those a user named. */
  readonly visible: readonly CarriedState[];
  readonly stepCounters: Int32Array;
  readonly sequenceNumbers: Int32Array;
  /** [window + 1, batch]: steps done before each step of the last run; where rows count apart from one another. */
  readonly stepsBefore: Int32Array | undefined;
  /** [batch]: steps done from `begin` to the last reset; 0 without one. */
  readonly stepsAtReset: Int32Array;
  /** [window + 1, batch]: likewise before each step of the last run; where rows count apart from one another. */
  readonly stepsAtResetBefore: Int32Array | undefined;
  /** Steps of the last run, not yet carried. */
  pending = 0;

  readonly #batch: number;
  readonly #moves: readonly Move[];
  readonly #procedures: Procedures;
  /** [batch]: 1 where a sequence has begun and run no step, so that its number is not used up. */
  readonly #unrun: Uint8Array;
  #anyFresh = false;
  #anyBegan = false;
  /** Above all numbers of sequences that have run. */
  #nextSequence = 0;

  constructor(manifest: Manifest, memory: Memory, procedures: Procedures) {
    this.#batch = manifest.batch;
    this.#procedures = procedures;
    this.stepCounters = memory.i32(manifest.stepCounter);
    this.sequenceNumbers = memory.i32(manifest.sequenceNumber);
    this.#unrun = new Uint8Array(manifest.batch);
    this.stepsBefore = manifest.rows && new Int32Array((manifest.window + 1) * manifest.batch);
    this.stepsAtReset = new Int32Array(manifest.batch);
    this.stepsAtResetBefore = this.stepsBefore?.slice();
    this.all = manifest.states.map((state) => {
      const slot = manifest.batch * sizeOf(state.shape);
      const rows = () => new Uint8Array(manifest.batch);
      const aside = state.lanes === 'i32' ? new Int32Array(slot) : new Float32Array(slot);
      const buffer = memory.lanes(state.buffer);
      return {
        state,
        slot,
        buffer,
        first: buffer.subarray(0, slot),
        second: buffer.subarray(slot, 2 * slot),
        fresh: rows(),
        began: rows(),
        aside,
      };
    });
    this.#moves = movesOf(this.all, manifest.rows?.ended !== undefined);
    this.visible = this.all.filter(({ state }) => !state.hidden);
  }

  /** Moves slot `pending` to slot 0 and counts its steps. Allocates nothing. */
  carry(): void {
    const steps = this.pending;
    if (steps === 0) return;
    for (let i = 0; i < this.#moves.length; i++) {
      const move = this.#moves[i]!;
      const { slots, slot, count, first, second } = move;
      if (move.byRow) this.#moveRows(move);
      else if (steps === 1 && count === 1) first.set(second);
      else slots.copyWithin(0, steps * slot, (steps + count) * slot);
    }
    for (let row = 0; row < this.#batch; row++) {
      this.stepCounters[row] = this.stepsAt(steps, row);
      this.stepsAtReset[row] = this.resetAt(steps, row);
    }
    this.pending = 0;
  }

  #moveRows({ slots, slot, count }: Move): void {
    const size = slot / this.#batch;
    for (let row = 0; row < this.#batch; row++) {
      const from = this.#stepsRun(this.pending, row) * slot;
      for (let k = 0; k < count; k++) {
        const to = k * slot + row * size;
        slots.copyWithin(to, from + to, from + to + size);
      }
    }
  }

  /** Of the last run's first `slot` steps those that a row has done: not all where it has ended. */
  #stepsRun(slot: number, row: number): number {
    const before = this.stepCounters[row]! + this.stepsAtReset[row]!;
    return this.stepsAt(slot, row) + this.resetAt(slot, row) - before;
  }

  /** Steps that a row's sequence has done before step `slot` of the last run. */
  stepsAt(slot: number, row: number): number {
    if (slot === 0 || this.stepsBefore === undefined) return this.stepCounters[row]! + slot;
    return this.stepsBefore[slot * this.#batch + row]!;
  }

  /** Steps that a row had done since `begin` at its last reset before step `slot` of the last run; 0 without one. */
  resetAt(slot: number, row: number): number {
    if (slot === 0 || this.stepsAtResetBefore === undefined) return this.stepsAtReset[row]!;
    return this.stepsAtResetBefore[slot * this.#batch + row]!;
  }

  /** Begins sequences in these rows: counters at 0, slot 0 to be the start values, which `settle` writes. */
  begin(rows: readonly number[], sequenceNumbers?: ArrayLike<number>): void {
    this.carry();
    for (const row of rows) this.#unrun[row] = 0;
    let next = this.#nextSequence;
    for (let row = 0; row < this.#batch; row++) {
      if (this.#unrun[row] === 1) next = Math.max(next, this.sequenceNumbers[row]! + 1);
    }
    for (const [i, row] of rows.entries()) {
      const number = sequenceNumbers?.[i] ?? next;
      next = Math.max(next, number + 1);
      this.sequenceNumbers[row] = number;
      this.stepCounters[row] = 0;
      this.stepsAtReset[row] = 0;
      this.#unrun[row] = 1;
      for (const { fresh } of this.all) fresh[row] = 1;
    }
    this.#anyFresh = true;
  }

  /**
   * Writes start values where rows are fresh. Parameters must be prepared.
   *
   * @param again  whether what is known once per sequence has to be computed anew
   */
  settle(again: boolean): void {
    if (!this.#anyFresh && !again) return;
    for (const { first, aside } of this.all) aside.set(first);
    this.#procedures.start();
    for (const { first, aside, fresh } of this.all) {
      const size = first.length / this.#batch;
      for (let row = 0; row < this.#batch; row++) {
        if (fresh[row] === 1) continue;
        first.set(aside.subarray(row * size, (row + 1) * size), row * size);
      }
    }
  }

  /**
   * To be called as a run of `steps` steps is done. Allocates nothing.
   *
   * @param lengths  [batch], where rows ended apart; one without a step stays as fresh as it was
   */
  ran(steps: number, lengths?: ArrayLike<number>): void {
    this.pending = steps;
    if (!this.#anyFresh && !this.#anyBegan) return;
    let anyFresh = false;
    for (const { began, fresh } of this.all) {
      for (let row = 0; row < this.#batch; row++) {
        began[row] = fresh[row]!;
        if (lengths?.[row] !== 0) fresh[row] = 0;
        else if (fresh[row] === 1) anyFresh = true;
      }
    }
    if (this.#anyFresh) this.#useUpNumbers(lengths);
    this.#anyBegan = this.#anyFresh;
    this.#anyFresh = anyFresh;
  }

  /** Slot 0 of a state becomes `values` [batch, ...shape], in all rows. */
  set(carried: CarriedState, values: ArrayLike<number>): void {
    this.carry();
    carried.buffer.set(values);
    carried.fresh.fill(0);
  }

  /**
   * Copies what is carried, as it stands before step `slot` of the last window.
   *
   * @param into  a snapshot of the same cell to write over, instead of a new one
   */
  save(slot: number, into?: StateSnapshot): StateSnapshot {
    const snapshot = into ?? this.#blank();
    for (const carried of this.all) {
      const { name } = carried.state;
      this.#copySlot(carried, slot, snapshot.states[name]!);
      const fresh = this.pending > 0 ? carried.began : carried.fresh;
      snapshot.fresh[name]!.set(fresh.map((is, row) => (this.#stepsRun(slot, row) > 0 ? 0 : is)));
    }
    for (let row = 0; row < this.#batch; row++) {
      snapshot.stepCounters[row] = this.stepsAt(slot, row);
      snapshot.stepsAtReset[row] = this.resetAt(slot, row);
    }
    snapshot.sequenceNumbers.set(this.sequenceNumbers);
    return snapshot;
  }

  #copySlot({ buffer, slot: entries }: CarriedState, slot: number, into: Lanes): void {
    if (buffer instanceof Float32Array) into.set(buffer.subarray(slot * entries, (slot + 1) * entries));
    else {
      const size = entries / this.#batch;
      for (let row = 0; row < this.#batch; row++) {
        const from = this.#stepsRun(slot, row) * entries + row * size;
        into.set(buffer.subarray(from, from + size), row * size);
      }
    }
  }

  /** @throws RuntimeError RNN513 for a snapshot of another cell */
  restore(snapshot: StateSnapshot): void {
    for (const { state, slot } of this.all) {
      const got = snapshot.states[state.name]?.length ?? 0;
      if (got !== slot) {
        fail(runtimeErrors.otherCell, { what: 'This state', name: state.name, expected: slot, got });
      }
    }
    const got = snapshot.stepCounters.length;
    if (got !== this.#batch) {
      fail(runtimeErrors.otherCell, { what: 'This state', name: 'rows', expected: this.#batch, got });
    }
    this.pending = 0;
    this.#anyFresh = false;
    for (const { state, buffer, fresh } of this.all) {
      buffer.set(snapshot.states[state.name]!);
      fresh.set(snapshot.fresh[state.name]!);
      if (fresh.includes(1)) this.#anyFresh = true;
    }
    this.stepCounters.set(snapshot.stepCounters);
    this.sequenceNumbers.set(snapshot.sequenceNumbers);
    this.stepsAtReset.set(snapshot.stepsAtReset);
    this.#unrun.fill(1);
    this.#useUpNumbers();
  }

  #useUpNumbers(lengths?: ArrayLike<number>): void {
    for (let row = 0; row < this.#batch; row++) {
      if (this.#unrun[row] === 0 || lengths?.[row] === 0) continue;
      this.#nextSequence = Math.max(this.#nextSequence, this.sequenceNumbers[row]! + 1);
      this.#unrun[row] = 0;
    }
  }

  #blank(): StateSnapshot {
    return {
      states: named(this.all.map(({ state, aside }) => [state.name, aside.slice()])),
      fresh: named(this.all.map(({ state }) => [state.name, new Uint8Array(this.#batch)])),
      stepCounters: new Int32Array(this.#batch),
      sequenceNumbers: new Int32Array(this.#batch),
      stepsAtReset: new Int32Array(this.#batch),
    };
  }
}
