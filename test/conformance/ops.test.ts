import { describe, expect, it } from 'vitest';
import { type LaneType, type MachineOp, machineOps } from '../../compiler/ops/machine.ts';
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
import { bits, bitsAfter, view } from './memory.ts';
import { specialValues } from './specialValues.ts';

const wholeNumbers = [0, 1, -1, 2, 31, 32, 33, -31, 2 ** 24 + 1, 2 ** 31 - 1, -(2 ** 31), 0x55555555];
const fewValues = specialValues.filter((_, i) => i % 3 === 0 || i >= specialValues.length - 3);

const roundUp = (lanes: number) => 4 * Math.ceil(lanes / 4);

/** result[k] = op(a[k], b[k], c[k]) for all k, or a truth of it chosen from two numbers. */
function sweep(op: MachineOp, count: number, profile: RoundingProfile, asCondition = false): Program {
  const { args, result } = machineOps[op];
  const at: Affine = { constant: 0, terms: [{ index: 'k', stride: 1 }] };
  const apply: ProgramExpression = {
    kind: 'apply',
    op,
    args: args.map((_, i) => ({ kind: 'load', address: { buffer: `argument${i}`, at } })),
  };
  const number = (value: number): ProgramExpression => ({ kind: 'constant', lanes: 'f32', value });
  const value: ProgramExpression = asCondition
    ? { kind: 'apply', op: 'select', args: [apply, number(5), number(7)] }
    : apply;
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
                extent: count,
                direction: 'up',
                body: [{ kind: 'store', address: { buffer: 'result', at }, value }],
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
  return op === 'significand' ? all.filter(([a]) => !Number.isNaN(a)) : all;
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

describe.each(others)('$name', (target) => {
  it.each(Object.keys(machineOps) as MachineOp[])('%s gives the defined bits for special values', (op) => {
    const rows = combinations(op);
    for (const profile of profiles) {
      for (const asCondition of machineOps[op].result === 'f32' ? [false, true] : [false]) {
        const program = sweep(op, rows.length, profile, asCondition);
        const given = memoryWith(program, rows);
        const run = (by: Target) => bitsAfter(program, by.emit(program), given, (live) => live.prepare());
        expect(run(target)).toBe(run(interpreter));
      }
    }
  });
});

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
  ['pow2', [-500], 2 ** -126],
  ['pow2', [127], 2 ** 127],
  ['pow2', [Number.NaN], 1],
  ['exponent', [-12], 3],
  ['exponent', [2 ** -140], -127],
  ['significand', [-12], 1.5],
  ['addI32', [2 ** 31 - 1, 1], -(2 ** 31)],
  ['shiftLeftI32', [1, 33], 2],
  ['shiftRightI32', [-1, 31], 1],
  ['shiftRightI32', [-1, 0], -1],
  ['convertI32', [2 ** 24 + 1], 2 ** 24],
  ['mulAdd', [1 + 2 ** -12, 1 + 2 ** -12, 2 ** -80], 1 + 2 ** -11],
  ['mulAdd', [1 + 2 ** -12, 1 + 2 ** -12, 2 ** -80], 1 + 2 ** -11 + 2 ** -23, 'fused'],
  ['mulAdd', [1 + 2 ** -12, 1 + 2 ** -12, -(2 ** -80)], 1 + 2 ** -11, 'fused'],
  ['mulAdd', [1 + 2 ** -23, 1 + 2 ** -23, -1 - 2 ** -22], 2 ** -46, 'fused'],
  ['mulAdd', [2 ** 100, 2 ** 100, Number.NEGATIVE_INFINITY], Number.NEGATIVE_INFINITY, 'fused'],
  ['mulAdd', [2 ** -100, 2 ** -100, 2 ** -149], 2 ** -149, 'fused'],
  // The product is a little above 2^-24, so the sum is above the middle of two f32; rounded to f64 it is odd, one above it.
  ['mulAdd', [justAbove, justBelow, 1], 1 + 2 ** -23, 'fused'],
  ['mulAdd', [-justAbove, justBelow, -1], -1 - 2 ** -23, 'fused'],
];

describe.each(targets)('$name', (target) => {
  it.each(known)('%s of %j is %d', (op, args, result, profile) => {
    const program = sweep(op, 1, profile ?? 'separate');
    const memory = allocate(program.memoryBytes);
    new Uint8Array(memory.buffer).set(memoryWith(program, [args]));
    instantiate(target.emit(program), memory).prepare();
    const expected = machineOps[op].result === 'f32' ? new Float32Array([result]) : new Int32Array([result]);
    expect(bits(view(program.buffers[0]!, memory.buffer))).toBe(bits(expected));
  });
});
