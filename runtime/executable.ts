import type { CompiledCell, Procedures } from '../compiler/module/manifest.ts';
import { fail, runtimeErrors } from './errors.ts';
import { type HostModule, host } from './host.ts';
import { reserve } from './kernels.ts';

/*
 * Code and manifest become procedures over a memory block.
 */

export interface Executable {
  readonly block: ArrayBuffer;
  readonly procedures: Procedures;
}

const pageBytes = 65536;

/**
 * @throws RuntimeError RNN515 where the host has no WebAssembly, or the manifest is of another format
 */
export async function execute(compiled: CompiledCell): Promise<Executable> {
  checkFormat(compiled);
  if (compiled.code.kind === 'js') return runJs(compiled, compiled.code.create);
  return runWasm(compiled, await host().compile(compiled.code.variants[0]!.bytes));
}

/** As `execute`, at once. Browsers refuse large WebAssembly modules here, on their main thread. */
export function executeSync(compiled: CompiledCell): Executable {
  checkFormat(compiled);
  if (compiled.code.kind === 'js') return runJs(compiled, compiled.code.create);
  return runWasm(compiled, new (host().Module)(compiled.code.variants[0]!.bytes));
}

function runJs({ manifest }: CompiledCell, create: (memory: ArrayBuffer) => Procedures): Executable {
  const block = new ArrayBuffer(manifest.memoryBytes);
  return { block, procedures: create(block) };
}

function runWasm({ manifest }: CompiledCell, module: HostModule): Executable {
  const initial = Math.max(1, Math.ceil(manifest.memoryBytes / pageBytes));
  const memory = new (host().Memory)({ initial });
  const { exports } = new (host().Instance)(module, { rnnc: { memory } });
  reserve(memory, manifest);
  return { block: memory.buffer, procedures: exports as Procedures };
}

function checkFormat({ manifest }: CompiledCell): void {
  if (manifest.format !== 1) {
    fail(runtimeErrors.cannotRun, {
      reason: `The module has format ${manifest.format}, and this runtime knows format 1; compile the cell again.`,
    });
  }
}
