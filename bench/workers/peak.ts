/*
 * How many multiply-adds on four lanes the engine can do when it does nothing else: a loop over independent running
 * values held in registers. The module is written byte by byte, so that no compiler stands between.
 */

/** How a multiply-add is spelled: one relaxed instruction, or two. */
export type MultiplyAdd = 'relaxed' | 'separate';

const lanes = 4;
/** Fewer leave the units waiting, more do not fit the registers; which is best differs by engine and CPU. */
const counts = [8, 10, 12, 14, 16, 20, 24];
const loops = 20_000;
const rounds = 3;

/** A function that gives the multiply-adds per second of the best count, of a few short looks. */
export function multiplyAddPeak(spelling: MultiplyAdd): () => number {
  const kernels = counts.map((count) => ({ count, run: instantiate(peakModule(count, spelling)) }));
  for (let i = 0; i < 50; i++) for (const { run } of kernels) run(loops);
  return () => {
    let best = 0;
    for (const { count, run } of kernels) {
      for (let round = 0; round < rounds; round++) {
        const start = performance.now();
        run(loops);
        const seconds = (performance.now() - start) / 1000;
        best = Math.max(best, (lanes * count * loops) / seconds);
      }
    }
    return best;
  };
}

interface HostWebAssembly {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: { readonly f: (loops: number) => void } };
}

function instantiate(bytes: Uint8Array): (loops: number) => void {
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: HostWebAssembly })
    .WebAssembly;
  return new Instance(new Module(bytes)).exports.f;
}

const type = { i32: 0x7f, v128: 0x7b };
const simd = (opcode: number) => [0xfd, ...unsigned(opcode)];
const get = (local: number) => [0x20, ...unsigned(local)];
const set = (local: number) => [0x21, ...unsigned(local)];
const constant = (value: number) => [0x41, ...signed(value)];
const aligned = 4;
const load = (address: number) => [...constant(0), ...simd(0x00), aligned, ...unsigned(address)];
const store = (address: number) => [...simd(0x0b), aligned, ...unsigned(address)];

/** f(loops): each loop does acc = acc*a + b for `count` locals of four lanes. */
export function peakModule(count: number, spelling: MultiplyAdd): Uint8Array {
  const numbers = Array.from({ length: count }, (_, i) => i);
  const accumulator = (i: number) => 1 + i;
  const [a, b] = [1 + count, 2 + count];
  const multiplyAdd = {
    relaxed: [...get(a), ...get(b), ...simd(0x105)],
    separate: [...get(a), ...simd(0xe6), ...get(b), ...simd(0xe4)],
  }[spelling];
  const body = [
    ...numbers.flatMap((i) => [...load(16 * i), ...set(accumulator(i))]),
    ...[...load(1024), ...set(a), ...load(1040), ...set(b)],
    ...[0x03, 0x40], // loop
    ...numbers.flatMap((i) => [...get(accumulator(i)), ...multiplyAdd, ...set(accumulator(i))]),
    ...[...get(0), ...constant(1), 0x6b, 0x22, 0, 0x0d, 0, 0x0b], // until the count is 0
    // Neighbours in memory, so that an engine that joins vectors in pairs can do so.
    ...numbers.flatMap((i) => [...constant(0), ...get(accumulator(i)), ...store(2048 + 16 * i)]),
    0x0b,
  ];
  const code = [1, ...unsigned(count + 2), type.v128, ...body];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 1, type.i32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [1, 1, 'f'.charCodeAt(0), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 of small values that are not negative. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
