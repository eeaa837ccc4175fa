import type { LaneType, MachineOp } from '../ops/machine.ts';
import type { Buffer } from '../plan/memory.ts';
import type { ProcedureName, RoundingProfile } from '../plan/plan.ts';

export type { Buffer } from '../plan/memory.ts';
export { type ProcedureName, procedureNames, type RoundingProfile } from '../plan/plan.ts';

/*
 * A program: what a machine does. Memory is one block of bytes, cut into buffers of 32-bit lanes; loops have constant
 * bounds but for the number of steps; every operation is a machine operation. Loop order, order of accumulation and all
 * addresses are decided here, so a target has nothing to decide and targets agree bit for bit.
 */

export interface Program {
  /** The cell's name. */
  readonly name: string;
  readonly profile: RoundingProfile;
  readonly buffers: readonly Buffer[];
  /** Size of the memory block in bytes; a multiple of 16. */
  readonly memoryBytes: number;
  readonly procedures: readonly Procedure[];
}

/** A procedure without statements is kept, so that every module offers all five. */
export interface Procedure {
  readonly name: ProcedureName;
  /** Whether it takes the number of steps. */
  readonly takesSteps: boolean;
  readonly body: readonly ProgramStatement[];
}

/** A number of iterations: known when planned, or the argument of the procedure. */
export type Extent = number | 'steps';

/** constant + sum of index*stride, in lanes from the start of a buffer (or as a whole number). */
export interface Affine {
  readonly constant: number;
  readonly terms: readonly AffineTerm[];
}

export interface AffineTerm {
  /** Name of an enclosing loop's index. */
  readonly index: string;
  readonly stride: number;
}

export type ProgramStatement = For | Let | Set | Store | Comment;

/** Runs `body` with `index` = 0, 1, …, extent - 1, or the same downwards. Index names are unique along a nest. */
export interface For {
  readonly kind: 'for';
  readonly index: string;
  readonly extent: Extent;
  readonly direction: 'up' | 'down';
  readonly body: readonly ProgramStatement[];
}

/** A local variable, new in this block; visible to the end of the block, inner loops included. */
export interface Let {
  readonly kind: 'let';
  readonly name: string;
  readonly lanes: LaneType;
  readonly value: ProgramExpression;
}

/** A new value for a local variable of this block or an enclosing one. */
export interface Set {
  readonly kind: 'set';
  readonly name: string;
  readonly value: ProgramExpression;
}

export interface Store {
  readonly kind: 'store';
  readonly address: Address;
  readonly value: ProgramExpression;
}

/** What the next statements compute, in the user's words: `lstm.rnn:12  c = f*c_prev + i*g`. Never executed. */
export interface Comment {
  readonly kind: 'comment';
  readonly text: string;
}

/**
 * A place in a buffer: `at` lanes from its start, plus, for a row chosen by a value, `row.index*row.stride`. The index
 * is clamped to [0, row.count - 1], so no input value can reach outside the buffer (the runtime has refused it before).
 */
export interface Address {
  readonly buffer: string;
  readonly at: Affine;
  readonly row?: { readonly index: ProgramExpression; readonly stride: number; readonly count: number };
}

export type ProgramExpression =
  | { readonly kind: 'load'; readonly address: Address }
  | { readonly kind: 'constant'; readonly lanes: LaneType; readonly value: number }
  /** A whole number made of loop indices, as i32. */
  | { readonly kind: 'index'; readonly value: Affine }
  | { readonly kind: 'local'; readonly name: string }
  | { readonly kind: 'apply'; readonly op: MachineOp; readonly args: readonly ProgramExpression[] };
