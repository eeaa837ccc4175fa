import { checkModule } from '../check.ts';
import { encodeModule } from '../encode.ts';
import type { WasmModule } from '../instruction.ts';
import { cut, largest, scale, squares } from './passes.ts';
import { updateRules } from './rules.ts';
import { updateKernel } from './update.ts';

/** Loops over flat blocks of parameters and gradients, the same for all cells; runtime/kernels.ts says what each takes. */
export function flatModule(): WasmModule {
  const updates = Object.entries(updateRules).map(
    ([name, rule]) => [name, updateKernel(name, rule)] as const,
  );
  const functions = Object.entries({
    squares: squares(),
    largest: largest(),
    scale: scale(),
    cut: cut(),
    ...Object.fromEntries(updates),
  });
  const module: WasmModule = {
    pages: 1,
    functions: functions.map(([, fn]) => fn),
    exports: functions.map(([name], index) => ({ name, function: index })),
  };
  checkModule(module);
  return module;
}

/** What the runtime ships of it, as the values of its generated source. */
export function flatKernels(): { readonly kernelBytes: Uint8Array; readonly updateKernels: object } {
  const updateKernels = Object.entries(updateRules).map(([name, { slots, settings }]) => [
    name,
    { slots, settings },
  ]);
  return { kernelBytes: encodeModule(flatModule()), updateKernels: Object.fromEntries(updateKernels) };
}
