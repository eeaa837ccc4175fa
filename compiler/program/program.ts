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

/**
 * A number of iterations: known when planned, or the argument of the procedure, or that argument cut into slabs of `size`
 * steps: `slabs` counts the whole ones (0 … floor(steps/size) - 1), `rest` runs over the steps after them, its index
 * being the step itself (floor(steps/size)*size … steps - 1).
 */
export type Extent = number | 'steps' | SlabExtent;

export interface SlabExtent {
  readonly of: 'slabs' | 'rest';
  readonly size: number;
}

/** What a value is: one lane, or four f32 side by side. */
export type ValueType = LaneType | 'f32x4';

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
  readonly lanes: ValueType;
  readonly value: ProgramExpression;
}

/** A new value for a local variable of this block or an enclosing one. */
export interface Set {
  readonly kind: 'set';
  readonly name: string;
  readonly value: ProgramExpression;
}

/**
 * Without `count` stores one lane, of the buffer's type. With it, `value` is an f32x4 whose first `count` lanes go to
 * the address and the lanes after it.
 */
export interface Store {
  readonly kind: 'store';
  readonly address: Address;
  readonly value: ProgramExpression;
  readonly count?: 1 | 2 | 3 | 4;
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

/**
 * `width: 4` makes an f32x4: a load of four lanes in a row (which may run up to three lanes over the end of its buffer,
 * where memory has room; what stands there must not show), an operation applied lane by lane to arguments that are all
 * f32x4. No alignment beyond that of one lane is promised.
 */
export type ProgramExpression =
  | { readonly kind: 'load'; readonly address: Address; readonly width?: 4 }
  /** As f32x4: the number in all four lanes. */
  | { readonly kind: 'constant'; readonly lanes: ValueType; readonly value: number }
  /** A whole number made of loop indices, as i32. */
  | { readonly kind: 'index'; readonly value: Affine }
  | { readonly kind: 'local'; readonly name: string }
  /** An f32 in all four lanes. */
  | { readonly kind: 'splat'; readonly value: ProgramExpression }
  /** One lane of an f32x4. */
  | { readonly kind: 'lane'; readonly lane: 0 | 1 | 2 | 3; readonly value: ProgramExpression }
  /** An f32x4 of lanes of two others: 0 to 3 are those of `left`, 4 to 7 those of `right`. */
  | {
      readonly kind: 'shuffle';
      readonly lanes: readonly [number, number, number, number];
      readonly left: ProgramExpression;
      readonly right: ProgramExpression;
    }
  | {
      readonly kind: 'apply';
      readonly op: MachineOp;
      readonly args: readonly ProgramExpression[];
      readonly width?: 4;
    };
