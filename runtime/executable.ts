import type { CompiledCell, Manifest, Procedures, WasmVariant } from '../compiler/module/manifest.ts';
import { chooseBlock, chosenBefore } from './chooseBlock.ts';
import { fail, runtimeErrors } from './errors.ts';
import { allocate, type HostMemory, type HostModule, host } from './host.ts';
import { reserve } from './kernels.ts';
import { checkJavaScript, fittingVariants, type VariantOptions, type WasmCode } from './variant.ts';

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
  const variants = candidates(compiled.manifest, compiled.code, options);
  const modules = await Promise.all(variants.map(({ bytes }) => host().compile(bytes)));
  return runWasm(compiled.manifest, variants, modules);
}

/** As `execute`, at once. Browsers refuse large WebAssembly modules here, on their main thread. */
export function executeSync(compiled: CompiledCell, options: VariantOptions = {}): Executable {
  checkFormat(compiled);
  if (compiled.code.kind === 'js') return runJs(compiled.manifest, compiled.code.create, options);
  const variants = candidates(compiled.manifest, compiled.code, options);
  const modules = variants.map(({ bytes }) => new (host().Module)(bytes));
  return runWasm(compiled.manifest, variants, modules);
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

/** Those to measure, or the one that is known. */
function candidates(manifest: Manifest, code: WasmCode, options: VariantOptions): readonly WasmVariant[] {
  const fitting = fittingVariants(code, options);
  const chosen = chosenBefore(fitting, manifest);
  return chosen === undefined ? fitting : [chosen];
}

function runWasm(
  manifest: Manifest,
  variants: readonly WasmVariant[],
  modules: readonly HostModule[],
): Executable {
  const memory = allocate(manifest.memoryBytes);
  reserve(memory, manifest);
  const chosen = variants.length === 1 ? variants[0]! : choose(manifest, variants, modules);
  return {
    block: memory.buffer,
    procedures: join(modules[variants.indexOf(chosen)]!, memory),
    variant: Object.freeze({ profile: chosen.profile, block: chosen.block }),
  };
}

function choose(
  manifest: Manifest,
  variants: readonly WasmVariant[],
  modules: readonly HostModule[],
): WasmVariant {
  const scratch = allocate(manifest.memoryBytes);
  return chooseBlock(
    variants,
    modules.map((module) => join(module, scratch)),
    manifest,
  );
}

function join(module: HostModule, memory: HostMemory): Procedures {
  return new (host().Instance)(module, { rnnc: { memory } }).exports as Procedures;
}

function checkFormat({ manifest }: CompiledCell): void {
  if (manifest.format !== 1) {
    fail(runtimeErrors.cannotRun, {
      reason: `The module has format ${manifest.format}, and this runtime knows format 1; compile the cell again.`,
    });
  }
}
