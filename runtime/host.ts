import { fail, runtimeErrors } from './errors.ts';

/*
 * What the runtime uses of WebAssembly's JavaScript interface, declared here since neither the ES library nor Node's types
 * do, and what the host can do.
 */

export interface HostMemory {
  readonly buffer: ArrayBuffer;
}
export type HostModule = { readonly module: unique symbol };
type Imports = Readonly<Record<string, Readonly<Record<string, HostMemory>>>>;
interface HostWebAssembly {
  readonly Memory: new (pages: { readonly initial: number }) => HostMemory;
  readonly Module: new (bytes: Uint8Array) => HostModule;
  readonly Instance: new (module: HostModule, imports?: Imports) => { readonly exports: object };
  compile(bytes: Uint8Array): Promise<HostModule>;
  validate(bytes: Uint8Array): boolean;
}

/** @throws RuntimeError RNN515 where the host has no WebAssembly */
export function host(): HostWebAssembly {
  const found = (globalThis as { readonly WebAssembly?: HostWebAssembly }).WebAssembly;
  if (found === undefined) {
    fail(runtimeErrors.cannotRun, {
      reason: 'This host has no WebAssembly; compile the cell with target js instead.',
    });
  }
  return found;
}

const pageBytes = 65536;

/** Zeroed memory for `bytes` bytes, rounded up to whole pages. */
export function allocate(bytes: number): HostMemory {
  return new (host().Memory)({ initial: Math.max(1, Math.ceil(bytes / pageBytes)) });
}

/** (a, c) → a*a + c as relaxed SIMD has it, in the first of four lanes. */
const multiplyAddModule = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x07, 0x01, 0x60, 0x02, 0x7d, 0x7d, 0x01, 0x7d], // type (f32, f32) → f32
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00], // export f
  ...[0x0a, 0x16, 0x01, 0x14, 0x00],
  ...[0x20, 0x00, 0xfd, 0x13, 0x20, 0x00, 0xfd, 0x13, 0x20, 0x01, 0xfd, 0x13], // f32x4.splat a, a, c
  ...[0xfd, 0x85, 0x02, 0xfd, 0x1f, 0x00, 0x0b], // f32x4.relaxed_madd, f32x4.extract_lane 0
);

/**
 * Whether the host has relaxed multiply-add and rounds it once. The square of 1 + 2⁻¹² lies in the middle of two f32; the
 * addend 2⁻⁸⁰, which double precision would lose, decides.
 */
export function fusesMultiplyAdd(): boolean {
  const webAssembly = host();
  if (!webAssembly.validate(multiplyAddModule)) return false;
  const { exports } = new webAssembly.Instance(new webAssembly.Module(multiplyAddModule));
  const { f } = exports as { readonly f: (a: number, c: number) => number };
  return f(1 + 2 ** -12, 2 ** -80) === 1 + 2 ** -11 + 2 ** -23;
}
