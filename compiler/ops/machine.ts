import { roundToEven } from './roundToEven.ts';

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
  /** The definition: f32 lanes are numbers that `Math.fround` leaves alone, i32 lanes are signed whole numbers. */
  readonly evaluate: (...args: readonly number[]) => number;
  /** The place of an argument that, where it is NaN, leaves the result open: the bits of a NaN differ between hosts. */
  readonly openForNaN?: number;
}

const { fround } = Math;
const lane = new Float32Array(1);
const laneBits = new Int32Array(lane.buffer);

function toBits(x: number): number {
  lane[0] = x;
  return laneBits[0]!;
}

function fromBits(bits: number): number {
  laneBits[0] = bits;
  return lane[0]!;
}

/** The bits of sqrt(1/2), rounded down. */
const ROOT_OF_HALF = 0x3f3504f3;

const truth = (condition: boolean) => (condition ? 1 : 0);

const unary = (doc: string, evaluate: (a: number) => number) =>
  ({ args: ['f32'], result: 'f32', doc, evaluate }) as const satisfies MachineOpRecord;
const binary = (doc: string, evaluate: (a: number, b: number) => number) =>
  ({ args: ['f32', 'f32'], result: 'f32', doc, evaluate }) as const satisfies MachineOpRecord;
const ternary = (doc: string, evaluate: (a: number, b: number, c: number) => number) =>
  ({ args: ['f32', 'f32', 'f32'], result: 'f32', doc, evaluate }) as const satisfies MachineOpRecord;
const integer = (doc: string, evaluate: (a: number, b: number) => number) =>
  ({ args: ['i32', 'i32'], result: 'i32', doc, evaluate }) as const satisfies MachineOpRecord;

/*
 * Rounding an f64 sum, difference, product, quotient or root of f32 values to f32 gives what one rounding would: f64 has
 * more than twice the digits and two. Figueroa 1995, "When is double rounding innocuous?".
 */
export const machineOps = {
  add: binary('a + b, rounded once', (a, b) => fround(a + b)),
  sub: binary('a - b, rounded once', (a, b) => fround(a - b)),
  mul: binary('a*b, rounded once', (a, b) => fround(a * b)),
  mulAdd: ternary(
    'a*b + c, in contractions only: two roundings under the profile `separate` (as evaluated here), one under `fused` (fused.ts)',
    (a, b, c) => fround(fround(a * b) + c),
  ),
  div: binary('a/b, rounded once', (a, b) => fround(a / b)),
  neg: unary('-a, also for zeros', (a) => -a),
  abs: unary('a without its sign', (a) => Math.abs(a)),
  copySign: {
    ...binary('a with the sign of b; where b is NaN, with any', (a, b) =>
      fromBits((toBits(a) & 0x7fffffff) | (toBits(b) & 0x80000000)),
    ),
    openForNaN: 1,
  },
  negateIfOdd: {
    ...binary(
      '-a for an odd whole b, a for an even one, |b| <= 2^22: the bits of a, the first turned where b + 12582912 has its last, whatever b is; where b is NaN, with any sign',
      (a, b) => fromBits(toBits(a) ^ (toBits(b + 12582912) << 31)),
    ),
    openForNaN: 1,
  },
  min: binary('smaller of the two; NaN where either is; -0 is smaller than 0', (a, b) => Math.min(a, b)),
  max: binary('larger of the two; NaN where either is; 0 is larger than -0', (a, b) => Math.max(a, b)),
  // Math.min and Math.max treat NaN and zeros otherwise.
  // biome-ignore lint/complexity/useMathMinMax: another function
  pseudoMin: binary('b where b < a, else a: one instruction, where min is many', (a, b) => (b < a ? b : a)),
  // biome-ignore lint/complexity/useMathMinMax: another function
  pseudoMax: binary('b where a < b, else a', (a, b) => (a < b ? b : a)),
  sqrt: unary('square root, rounded once', (a) => fround(Math.sqrt(a))),
  floor: unary('largest whole number at most a; -0 stays', (a) => Math.floor(a)),
  nearest: unary('nearest whole number, halves to even; a zero has the sign of a', roundToEven),
  less: binary('1 where a < b, else 0', (a, b) => truth(a < b)),
  lessEqual: binary('1 where a <= b, else 0', (a, b) => truth(a <= b)),
  equal: binary('1 where a = b, else 0', (a, b) => truth(a === b)),
  and: binary('1 where both are not zero (NaN is not zero), else 0', (a, b) => truth(a !== 0 && b !== 0)),
  or: binary('1 where either is not zero, else 0', (a, b) => truth(a !== 0 || b !== 0)),
  not: unary('1 where a is zero, else 0', (a) => truth(a === 0)),
  select: ternary('b where a is not zero, else c', (a, b, c) => (a !== 0 ? b : c)),
  pow2: {
    ...unary(
      '2^n for a whole n from -126 to 127, 0 for -127, infinity for 128: the bits of n + 12583039 moved left by 23, whatever n is; of a NaN any number',
      (n) => fromBits(toBits(n + 12583039) << 23),
    ),
    openForNaN: 0,
  },
  exponent: {
    ...unary(
      'of a normal a > 0 the whole n with a/2^n from sqrt(1/2) to sqrt(2): the bits of a minus 1060439283, those of sqrt(1/2), moved right by 23 with their sign, whatever a is; of a NaN any number',
      (a) => (toBits(a) - ROOT_OF_HALF) >> 23,
    ),
    openForNaN: 0,
  },
  significand: {
    ...unary(
      'of a normal a > 0 that a/2^n: the bits of a minus 1060439283, the last 23 of them plus 1060439283, whatever a is; of a NaN any number',
      (a) => fromBits(((toBits(a) - ROOT_OF_HALF) & 0x7fffff) + ROOT_OF_HALF),
    ),
    openForNaN: 0,
  },
  addI32: integer('a + b modulo 2^32', (a, b) => (a + b) | 0),
  subI32: integer('a - b modulo 2^32', (a, b) => (a - b) | 0),
  xorI32: integer('bitwise exclusive or', (a, b) => a ^ b),
  shiftLeftI32: integer('a shifted left by b mod 32', (a, b) => a << b),
  shiftRightI32: integer('a shifted right by b mod 32, zeros from the left', (a, b) => (a >>> b) | 0),
  convertI32: {
    args: ['i32'],
    result: 'f32',
    doc: 'nearest f32 of a signed whole number',
    evaluate: (a: number) => fround(a),
  },
} as const satisfies Record<string, MachineOpRecord>;

export type MachineOp = keyof typeof machineOps;
