import type { CompiledCode, Procedures } from '../module/manifest.ts';
import { procedureNames } from '../program/program.ts';
import { invariant } from '../support/invariant.ts';
import { pageBytes, type WebAssemblyMemory, webAssembly } from '../support/webassembly.ts';

/** Zeroed memory for `memoryBytes` bytes, rounded up to whole pages, that code of every target can share. */
export function allocate(memoryBytes: number): WebAssemblyMemory {
  invariant(webAssembly !== undefined, 'this host has no WebAssembly');
  return new webAssembly.Memory({ initial: Math.max(1, Math.ceil(memoryBytes / pageBytes)) });
}

/**
 * Emitted code, joined to a memory; of WebAssembly one variant, the first unless told. Code of several targets, and several
 * variants, may share a memory, and run procedures of one program by turns.
 */
export function instantiate(code: CompiledCode, memory: WebAssemblyMemory, variant = 0): Procedures {
  if (code.kind === 'js') return code.create(memory.buffer);
  invariant(webAssembly !== undefined, 'this host has no WebAssembly');
  const chosen = code.variants[variant];
  invariant(chosen !== undefined, `there is no variant ${variant}`);
  const module = new webAssembly.Module(chosen.bytes);
  const { exports } = new webAssembly.Instance(module, { rnnc: { memory } });
  for (const name of procedureNames) invariant(name in exports, `the module does not export ${name}`);
  return exports as unknown as Procedures;
}
