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
  return runWasm(
    compiled.manifest,
    variant,
    await host()
      .compile(variant.bytes)
      .catch((error) => refuseCode(compiled.manifest, variant, error)),
  );
}

/** As `execute`, at once. Browsers refuse large WebAssembly modules here, on their main thread. */
export function executeSync(compiled: CompiledCell, options: VariantOptions = {}): Executable {
  checkFormat(compiled);
  if (compiled.code.kind === 'js') return runJs(compiled.manifest, compiled.code.create, options);
  const variant = chooseBlock(fittingVariants(compiled.code, options));
  const module = attempt(() => new (host().Module)(variant.bytes), compiled.manifest, variant);
  return runWasm(compiled.manifest, variant, module);
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

function runWasm(manifest: Manifest, variant: WasmVariant, module: HostModule): Executable {
  const { profile, block } = variant;
  const memory = allocate(manifest.memoryBytes);
  reserve(memory, manifest);
  const { exports } = attempt(() => new (host().Instance)(module, { rnnc: { memory } }), manifest, variant);
  return {
    block: memory.buffer,
    procedures: exports as Procedures,
    variant: Object.freeze({ profile, block }),
  };
}

function attempt<T>(run: () => T, manifest: Manifest, variant: WasmVariant): T {
  try {
    return run();
  } catch (error) {
    return refuseCode(manifest, variant, error);
  }
}

function refuseCode({ cell }: Manifest, { profile, block }: WasmVariant, error: unknown): never {
  // A RangeError is no fault of the code: no room for it, or too much for a browser's main thread at once.
  if (error instanceof RangeError) throw error;
  const said = error instanceof Error ? error.message : String(error);
  return fail(runtimeErrors.cannotRun, {
    reason: `The code of ${cell} (${profile}, ${block}) cannot be run: ${said}. If another host runs it, this one lacks something; else compile it again.`,
  });
}

function checkFormat(compiled: CompiledCell): void {
  const { manifest, code }: Partial<CompiledCell> = (compiled as CompiledCell | undefined | null) ?? {};
  if (manifest?.format === undefined || code?.kind === undefined) {
    fail(runtimeErrors.cannotRun, {
      reason:
        'What is given is no compiled cell; give what compile(), readWasm() or the module of a cell gives.',
    });
  }
  if (manifest.format !== 1) {
    fail(runtimeErrors.cannotRun, {
      reason: `The module has format ${manifest.format}, and this runtime knows format 1; compile the cell again.`,
    });
  }
}
