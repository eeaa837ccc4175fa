import type { Instruction, NumericInstruction, WasmFunction } from './instruction.ts';

/*
 * a*b + c rounded once, in doubles: the product is exact; the sum is rounded to odd, as its error says, so that only the
 * last rounding, to f32, shows. Boldo & Melquiond 2008, "Emulation of FMA and correctly rounded sums".
 */

const [a, b, c, product, addend, sum, rest, error] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

const get = (local: number): Instruction => ({ op: 'local.get', local });
const set = (local: number): Instruction => ({ op: 'local.set', local });
const op = (name: NumericInstruction): Instruction => ({ op: name });
const i64 = (value: bigint): Instruction => ({ op: 'i64.const', value });
const promoted = (local: number) => [get(local), op('f64.promote_f32')];
const zero: readonly Instruction[] = [{ op: 'f32.const', value: 0 }, op('f64.promote_f32')];
const isPositive = (local: number) => [get(local), ...zero, op('f64.gt')];
const sumBits = [get(sum), op('i64.reinterpret_f64')];

/** (f32, f32, f32) → f32 */
export const fusedMultiplyAdd: WasmFunction = {
  name: 'fusedMultiplyAdd',
  parameters: ['a', 'b', 'c'].map((name) => ({ name, type: 'f32' })),
  result: 'f32',
  locals: ['product', 'addend', 'sum', 'rest', 'error'].map((name) => ({ name, type: 'f64' })),
  body: [
    ...[...promoted(a), ...promoted(b), op('f64.mul'), set(product)],
    ...[...promoted(c), set(addend)],
    ...[get(product), get(addend), op('f64.add'), set(sum)],
    ...[get(sum), get(product), op('f64.sub'), set(rest)],
    ...[get(product), get(sum), get(rest), op('f64.sub'), op('f64.sub')],
    ...[get(addend), get(rest), op('f64.sub'), op('f64.add'), set(error)],
    // A NaN, where the sum is not finite, is not above zero.
    ...[get(error), op('f64.abs'), ...zero, op('f64.gt')],
    ...[...sumBits, i64(1n), op('i64.and'), op('i64.eqz'), op('i32.and')],
    { op: 'if' },
    ...sumBits,
    ...[i64(1n), i64(-1n), ...isPositive(error), ...isPositive(sum), op('i32.eq'), { op: 'select' } as const],
    ...[op('i64.add'), op('f64.reinterpret_i64'), set(sum)],
    { op: 'end' },
    ...[get(sum), op('f32.demote_f64')],
  ],
};
