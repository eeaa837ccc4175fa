import { fail, runtimeErrors } from './errors.ts';

/*
 * What the runtime uses of WebAssembly's JavaScript interface, declared here since neither the ES library nor Node's types
 * do.
 */

export interface HostMemory {
  readonly buffer: ArrayBuffer;
}
export type HostModule = { readonly module: unique symbol };
type Exports = { readonly exports: object };
interface HostWebAssembly {
  readonly Memory: new (pages: { readonly initial: number }) => HostMemory;
  readonly Module: new (bytes: Uint8Array) => HostModule;
  readonly Instance: new (module: HostModule, imports: { rnnc: { memory: HostMemory } }) => Exports;
  compile(bytes: Uint8Array): Promise<HostModule>;
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
