import { describe, expect, it } from 'vitest';
import {
  type LaneType,
  type MachineOp,
  type MachineOpRecord,
  machineOps,
} from '../../compiler/ops/machine.ts';
import {
  type Affine,
  type Program,
  type ProgramExpression,
  procedureNames,
  type RoundingProfile,
} from '../../compiler/program/program.ts';
import { targets } from '../../compiler/targets/index.ts';
import { allocate, instantiate } from '../../compiler/targets/instantiate.ts';
import { interpreter } from '../../compiler/targets/interpreter/run.ts';
import type { Target } from '../../compiler/targets/target.ts';
import { canRun } from '../support/canRun.ts';
import { bits, bitsAfter, view } from './memory.ts';
import { specialValues } from './specialValues.ts';

const wholeNumbers = [0, 1, -1, 2, 31, 32, 33, -31, 2 ** 24 + 1, 2 ** 31 - 1, -(2 ** 31), 0x55555555];
const fewValues = specialValues.filter((_, i) => i % 3 === 0 || i >= specialValues.length - 3);

const roundUp = (lanes: number) => 4 * Math.ceil(lanes / 4);

interface Sweep {
  /** Lanes at a time. */
  readonly width: 1 | 4;
  /** Whether the result is a truth, and chooses one of two numbers. */
  readonly asCondition: boolean;
}

const onlyReals = (op: MachineOp) =>
  [machineOps[op].result, ...machineOps[op].args].every((lanes) => lanes === 'f32');
const sweepsOf = (op: MachineOp): readonly Sweep[] =>
  ([1, 4] as const).flatMap((width) =>
    [false, true]
      .filter(
        (asCondition) => (width === 1 || onlyReals(op)) && !(asCondition && machineOps[op].result === 'i32'),
      )
      .map((asCondition) => ({ width, asCondition })),
  );

/** result[k] = op(a[k], b[k], c[k]) for all k. */
function sweep(
  op: MachineOp,
  rows: number,
  profile: RoundingProfile,
  { width, asCondition }: Sweep,
): Program {
  const { args, result } = machineOps[op];
  const wide = width === 4 ? { width } : {};
  const count = width === 4 ? roundUp(rows) : rows;
  const at: Affine = { constant: 0, terms: [{ index: 'k', stride: width }] };
  const apply: ProgramExpression = {
    kind: 'apply',
    op,
    args: args.map((_, i) => ({ kind: 'load', address: { buffer: `argument${i}`, at }, ...wide })),
    ...wide,
  };
  const number = (value: number): ProgramExpression => ({
    kind: 'constant',
    lanes: width === 4 ? 'f32x4' : 'f32',
    value,
  });
  const value: ProgramExpression = asCondition
    ? { kind: 'apply', op: 'select', args: [apply, number(5), number(7)], ...wide }
    : apply;
  const address = { buffer: 'result', at };
  const kinds: readonly [string, LaneType][] = [
    ['result', result],
    ...args.map((lanes, i): [string, LaneType] => [`argument${i}`, lanes]),
  ];
  return {
    name: op,
    profile,
    buffers: kinds.map(([name, lanes], i) => ({
      name,
      lanes,
      offset: i * 4 * roundUp(count),
      length: count,
    })),
    memoryBytes: kinds.length * 4 * roundUp(count),
    procedures: procedureNames.map((name) => ({
      name,
      takesSteps: false,
      body:
        name === 'prepare'
          ? [
              {
                kind: 'for',
                index: 'k',
                extent: count / width,
                direction: 'up',
                body: [
                  width === 4
                    ? { kind: 'store', address, value, count: 4 }
                    : { kind: 'store', address, value },
                ],
              },
            ]
          : [],
    })),
  };
}

/** All combinations of special values as arguments. */
function combinations(op: MachineOp): number[][] {
  const { args } = machineOps[op];
  const each = args.map((lanes) => {
    if (lanes === 'i32') return wholeNumbers;
    return args.length === 3 ? fewValues : specialValues;
  });
  const all = each.reduce<number[][]>(
    (rows, values) => rows.flatMap((row) => values.map((value) => [...row, value])),
    [[]],
  );
  const { openForNaN }: MachineOpRecord = machineOps[op];
  return openForNaN === undefined ? all : all.filter((row) => !Number.isNaN(row[openForNaN]));
}

