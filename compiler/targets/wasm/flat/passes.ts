import type { WasmFunction, WasmLocal } from '../instruction.ts';
import type { Code } from '../spelling.ts';
import { i32, memory, op, storeFirst, Writer } from './writer.ts';

/*
 * Passes over `count` f32 entries from `pointer` on. What each gives, to the bit, stands in runtime/passes.ts. Entries
 * that are left over when vectors are done go through the same vector instructions, with zeros beside them.
 */

const block: readonly WasmLocal[] = [
  { name: 'pointer', type: 'i32' },
  { name: 'count', type: 'i32' },
];
const shifted = (writer: Writer, name: string, by: number): Code => [
  writer.get(name),
  i32(by),
  op('i32.shr_u'),
];

/** Two or one entries as f64, and an `f64x2` back as f32. */
export const entries = {
  2: { load: 'v128.load64_zero', store: 'v128.store64_lane' },
  1: { load: 'v128.load32_zero', store: 'v128.store32_lane' },
} as const;

/** (pointer, count) → sum of squares: eight running values, two in each of four vectors. */
export function squares(): WasmFunction {
  const writer = new Writer(block);
  const running = ['running0', 'running1', 'running2', 'running3'];
  writer.declare('v128', 'x', ...running);
  writer.declare('i32', 'left');
  const addTo = (k: number, width: 1 | 2): Code => {
    const load = [writer.get('pointer'), memory(entries[width].load, 8 * k), op('f64x2.promote_low_f32x4')];
    const square: Code = [...writer.tee('x', load), writer.get('x'), op('f64x2.mul')];
    return writer.set(running[k]!, [writer.get(running[k]!), ...square, op('f64x2.add')]);
  };
  // Of the last entries, fewer than eight, a pair or a single one goes to each running value.
  const pastPairs = (k: number): Code => [writer.get('left'), i32(2 * k + 1), op('i32.sub')];
  const rest = running.flatMap((_, k) => [
    ...writer.when([...pastPairs(k), i32(0), op('i32.gt_s')], addTo(k, 2)),
    ...writer.when([...pastPairs(k), op('i32.eqz')], addTo(k, 1)),
  ]);
  const sum = (a: Code, b: Code): Code => [...a, ...b, op('f64x2.add')];
  const [r0, r1, r2, r3] = running.map((name): Code => [writer.get(name)]);
  const body: Code = [
    ...writer.set('left', shifted(writer, 'count', 3)),
    ...writer.repeat('left', [...running.flatMap((_, k) => addTo(k, 2)), ...writer.advance('pointer', 32)]),
    ...writer.set('left', [writer.get('count'), i32(7), op('i32.and')]),
    ...rest,
    ...writer.set('x', sum(sum(r0!, r2!), sum(r1!, r3!))),
    ...[writer.get('x'), { op: 'f64x2.extract_lane', lane: 0 } as const],
    ...[writer.get('x'), { op: 'f64x2.extract_lane', lane: 1 } as const],
    op('f64.add'),
  ];
  return writer.build('sum of squares', body, 'f64');
}

/** (pointer, count) → largest absolute value, as f32; NaN where there is one. */
export function largest(): WasmFunction {
  const writer = new Writer(block);
  writer.declare('v128', 'largest');
  writer.declare('i32', 'left');
  const take = (load: 'v128.load' | 'v128.load32_zero', bytes: number): Code => [
    ...writer.set('largest', [
      writer.get('largest'),
      ...[writer.get('pointer'), memory(load), op('f32x4.abs')],
      op('f32x4.max'),
    ]),
    ...writer.advance('pointer', bytes),
  ];
  const lane = (n: 0 | 1 | 2 | 3): Code => [
    writer.get('largest'),
    { op: 'f32x4.extract_lane', lane: n } as const,
  ];
  const body: Code = [
    ...writer.set('left', shifted(writer, 'count', 2)),
    ...writer.repeat('left', take('v128.load', 16)),
    ...writer.set('left', [writer.get('count'), i32(3), op('i32.and')]),
    ...writer.repeat('left', take('v128.load32_zero', 4)),
    ...[...lane(0), ...lane(1), op('f32.max'), ...lane(2), op('f32.max'), ...lane(3), op('f32.max')],
  ];
  return writer.build('largest absolute value', body, 'f32');
}

/** (pointer, count, factor f64): each product is rounded once, to f32. */
export function scale(): WasmFunction {
  const writer = new Writer([...block, { name: 'factor', type: 'f64' }]);
  writer.declare('i32', 'left');
  const product = (width: 1 | 2): Code => [
    writer.get('pointer'),
    ...[writer.get('pointer'), memory(entries[width].load), op('f64x2.promote_low_f32x4')],
    ...[writer.get('factor'), op('f64x2.splat'), op('f64x2.mul'), op('f32x4.demote_f64x2_zero')],
    storeFirst(entries[width].store),
  ];
  const body: Code = [
    ...writer.set('left', shifted(writer, 'count', 1)),
    ...writer.repeat('left', [...product(2), ...writer.advance('pointer', 8)]),
    ...writer.when([writer.get('count'), i32(1), op('i32.and')], product(1)),
  ];
  return writer.build('scale', body);
}

/** (pointer, count, limit f32): entries into [-limit, limit]. */
export function cut(): WasmFunction {
  const writer = new Writer([...block, { name: 'limit', type: 'f32' }]);
  writer.declare('i32', 'left');
  const limit: Code = [writer.get('limit')];
  const four: Code = [
    writer.get('pointer'),
    ...[writer.get('pointer'), memory('v128.load')],
    ...[...limit, op('f32x4.splat'), op('f32x4.min')],
    ...[...limit, op('f32.neg'), op('f32x4.splat'), op('f32x4.max')],
    memory('v128.store'),
  ];
  const one: Code = [
    writer.get('pointer'),
    ...[writer.get('pointer'), memory('f32.load'), ...limit, op('f32.min')],
    ...[...limit, op('f32.neg'), op('f32.max')],
    memory('f32.store'),
  ];
  const body: Code = [
    ...writer.set('left', shifted(writer, 'count', 2)),
    ...writer.repeat('left', [...four, ...writer.advance('pointer', 16)]),
    ...writer.set('left', [writer.get('count'), i32(3), op('i32.and')]),
    ...writer.repeat('left', [...one, ...writer.advance('pointer', 4)]),
  ];
  return writer.build('cut', body);
}
