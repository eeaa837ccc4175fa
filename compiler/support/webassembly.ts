/*
 * The parts of the WebAssembly JavaScript interface in use. Written out here because neither the ES library nor Node's
 * types declare them, and the DOM's declare a browser.
 */

/** A block of memory that a WebAssembly module can import; others use its `buffer`. */
export interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
}

type ExportedFunction = (...args: number[]) => number | undefined;

interface WebAssemblyInterface {
  readonly Memory: new (size: { readonly initial: number }) => WebAssemblyMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, WebAssemblyMemory>>>>,
  ) => { readonly exports: Readonly<Record<string, ExportedFunction>> };
  validate(bytes: Uint8Array): boolean;
}

/** Absent where a host has no WebAssembly. */
export const webAssembly = (globalThis as { readonly WebAssembly?: WebAssemblyInterface }).WebAssembly;

/** Bytes of one page, the unit of a memory's size. */
export const pageBytes = 65536;
