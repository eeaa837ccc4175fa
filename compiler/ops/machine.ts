/*
 * The exact operations that every target spells, one instruction or a few each. Their result is defined to the bit by
 * IEEE 754 single precision (NaN payloads aside), so all targets agree on all bits.
 */

/** `f32` or `i32`, by argument and result. */
export type LaneType = 'f32' | 'i32';

export interface MachineOpRecord {
  readonly args: readonly LaneType[];
  readonly result: LaneType;
  readonly doc: string;
}

const unary = (doc: string): MachineOpRecord => ({ args: ['f32'], result: 'f32', doc });
const binary = (doc: string): MachineOpRecord => ({ args: ['f32', 'f32'], result: 'f32', doc });
const integer = (doc: string): MachineOpRecord => ({ args: ['i32', 'i32'], result: 'i32', doc });

export const machineOps = {
  add: binary('a + b, rounded once'),
  sub: binary('a - b, rounded once'),
  mul: binary('a*b, rounded once'),
  mulAdd: {
    args: ['f32', 'f32', 'f32'],
    result: 'f32',
    doc: 'a*b + c, in contractions only: two roundings under the profile `separate`, one under `fused`',
  },
  div: binary('a/b, rounded once'),
  neg: unary('-a, also for zeros'),
  abs: unary('a without its sign'),
  min: binary('smaller of the two; NaN where either is; -0 is smaller than 0'),
  max: binary('larger of the two; NaN where either is; 0 is larger than -0'),
  sqrt: unary('square root, rounded once'),
  floor: unary('largest whole number at most a'),
  nearest: unary('nearest whole number, halves to even'),
  less: binary('1 where a < b, else 0'),
  lessEqual: binary('1 where a <= b, else 0'),
  equal: binary('1 where a = b, else 0'),
  and: binary('1 where both are not zero (NaN is not zero), else 0'),
  or: binary('1 where either is not zero, else 0'),
  not: unary('1 where a is zero, else 0'),
  select: { args: ['f32', 'f32', 'f32'], result: 'f32', doc: 'b where a is not zero, else c' },
  pow2: unary('2^n, n a whole number clamped to [-126, 127]; NaN gives 1'),
  exponent: unary('the exponent field of a, minus 127: floor(log2(|a|)) for normal a'),
  significand: unary('a with its sign cleared and its exponent set to 0: in [1, 2) for normal a'),
  addI32: integer('a + b modulo 2^32'),
  subI32: integer('a - b modulo 2^32'),
  xorI32: integer('bitwise exclusive or'),
  shiftLeftI32: integer('a shifted left by b mod 32'),
  shiftRightI32: integer('a shifted right by b mod 32, zeros from the left'),
  convertI32: { args: ['i32'], result: 'f32', doc: 'nearest f32 of a signed whole number' },
} as const satisfies Record<string, MachineOpRecord>;

export type MachineOp = keyof typeof machineOps;
