import type { CompiledCell, Manifest, Procedures, WasmVariant } from '../compiler/module/manifest.ts';
import { chooseBlock } from './chooseBlock.ts';
import { fail, runtimeErrors } from './errors.ts';
import { allocate, type HostModule, host } from './host.ts';
import { reserve } from './kernels.ts';
import { checkJavaScript, fittingVariants, type VariantOptions } from './variant.ts';

/** Code and manifest as procedures over a memory block. */
export interface Executable {
  readonly block: ArrayBuffer;
  readonly procedures: Procedures;
  /** What was chosen; nothing where the code is JavaScript. */
  readonly variant?: Omit<WasmVariant, 'bytes'>;
}

/** @throws RuntimeError RNN515 where nothing of it can run here, or the manifest is of another format */
export async function execute(compiled: CompiledCell, options: VariantOptions): Promise<Executable> {
  checkFormat(compiled);
  if (compiled.code.kind === 'js') return runJs(compiled.manifest, compiled.code.create, options);
  const variant = chooseBlock(fittingVariants(compiled.code, options));
  return runWasm(compiled.manifest, variant, await host().compile(variant.bytes));
}

/** As `execute`, at once. Browsers refuse large WebAssembly modules here, on their main thread. */
export function executeSync(compiled: CompiledCell, options: VariantOptions = {}): Executable {
  checkFormat(compiled);
  if (compiled.code.kind === 'js') return runJs(compiled.manifest, compiled.code.create, options);
  const variant = chooseBlock(fittingVariants(compiled.code, options));
  return runWasm(compiled.manifest, variant, new (host().Module)(variant.bytes));
}

function runJs(
  manifest: Manifest,
  create: (memory: ArrayBuffer) => Procedures,
  options: VariantOptions,
): Executable {
  checkJavaScript(manifest.profile, options);
  const block = new ArrayBuffer(manifest.memoryBytes);
  return { block, procedures: create(block) };
}

function runWasm(manifest: Manifest, { profile, block }: WasmVariant, module: HostModule): Executable {
  const memory = allocate(manifest.memoryBytes);
  reserve(memory, manifest);
  const { exports } = new (host().Instance)(module, { rnnc: { memory } });
  return {
    block: memory.buffer,
    procedures: exports as Procedures,
    variant: Object.freeze({ profile, block }),
  };
}

function checkFormat({ manifest }: CompiledCell): void {
  if (manifest.format !== 1) {
    fail(runtimeErrors.cannotRun, {
      reason: `The module has format ${manifest.format}, and this runtime knows format 1; compile the cell again.`,
    });
  }
}
