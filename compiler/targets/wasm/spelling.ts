import type { MachineOp, machineOps } from '../../ops/machine.ts';
import type { Instruction, PlainInstruction } from './instruction.ts';

export type Code = readonly Instruction[];

/**
 * A piece of a spelling: an instruction, or the operation's argument at this place: its value, or its truth (not zero).
 * A truth is an i32, 1 or 0; of four lanes, a mask.
 */
export type Part = Instruction | { readonly value: number } | { readonly truth: number };

export interface Spelling {
  /** What the parts leave; a truth is turned into 1 or 0 where a number is wanted. */
  readonly gives: 'value' | 'truth';
  readonly scalar: readonly Part[];
  /** The same on four lanes. */
  readonly four?: readonly Part[];
}

/** Operations on f32 alone, which four lanes can do at once. */
type FourLaneOp = {
  [Op in MachineOp]: 'i32' extends (typeof machineOps)[Op]['args'][number] ? never : Op;
}[MachineOp];

export type Spellings = {
  readonly [Op in MachineOp]: Op extends FourLaneOp ? Required<Spelling> : Spelling;
};

const op = (name: PlainInstruction): Instruction => ({ op: name });
const i32 = (value: number): Instruction => ({ op: 'i32.const', value });
const f32 = (value: number): Instruction => ({ op: 'f32.const', value });
const i32x4 = (value: number): Instruction => ({ op: 'v128.const', lanes: 'i32x4', value });
const f32x4 = (value: number): Instruction => ({ op: 'v128.const', lanes: 'f32x4', value });
const firstLane: Instruction = { op: 'f32x4.extract_lane', lane: 0 };
const [a, b, c] = [{ value: 0 }, { value: 1 }, { value: 2 }] as const;
const [aHolds, bHolds] = [{ truth: 0 }, { truth: 1 }] as const;

const unary = (scalar: PlainInstruction, four: PlainInstruction): Required<Spelling> => ({
  gives: 'value',
  scalar: [a, op(scalar)],
  four: [a, op(four)],
});
const binary = (scalar: PlainInstruction, four: PlainInstruction): Required<Spelling> => ({
  gives: 'value',
  scalar: [a, b, op(scalar)],
  four: [a, b, op(four)],
});
const comparison = (scalar: PlainInstruction, four: PlainInstruction): Required<Spelling> => ({
  ...binary(scalar, four),
  gives: 'truth',
});
const ofWholeNumbers = (scalar: PlainInstruction): Spelling => ({
  gives: 'value',
  scalar: [a, b, op(scalar)],
});

/** 1.5*2^23 + 127: added to a whole n, leaves n + 127 in the last bits. */
const wholePlusBias = 12583039;
/** 1.5*2^23: added to a whole n, leaves n in the last bits. */
const whole = 12582912;

/** Of an f32: sign, eight bits of exponent, 23 of significand; the bits of sqrt(1/2). */
const field = { shift: 23, significandMask: 0x7fffff, unsignedMask: 0x7fffffff, rootOfHalf: 0x3f3504f3 };
const signShift = 31;

