import { invariant } from '../../support/invariant.ts';

/*
 * WebAssembly instructions as data: what the encoder turns into bytes and the printer into text. Blocks take nothing and
 * give nothing. See https://webassembly.github.io/spec/core/, "Instructions".
 */

export type ValueType = 'i32' | 'f32' | 'f64' | 'v128';

export interface InstructionRecord {
  readonly opcode: readonly number[];
  readonly takes: readonly ValueType[];
  readonly gives: readonly ValueType[];
}

const record = (
  opcode: readonly number[],
  takes: readonly ValueType[],
  ...gives: readonly ValueType[]
): InstructionRecord => ({ opcode, takes, gives });

const unary = (type: ValueType, opcode: number) => record([opcode], [type], type);
const binary = (type: ValueType, opcode: number, gives = type) => record([opcode], [type, type], gives);
const compare = (type: ValueType, opcode: number) => binary(type, opcode, 'i32');
const convert = (from: ValueType, gives: ValueType, ...opcode: number[]) => record(opcode, [from], gives);

/** Vector instructions begin with a prefix; their number follows as LEB128. */
const vectorOpcode = (number: number) =>
  number < 128 ? [0xfd, number] : [0xfd, (number % 128) + 128, Math.floor(number / 128)];
const vector = (number: number, takes: readonly ValueType[], gives: ValueType = 'v128') =>
  record(vectorOpcode(number), takes, gives);
const vectors = (number: number, count: 1 | 2 | 3) =>
  vector(number, (['v128', 'v128', 'v128'] as const).slice(0, count));

/** Instructions without immediates, by their name in the text format. */
export const plainInstructions = {
  select: record([0x1b], []),
  'i32.eqz': convert('i32', 'i32', 0x45),
  'i32.ne': compare('i32', 0x47),
  'i32.lt_s': compare('i32', 0x48),
  'i32.gt_s': compare('i32', 0x4a),
  'i32.ge_s': compare('i32', 0x4e),
  'f64.ne': compare('f64', 0x62),
  'f32.eq': compare('f32', 0x5b),
  'f32.ne': compare('f32', 0x5c),
  'f32.lt': compare('f32', 0x5d),
  'f32.le': compare('f32', 0x5f),
  'i32.add': binary('i32', 0x6a),
  'i32.sub': binary('i32', 0x6b),
  'i32.mul': binary('i32', 0x6c),
  'i32.div_s': binary('i32', 0x6d),
  'i32.rem_s': binary('i32', 0x6f),
  'i32.and': binary('i32', 0x71),
  'i32.or': binary('i32', 0x72),
  'i32.xor': binary('i32', 0x73),
  'i32.shl': binary('i32', 0x74),
  'i32.shr_s': binary('i32', 0x75),
  'i32.shr_u': binary('i32', 0x76),
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
  'f32.copysign': binary('f32', 0x98),
  'f64.add': binary('f64', 0xa0),
  'f64.promote_f32': convert('f32', 'f64', 0xbb),
  'f32.convert_i32_s': convert('i32', 'f32', 0xb2),
  'i32.reinterpret_f32': convert('f32', 'i32', 0xbc),
  'f32.reinterpret_i32': convert('i32', 'f32', 0xbe),
  'f32x4.splat': vector(0x13, ['f32']),
  'f64x2.splat': vector(0x14, ['f64']),
  'f32x4.eq': vectors(0x41, 2),
  'f32x4.ne': vectors(0x42, 2),
  'f32x4.lt': vectors(0x43, 2),
  'f32x4.le': vectors(0x45, 2),
  'v128.not': vectors(0x4d, 1),
  'v128.and': vectors(0x4e, 2),
  'v128.or': vectors(0x50, 2),
  'v128.xor': vectors(0x51, 2),
  'v128.bitselect': vectors(0x52, 3),
  'v128.any_true': vector(0x53, ['v128'], 'i32'),
  'f32x4.demote_f64x2_zero': vectors(0x5e, 1),
  'f64x2.promote_low_f32x4': vectors(0x5f, 1),
  'f32x4.floor': vectors(0x68, 1),
  'f32x4.nearest': vectors(0x6a, 1),
  'i32x4.shl': vector(0xab, ['v128', 'i32']),
  'i32x4.shr_s': vector(0xac, ['v128', 'i32']),
  'i32x4.add': vectors(0xae, 2),
  'i32x4.sub': vectors(0xb1, 2),
  'f32x4.abs': vectors(0xe0, 1),
  'f32x4.neg': vectors(0xe1, 1),
  'f32x4.sqrt': vectors(0xe3, 1),
  'f32x4.add': vectors(0xe4, 2),
  'f32x4.sub': vectors(0xe5, 2),
  'f32x4.mul': vectors(0xe6, 2),
  'f32x4.div': vectors(0xe7, 2),
  'f32x4.min': vectors(0xe8, 2),
  'f32x4.max': vectors(0xe9, 2),
  'f32x4.pmin': vectors(0xea, 2),
  'f32x4.pmax': vectors(0xeb, 2),
  'f64x2.sqrt': vectors(0xef, 1),
  'f64x2.add': vectors(0xf0, 2),
  'f64x2.sub': vectors(0xf1, 2),
  'f64x2.mul': vectors(0xf2, 2),
  'f64x2.div': vectors(0xf3, 2),
  'f32x4.convert_i32x4_s': vectors(0xfa, 1),
  'f32x4.relaxed_madd': vectors(0x105, 3),
} as const satisfies Record<string, InstructionRecord>;

