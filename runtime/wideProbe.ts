import { host } from './host.ts';

/*
 * A module with one contraction, a block of 4 rows x 2 vectors over an axis of 64: what V8 is asked to widen, small enough
 * to be compiled and timed at once. Opcodes as in the WebAssembly specification.
 */

const [rows, vectors, axis] = [4, 2, 64];
const [weightsAt, resultAt] = [4096, 8192];
const [runs, row, column, left, accumulator] = [0, 1, 2, 3, 4];
const panel = accumulator + rows * vectors;
const entry = panel + vectors;

const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const i32 = (value: number) => [0x41, (value & 127) | 128, ((value >> 7) & 127) | 128, (value >> 14) & 127];
const offset = (bytes: number) => [(bytes & 127) | 128, (bytes >> 7) & 127];
const advance = (local: number, by: number) => [...get(local), ...i32(by), 0x6a, ...set(local)];
const again = (local: number) => [...get(local), ...i32(1), 0x6b, 0x22, local, 0x0d, 0x00, 0x0b];
const each = (count: number, code: (i: number) => number[]) =>
  Array.from({ length: count }, (_, i) => code(i)).flat();
const loop = [0x03, 0x40];

const multiplyAdd = (to: number, vector: number) => [
  ...[...get(to), ...get(entry), ...get(panel + vector)],
  ...[0xfd, 0xe6, 0x01, 0xfd, 0xe4, 0x01], // f32x4.mul, f32x4.add
  ...set(to),
];

const body = [
  ...[0x02, 0x03, 0x7f, rows * vectors + vectors + 1, 0x7b],
  ...loop,
  ...[...i32(0), ...set(row), ...i32(weightsAt), ...set(column), ...i32(axis), ...set(left)],
  ...each(rows * vectors, (i) => [0xfd, 0x0c, ...new Array<number>(16).fill(0), ...set(accumulator + i)]),
  ...loop,
  ...each(vectors, (j) => [...get(column), 0xfd, 0x00, 0x04, ...offset(16 * j), ...set(panel + j)]), // v128.load
  ...each(rows, (i) => [
    ...[...get(row), 0xfd, 0x09, 0x02, ...offset(4 * i), ...set(entry)], // v128.load32_splat
    ...each(vectors, (j) => multiplyAdd(accumulator + vectors * i + j, j)),
  ]),
  ...[...advance(row, 4 * rows), ...advance(column, 16 * vectors)],
  ...again(left),
  ...each(rows * vectors, (i) => [
    ...[...i32(resultAt), ...get(accumulator + i), 0xfd, 0x0b, 0x04, ...offset(16 * i)], // v128.store
  ]),
  ...again(runs),
  0x0b,
];

const size = (bytes: readonly number[]) => [(bytes.length & 127) | 128, bytes.length >> 7, ...bytes];
const text = (name: string) => [name.length, ...[...name].map((letter) => letter.charCodeAt(0))];

export interface ContractionProbe {
  readonly run: (runs: number) => void;
  /** Of the last run, as bits. */
  readonly result: Int32Array;
}

/**
 * Compiles the module, as the engine's present flags say.
 *
 * @param name  goes into the module: engines keep the code of bytes they have seen
 */
export function contractionProbe(name: string): ContractionProbe {
  const bytes = Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x00, ...size([...text('probe'), ...text(name)])],
    ...[0x01, 0x05, 0x01, 0x60, 0x01, 0x7f, 0x00], // type (i32) → ()
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x05, 0x03, 0x01, 0x00, 0x01], // memory of one page
    ...[0x07, ...size([0x02, ...text('run'), 0x00, 0x00, ...text('memory'), 0x02, 0x00])],
    ...[0x0a, ...size([0x01, ...size(body)])],
  );
  const { exports } = new (host().Instance)(new (host().Module)(bytes));
  const { run, memory } = exports as {
    readonly run: (runs: number) => void;
    readonly memory: { readonly buffer: ArrayBuffer };
  };
  const numbers = new Float32Array(memory.buffer);
  for (let i = 0; i < resultAt / 4; i++) numbers[i] = ((i * 7919) % 1009) / 1009 - 0.5;
  return { run, result: new Int32Array(memory.buffer, resultAt, 4 * rows * vectors) };
}