export const spellings: Spellings = {
  add: binary('f32.add', 'f32x4.add'),
  sub: binary('f32.sub', 'f32x4.sub'),
  mul: binary('f32.mul', 'f32x4.mul'),
  mulAdd: {
    gives: 'value',
    scalar: [a, b, op('f32.mul'), c, op('f32.add')],
    four: [a, b, op('f32x4.mul'), c, op('f32x4.add')],
  },
  div: binary('f32.div', 'f32x4.div'),
  neg: unary('f32.neg', 'f32x4.neg'),
  abs: unary('f32.abs', 'f32x4.abs'),
  copySign: {
    gives: 'value',
    scalar: [a, b, op('f32.copysign')],
    four: [a, b, i32x4(field.unsignedMask), op('v128.bitselect')],
  },
  negateIfOdd: {
    gives: 'value',
    scalar: [
      ...[b, f32(whole), op('f32.add'), op('i32.reinterpret_f32'), i32(signShift), op('i32.shl')],
      ...[a, op('i32.reinterpret_f32'), op('i32.xor'), op('f32.reinterpret_i32')],
    ],
    four: [b, f32x4(whole), op('f32x4.add'), i32(signShift), op('i32x4.shl'), a, op('v128.xor')],
  },
  min: binary('f32.min', 'f32x4.min'),
  max: binary('f32.max', 'f32x4.max'),
  pseudoMin: {
    gives: 'value',
    scalar: [...[a, op('f32x4.splat'), b, op('f32x4.splat'), op('f32x4.pmin'), firstLane]],
    four: [a, b, op('f32x4.pmin')],
  },
  pseudoMax: {
    gives: 'value',
    scalar: [...[a, op('f32x4.splat'), b, op('f32x4.splat'), op('f32x4.pmax'), firstLane]],
    four: [a, b, op('f32x4.pmax')],
  },
  sqrt: unary('f32.sqrt', 'f32x4.sqrt'),
  floor: unary('f32.floor', 'f32x4.floor'),
  nearest: unary('f32.nearest', 'f32x4.nearest'),
  less: comparison('f32.lt', 'f32x4.lt'),
  lessEqual: comparison('f32.le', 'f32x4.le'),
  equal: comparison('f32.eq', 'f32x4.eq'),
  and: {
    gives: 'truth',
    scalar: [aHolds, bHolds, op('i32.and')],
    four: [aHolds, bHolds, op('v128.and')],
  },
  or: {
    gives: 'truth',
    scalar: [aHolds, bHolds, op('i32.or')],
    four: [aHolds, bHolds, op('v128.or')],
  },
  not: {
    gives: 'truth',
    scalar: [aHolds, op('i32.eqz')],
    four: [aHolds, op('v128.not')],
  },
  select: {
    gives: 'value',
    scalar: [b, c, aHolds, op('select')],
    four: [b, c, aHolds, op('v128.bitselect')],
  },
  pow2: {
    gives: 'value',
    scalar: [
      ...[a, f32(wholePlusBias), op('f32.add'), op('i32.reinterpret_f32')],
      ...[i32(field.shift), op('i32.shl'), op('f32.reinterpret_i32')],
    ],
    four: [a, f32x4(wholePlusBias), op('f32x4.add'), i32(field.shift), op('i32x4.shl')],
  },
  exponent: {
    gives: 'value',
    scalar: [
      ...[a, op('i32.reinterpret_f32'), i32(field.rootOfHalf), op('i32.sub')],
      ...[i32(field.shift), op('i32.shr_s'), op('f32.convert_i32_s')],
    ],
    four: [
      ...[a, i32x4(field.rootOfHalf), op('i32x4.sub')],
      ...[i32(field.shift), op('i32x4.shr_s'), op('f32x4.convert_i32x4_s')],
    ],
  },
  significand: {
    gives: 'value',
    scalar: [
      ...[a, op('i32.reinterpret_f32'), i32(field.rootOfHalf), op('i32.sub')],
      ...[i32(field.significandMask), op('i32.and')],
      ...[i32(field.rootOfHalf), op('i32.add'), op('f32.reinterpret_i32')],
    ],
    four: [
      ...[a, i32x4(field.rootOfHalf), op('i32x4.sub'), i32x4(field.significandMask), op('v128.and')],
      ...[i32x4(field.rootOfHalf), op('i32x4.add')],
    ],
  },
  addI32: ofWholeNumbers('i32.add'),
  subI32: ofWholeNumbers('i32.sub'),
  xorI32: ofWholeNumbers('i32.xor'),
  shiftLeftI32: ofWholeNumbers('i32.shl'),
  shiftRightI32: ofWholeNumbers('i32.shr_u'),
  convertI32: { gives: 'value', scalar: [a, op('f32.convert_i32_s')] },
};

/**
 * Under the profile `fused`, `mulAdd` is relaxed SIMD's instruction, which rounds once where the host has a fused
 * multiply-add: `fusesMultiplyAdd` of runtime/host.ts asks. It exists for four lanes only.
 */
export const fusedSpellings: Spellings = {
  ...spellings,
  mulAdd: {
    gives: 'value',
    scalar: [
      ...[a, op('f32x4.splat'), b, op('f32x4.splat'), c, op('f32x4.splat')],
      ...[op('f32x4.relaxed_madd'), firstLane],
    ],
    four: [a, b, c, op('f32x4.relaxed_madd')],
  },
};
