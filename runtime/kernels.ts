import type { Manifest } from '../compiler/module/manifest.ts';
import { type HostMemory, type HostModule, host } from './host.ts';
import { kernelBytes, type updateKernels } from './kernels.generated.ts';

/*
 * Loops over parameters and gradients in WebAssembly, the same for all cells (compiler/targets/wasm/flat/). They work
 * where a cell's memory is WebAssembly's; beside each stands its definition in JavaScript (passes.ts, optimisers/), which
 * gives the same bits and does the work everywhere else.
 */

/** Names of optimisers that have a kernel. */
export type UpdateName = keyof typeof updateKernels;

/** Pointers are byte offsets of f32 entries. */
export interface Kernels {
  readonly squares: (pointer: number, count: number) => number;
  readonly largest: (pointer: number, count: number) => number;
  readonly scale: (pointer: number, count: number, factor: number) => void;
  readonly cut: (pointer: number, count: number, limit: number) => void;
  /** Made when it is first asked for. */
  readonly update: (name: UpdateName) => UpdateKernel;
}

/**
 * Multiplies `count` gradients by a factor and updates as many parameters.
 *
 * @param more  a pointer per slot of what the optimiser gathers, then its settings
 * @returns 1 where a parameter is no longer finite, else 0
 */
export type UpdateKernel = (
  parameters: number,
  gradients: number,
  count: number,
  factor: number,
  ...more: readonly number[]
) => number;

/** A part of memory in which one optimiser at a time keeps what it gathers. */
export interface Room {
  readonly block: ArrayBuffer;
  /** In bytes, a multiple of 8. */
  readonly offset: number;
  readonly bytes: number;
  /** Whose values stand here. Who comes next asks it to take them along. */
  tenant: { leave(): void } | undefined;
}

export interface KernelBlock {
  readonly kernels: Kernels;
  readonly room: Room | undefined;
}

const memories = new WeakMap<object, { readonly memory: HostMemory; readonly room: Room | undefined }>();
const blocks = new WeakMap<object, KernelBlock>();
const compiled = new Map<keyof typeof kernelBytes, HostModule>();

/** Makes kernels reach a cell's memory, once somebody asks for them. */
export function reserve(
  memory: HostMemory,
  { buffers, optimiserState }: Pick<Manifest, 'buffers' | 'optimiserState'>,
): void {
  const block = memory.buffer;
  const state = buffers.find(({ name }) => name === optimiserState);
  const room = state && { block, offset: state.offset, bytes: state.length * 4, tenant: undefined };
  memories.set(block, { memory, room });
}

/** The kernels for the memory that `values` stand in; undefined where that is not WebAssembly's. */
export function kernelsFor(values: Float32Array): KernelBlock | undefined {
  const found = blocks.get(values.buffer);
  if (found !== undefined) return found;
  const reserved = memories.get(values.buffer);
  if (reserved === undefined) return undefined;
  const made = { kernels: kernelsIn(reserved.memory), room: reserved.room };
  blocks.set(values.buffer, made);
  return made;
}

function kernelsIn(memory: HostMemory): Kernels {
  const updates = new Map<UpdateName, UpdateKernel>();
  const update = (name: UpdateName): UpdateKernel => {
    const kernel = updates.get(name) ?? (exportsOf(name, memory) as { update: UpdateKernel }).update;
    updates.set(name, kernel);
    return kernel;
  };
  return { ...(exportsOf('passes', memory) as Omit<Kernels, 'update'>), update };
}

function exportsOf(name: keyof typeof kernelBytes, memory: HostMemory): object {
  const module = compiled.get(name) ?? new (host().Module)(kernelBytes[name]);
  compiled.set(name, module);
  return new (host().Instance)(module, { rnnc: { memory } }).exports;
}
