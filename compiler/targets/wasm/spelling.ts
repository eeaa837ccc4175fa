import type { MachineOp } from '../../ops/machine.ts';
import type { Instruction, NumericInstruction } from './instruction.ts';

export type Code = readonly Instruction[];

/** Code that leaves an operation's i-th argument on the stack: as a value, or as an i32 that is 1 where it is not zero. */
export interface Operands {
  value(i: number): Code;
  truth(i: number): Code;
}

export interface Spelling {
  /** `truth`: an i32, 1 or 0, to be converted where a number is wanted. */
  readonly gives: 'value' | 'truth';
  readonly code: (operands: Operands) => Code;
}

const op = (name: NumericInstruction): Instruction => ({ op: name });
const i32 = (value: number): Instruction => ({ op: 'i32.const', value });
const f32 = (value: number): Instruction => ({ op: 'f32.const', value });

const values = (...tail: readonly Instruction[]) => ({
  unary: { gives: 'value', code: ({ value }) => [...value(0), ...tail] } as Spelling,
  binary: { gives: 'value', code: ({ value }) => [...value(0), ...value(1), ...tail] } as Spelling,
});
const unary = (name: NumericInstruction) => values(op(name)).unary;
const binary = (name: NumericInstruction) => values(op(name)).binary;
const comparison = (name: NumericInstruction): Spelling => ({ ...binary(name), gives: 'truth' });
const ofTruths = (name: NumericInstruction): Spelling => ({
  gives: 'truth',
  code: ({ truth }) => [...truth(0), ...truth(1), op(name)],
});

/** Of an f32: sign, eight bits of exponent, 23 of significand. */
const field = { shift: 23, exponentMask: 0xff, significandMask: 0x7fffff, bias: 127, one: 0x3f800000 };

export const spellings: Record<MachineOp, Spelling> = {
  add: binary('f32.add'),
  sub: binary('f32.sub'),
  mul: binary('f32.mul'),
  mulAdd: {
    gives: 'value',
    code: ({ value }) => [...value(0), ...value(1), op('f32.mul'), ...value(2), op('f32.add')],
  },
  div: binary('f32.div'),
  neg: unary('f32.neg'),
  abs: unary('f32.abs'),
  min: binary('f32.min'),
  max: binary('f32.max'),
  sqrt: unary('f32.sqrt'),
  floor: unary('f32.floor'),
  nearest: unary('f32.nearest'),
  less: comparison('f32.lt'),
  lessEqual: comparison('f32.le'),
  equal: comparison('f32.eq'),
  and: ofTruths('i32.and'),
  or: ofTruths('i32.or'),
  not: { gives: 'truth', code: ({ truth }) => [...truth(0), op('i32.eqz')] },
  select: {
    gives: 'value',
    code: ({ value, truth }) => [...value(1), ...value(2), ...truth(0), { op: 'select' }],
  },
  pow2: values(
    f32(-126),
    op('f32.max'),
    f32(127),
    op('f32.min'),
    op('i32.trunc_sat_f32_s'),
    i32(field.bias),
    op('i32.add'),
    i32(field.shift),
    op('i32.shl'),
    op('f32.reinterpret_i32'),
  ).unary,
  exponent: values(
    op('i32.reinterpret_f32'),
    i32(field.shift),
    op('i32.shr_u'),
    i32(field.exponentMask),
    op('i32.and'),
    i32(field.bias),
    op('i32.sub'),
    op('f32.convert_i32_s'),
  ).unary,
  significand: values(
    op('i32.reinterpret_f32'),
    i32(field.significandMask),
    op('i32.and'),
    i32(field.one),
    op('i32.or'),
    op('f32.reinterpret_i32'),
  ).unary,
  addI32: binary('i32.add'),
  subI32: binary('i32.sub'),
  xorI32: binary('i32.xor'),
  shiftLeftI32: binary('i32.shl'),
  shiftRightI32: binary('i32.shr_u'),
  convertI32: unary('f32.convert_i32_s'),
};

/** `mulAdd` under the profile `fused`: a call of the function of fused.ts. */
export const fusedSpelling = (fusedFunction: number): Spelling => ({
  gives: 'value',
  code: ({ value }) => [...value(0), ...value(1), ...value(2), { op: 'call', function: fusedFunction }],
});