export type PlainInstruction = keyof typeof plainInstructions;

/** Loads and stores. Addresses are multiples of four bytes, and no more is promised of them. */
export const memoryInstructions = {
  'i32.load': record([0x28], ['i32'], 'i32'),
  'f32.load': record([0x2a], ['i32'], 'f32'),
  'i32.store': record([0x36], ['i32', 'i32']),
  'f32.store': record([0x38], ['i32', 'f32']),
  'v128.load': record(vectorOpcode(0x00), ['i32'], 'v128'),
  'v128.load32_splat': record(vectorOpcode(0x09), ['i32'], 'v128'),
  'v128.load32_zero': record(vectorOpcode(0x5c), ['i32'], 'v128'),
  'v128.load64_zero': record(vectorOpcode(0x5d), ['i32'], 'v128'),
  'v128.store': record(vectorOpcode(0x0b), ['i32', 'v128']),
} as const satisfies Record<string, InstructionRecord>;

export type MemoryInstruction = keyof typeof memoryInstructions;

/** Reads of one lane of a vector. */
export const laneReads = {
  'f32x4.extract_lane': { ...record(vectorOpcode(0x1f), ['v128'], 'f32'), lanes: 4 },
  'f64x2.extract_lane': { ...record(vectorOpcode(0x21), ['v128'], 'f64'), lanes: 2 },
} as const satisfies Record<string, InstructionRecord & { readonly lanes: number }>;

export type LaneRead = keyof typeof laneReads;

/** Stores of some lanes of a vector. */
export const laneStores = {
  'v128.store32_lane': { ...record(vectorOpcode(0x5a), ['i32', 'v128']), lanes: 4 },
  'v128.store64_lane': { ...record(vectorOpcode(0x5b), ['i32', 'v128']), lanes: 2 },
} as const satisfies Record<string, InstructionRecord & { readonly lanes: number }>;

export type LaneStore = keyof typeof laneStores;

export type Instruction =
  | { readonly op: PlainInstruction }
  /** `offset` in bytes, from 0. */
  | { readonly op: MemoryInstruction; readonly offset: number }
  | { readonly op: LaneStore; readonly offset: number; readonly lane: number }
  | { readonly op: 'i32.const' | 'f32.const'; readonly value: number }
  /** One f32, or one i32, in all four lanes. */
  | { readonly op: 'v128.const'; readonly lanes: 'f32x4' | 'i32x4'; readonly value: number }
  | { readonly op: LaneRead; readonly lane: number }
  /** Bytes of two vectors: 0 to 15 are those of the first. */
  | { readonly op: 'i8x16.shuffle'; readonly bytes: readonly number[] }
  /** `local` counts parameters first. */
  | { readonly op: 'local.get' | 'local.set' | 'local.tee'; readonly local: number }
  /** `function` counts from the module's first own function; it has no imported ones. */
  | { readonly op: 'call'; readonly function: number }
  /** `depth` 0 is the innermost block. */
  | { readonly op: 'br_if'; readonly depth: number }
  | { readonly op: 'if' | 'loop' | 'end' };

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

type Plain = Extract<Instruction, { op: PlainInstruction }>;
type Memory = Extract<Instruction, { op: MemoryInstruction }>;
type ReadLane = Extract<Instruction, { op: LaneRead }>;
type StoreLane = Extract<Instruction, { op: LaneStore }>;

export const isPlain = (instruction: Instruction): instruction is Plain =>
  instruction.op in plainInstructions;
export const isMemory = (instruction: Instruction): instruction is Memory =>
  instruction.op in memoryInstructions;
export const isLaneRead = (instruction: Instruction): instruction is ReadLane => instruction.op in laneReads;
export const isLaneStore = (instruction: Instruction): instruction is StoreLane =>
  instruction.op in laneStores;

/** The function of a call. */
export function callee(module: WasmModule, index: number): WasmFunction {
  const called = module.functions[index];
  invariant(called !== undefined, `function ${index} is called, of ${module.functions.length}`);
  return called;
}