function memoryWith(program: Program, rows: readonly (readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(program.memoryBytes);
  program.buffers.slice(1).forEach((buffer, i) => {
    view(buffer, bytes.buffer).set(rows.map((row) => row[i]!));
  });
  return bytes;
}

const others = targets.filter((target) => target !== interpreter);
const profiles = ['separate', 'fused'] as const;

for (const target of others) {
  describe.each(profiles)(`${target.name}, rounding %s`, (profile) => {
    const ops = Object.keys(machineOps) as MachineOp[];
    it.skipIf(!canRun(target, profile)).each(ops)('%s gives the defined bits for special values', (op) => {
      const rows = combinations(op);
      for (const how of sweepsOf(op)) {
        const program = sweep(op, rows.length, profile, how);
        const given = memoryWith(program, rows);
        const run = (by: Target) => bitsAfter(program, by.emit(program), given, (live) => live.prepare());
        expect(run(target)).toBe(run(interpreter));
      }
    });
  });
}

const justAbove = (1 + 1984 * 2 ** -23) * 2 ** -12;
const justBelow = (1 - 3967 * 2 ** -24) * 2 ** -12;

/** Results known from IEEE 754, not from any target. */
const known: readonly [MachineOp, readonly number[], number, RoundingProfile?][] = [
  ['add', [2 ** 24, 1], 2 ** 24],
  ['add', [2 ** -149, -(2 ** -149)], 0],
  ['mul', [2 ** -100, 2 ** -49], 2 ** -149],
  ['mul', [2 ** -100, 2 ** -50], 0],
  ['div', [1, -0], Number.NEGATIVE_INFINITY],
  ['neg', [0], -0],
  ['min', [0, -0], -0],
  ['min', [Number.NaN, 1], Number.NaN],
  ['max', [-0, 0], 0],
  ['max', [1, Number.NaN], Number.NaN],
  ['sqrt', [-0], -0],
  ['floor', [-0.5], -1],
  ['floor', [-0], -0],
  ['nearest', [2.5], 2],
  ['nearest', [3.5], 4],
  ['nearest', [-0.5], -0],
  ['nearest', [8388607.5], 8388608],
  ['nearest', [2 ** 100], 2 ** 100],
  ['and', [Number.NaN, 3], 1],
  ['or', [0, -0], 0],
  ['not', [Number.NaN], 0],
  ['select', [Number.NaN, 1, 2], 1],
  ['select', [-0, 1, 2], 2],
  ['pow2', [-126], 2 ** -126],
  ['pow2', [-127], 0],
  ['pow2', [127], 2 ** 127],
  ['pow2', [0], 1],
  ['pseudoMin', [Number.NaN, 1], Number.NaN],
  ['pseudoMin', [1, Number.NaN], 1],
  ['pseudoMax', [-0, 0], -0],
  ['exponent', [12], 4],
  ['exponent', [11], 3],
  ['exponent', [0], -127],
  ['significand', [12], 0.75],
  ['significand', [11], 1.375],
  ['copySign', [-2, 0], 2],
  ['copySign', [2, -0], -2],
  ['negateIfOdd', [2, -3], -2],
  ['negateIfOdd', [0, 7], -0],
  ['negateIfOdd', [-2, 4], -2],
  ['addI32', [2 ** 31 - 1, 1], -(2 ** 31)],
  ['shiftLeftI32', [1, 33], 2],
  ['shiftRightI32', [-1, 31], 1],
  ['shiftRightI32', [-1, 0], -1],
  ['convertI32', [2 ** 24 + 1], 2 ** 24],
  ['mulAdd', [1 + 2 ** -12, 1 + 2 ** -12, 2 ** -80], 1 + 2 ** -11, 'separate'],
  ['mulAdd', [1 + 2 ** -12, 1 + 2 ** -12, 2 ** -80], 1 + 2 ** -11 + 2 ** -23, 'fused'],
  ['mulAdd', [1 + 2 ** -12, 1 + 2 ** -12, -(2 ** -80)], 1 + 2 ** -11, 'fused'],
  ['mulAdd', [1 + 2 ** -23, 1 + 2 ** -23, -1 - 2 ** -22], 2 ** -46, 'fused'],
  ['mulAdd', [2 ** 100, 2 ** 100, Number.NEGATIVE_INFINITY], Number.NEGATIVE_INFINITY, 'fused'],
  ['mulAdd', [2 ** -100, 2 ** -100, 2 ** -149], 2 ** -149, 'fused'],
  // The product is a little above 2^-24, so the sum is above the middle of two f32; rounded to f64 it is odd, one above it.
  ['mulAdd', [justAbove, justBelow, 1], 1 + 2 ** -23, 'fused'],
  ['mulAdd', [-justAbove, justBelow, -1], -1 - 2 ** -23, 'fused'],
];

for (const target of targets) {
  describe.each(profiles)(`${target.name}, rounding %s`, (profile) => {
    const rows = known.filter(([, , , only]) => only === undefined || only === profile);
    it.skipIf(!canRun(target, profile)).each(rows)('%s of %j is %d', (op, args, result) => {
      for (const how of sweepsOf(op).filter(({ asCondition }) => !asCondition)) {
        const given = Array<readonly number[]>(how.width).fill(args);
        const program = sweep(op, how.width, profile, how);
        const memory = allocate(program.memoryBytes);
        new Uint8Array(memory.buffer).set(memoryWith(program, given));
        instantiate(target.emit(program), memory).prepare();
        const results = given.map(() => result);
        const expected =
          machineOps[op].result === 'f32' ? new Float32Array(results) : new Int32Array(results);
        expect(bits(view(program.buffers[0]!, memory.buffer))).toBe(bits(expected));
      }
    });
  });
}
