import { checkModule } from '../check.ts';
import { encodeModule } from '../encode.ts';
import type { WasmFunction, WasmModule } from '../instruction.ts';
import { cut, largest, scale, squares } from './passes.ts';
import { updateRules } from './rules.ts';
import { updateKernel } from './update.ts';

/**
 * Loops over flat blocks of parameters and gradients, the same for all cells; runtime/kernels.ts says what each takes.
 * `passes` are those that every update needs; each optimiser has a module of its own, made when it is used.
 */
export function flatModules(): ReadonlyMap<string, WasmModule> {
  const updates = Object.entries(updateRules).map(
    ([name, rule]) => [name, moduleOf({ update: updateKernel(name, rule) })] as const,
  );
  const passes = { squares: squares(), largest: largest(), scale: scale(), cut: cut() };
  return new Map([['passes', moduleOf(passes)], ...updates]);
}

function moduleOf(functions: Readonly<Record<string, WasmFunction>>): WasmModule {
  const module: WasmModule = {
    pages: 1,
    functions: Object.values(functions),
    exports: Object.keys(functions).map((name, index) => ({ name, function: index })),
  };
  checkModule(module);
  return module;
}

/** What the runtime ships of it, as the values of its generated source. */
export function flatKernels(): {
  readonly kernelBytes: Readonly<Record<string, Uint8Array>>;
  readonly updateKernels: object;
} {
  const bytes = [...flatModules()].map(([name, module]) => [name, encodeModule(module)] as const);
  const updateKernels = Object.entries(updateRules).map(([name, { slots, settings }]) => [
    name,
    { slots, settings },
  ]);
  return { kernelBytes: Object.fromEntries(bytes), updateKernels: Object.fromEntries(updateKernels) };
}
