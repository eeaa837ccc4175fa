import { invariant } from '../../support/invariant.ts';

/*
 * WebAssembly instructions as data: what the encoder turns into bytes and the printer into text. Blocks take nothing and
 * give nothing. See https://webassembly.github.io/spec/core/, "Instructions".
 */

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64';

interface NumericRecord {
  readonly opcode: readonly number[];
  readonly takes: readonly ValueType[];
  readonly gives: ValueType;
}

const unary = (type: ValueType, opcode: number): NumericRecord => ({
  opcode: [opcode],
  takes: [type],
  gives: type,
});
const binary = (type: ValueType, opcode: number, gives = type): NumericRecord => ({
  opcode: [opcode],
  takes: [type, type],
  gives,
});
const compare = (type: ValueType, opcode: number) => binary(type, opcode, 'i32');
const convert = (from: ValueType, gives: ValueType, ...opcode: number[]): NumericRecord => ({
  opcode,
  takes: [from],
  gives,
});

/** Instructions without immediates, by their name in the text format. */
export const numericInstructions = {
  'i32.eqz': convert('i32', 'i32', 0x45),
  'i32.eq': compare('i32', 0x46),
  'i32.lt_s': compare('i32', 0x48),
  'i32.gt_s': compare('i32', 0x4a),
  'i32.ge_s': compare('i32', 0x4e),
  'i64.eqz': convert('i64', 'i32', 0x50),
  'f32.eq': compare('f32', 0x5b),
  'f32.ne': compare('f32', 0x5c),
  'f32.lt': compare('f32', 0x5d),
  'f32.le': compare('f32', 0x5f),
  'f64.gt': compare('f64', 0x64),
  'i32.add': binary('i32', 0x6a),
  'i32.sub': binary('i32', 0x6b),
  'i32.mul': binary('i32', 0x6c),
  'i32.and': binary('i32', 0x71),
  'i32.or': binary('i32', 0x72),
  'i32.xor': binary('i32', 0x73),
  'i32.shl': binary('i32', 0x74),
  'i32.shr_u': binary('i32', 0x76),
  'i64.add': binary('i64', 0x7c),
  'i64.and': binary('i64', 0x83),
  'f32.abs': unary('f32', 0x8b),
  'f32.neg': unary('f32', 0x8c),
  'f32.floor': unary('f32', 0x8e),
  'f32.nearest': unary('f32', 0x90),
  'f32.sqrt': unary('f32', 0x91),
  'f32.add': binary('f32', 0x92),
  'f32.sub': binary('f32', 0x93),
  'f32.mul': binary('f32', 0x94),
  'f32.div': binary('f32', 0x95),
  'f32.min': binary('f32', 0x96),
  'f32.max': binary('f32', 0x97),
  'f64.abs': unary('f64', 0x99),
  'f64.add': binary('f64', 0xa0),
  'f64.sub': binary('f64', 0xa1),
  'f64.mul': binary('f64', 0xa2),
  'f32.convert_i32_s': convert('i32', 'f32', 0xb2),
  'f32.demote_f64': convert('f64', 'f32', 0xb6),
  'f64.promote_f32': convert('f32', 'f64', 0xbb),
  'i32.reinterpret_f32': convert('f32', 'i32', 0xbc),
  'i64.reinterpret_f64': convert('f64', 'i64', 0xbd),
  'f32.reinterpret_i32': convert('i32', 'f32', 0xbe),
  'f64.reinterpret_i64': convert('i64', 'f64', 0xbf),
  'i32.trunc_sat_f32_s': convert('f32', 'i32', 0xfc, 0x00),
} as const satisfies Record<string, NumericRecord>;

export type NumericInstruction = keyof typeof numericInstructions;

/** Loads and stores; all are aligned to their four bytes. */
export const memoryInstructions = {
  'i32.load': { opcode: 0x28, takes: ['i32'], gives: ['i32'] },
  'f32.load': { opcode: 0x2a, takes: ['i32'], gives: ['f32'] },
  'i32.store': { opcode: 0x36, takes: ['i32', 'i32'], gives: [] },
  'f32.store': { opcode: 0x38, takes: ['i32', 'f32'], gives: [] },
} as const satisfies Record<
  string,
  { opcode: number; takes: readonly ValueType[]; gives: readonly ValueType[] }
>;

export type MemoryInstruction = keyof typeof memoryInstructions;

export type Instruction =
  | { readonly op: NumericInstruction }
  /** `offset` in bytes, from 0. */
  | { readonly op: MemoryInstruction; readonly offset: number }
  | { readonly op: 'i32.const' | 'f32.const'; readonly value: number }
  | { readonly op: 'i64.const'; readonly value: bigint }
  /** `local` counts parameters first. */
  | { readonly op: 'local.get' | 'local.set' | 'local.tee'; readonly local: number }
  /** `function` counts from the module's first own function; it has no imported ones. */
  | { readonly op: 'call'; readonly function: number }
  /** `depth` 0 is the innermost block. */
  | { readonly op: 'br_if'; readonly depth: number }
  | { readonly op: 'if' | 'loop' | 'end' | 'select' };

export interface WasmLocal {
  /** Of our making: no user's text. */
  readonly name: string;
  readonly type: ValueType;
}

export interface WasmFunction {
  /** What it computes, in the user's words; goes to the name section. */
  readonly name: string;
  readonly parameters: readonly WasmLocal[];
  readonly result?: ValueType;
  readonly locals: readonly WasmLocal[];
  /** Without the last `end`. */
  readonly body: readonly Instruction[];
}

/** A module that imports `rnnc.memory` and exports functions. */
export interface WasmModule {
  /** Fewest pages of memory. */
  readonly pages: number;
  readonly functions: readonly WasmFunction[];
  readonly exports: readonly { readonly name: string; readonly function: number }[];
}

type Numeric = Extract<Instruction, { op: NumericInstruction }>;
type Memory = Extract<Instruction, { op: MemoryInstruction }>;

export const isNumeric = (instruction: Instruction): instruction is Numeric =>
  Object.hasOwn(numericInstructions, instruction.op);

export const isMemory = (instruction: Instruction): instruction is Memory =>
  Object.hasOwn(memoryInstructions, instruction.op);

/** The function of a call. */
export function callee(module: WasmModule, index: number): WasmFunction {
  const called = module.functions[index];
  invariant(called !== undefined, `function ${index} is called, of ${module.functions.length}`);
  return called;
}
