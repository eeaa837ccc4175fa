import type { Trainable } from '../../runtime/index.ts';
import { reserve } from '../../runtime/kernels.ts';
import { named } from '../../runtime/named.ts';

/*
 * Parameters and gradients as a compiled cell has them, in WebAssembly's memory, without a cell; and the same as plain
 * arrays, where definitions in JavaScript do the work.
 */

const bits = new DataView(new ArrayBuffer(8));

export const bitsOf = (values: Float32Array | Float64Array): string[] =>
  Array.from(values, (value) => {
    bits.setFloat64(0, value);
    return bits.getBigUint64(0).toString(16);
  });

interface HostMemory {
  readonly buffer: ArrayBuffer;
}
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: { Memory: new (pages: { initial: number }) => HostMemory };
};

/** A memory that kernels reach, filled with ones; with room for `room` bytes of an optimiser at its end. */
export function kernelMemory(bytes: number, room?: number): ArrayBuffer {
  const offset = Math.ceil(bytes / 8) * 8;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((offset + (room ?? 0)) / 65536) });
  new Float32Array(memory.buffer).fill(1);
  const state = { name: 'optimiser.state', lanes: 'f32', offset, length: (room ?? 0) / 4 } as const;
  reserve(memory, room === undefined ? { buffers: [] } : { buffers: [state], optimiserState: state.name });
  return memory.buffer;
}

export interface Model extends Trainable {
  readonly changes: () => number;
}

function model(
  parameters: [string, Float32Array][],
  gradients: [string, Float32Array][],
  values: readonly (readonly number[])[],
): Model {
  let changes = 0;
  for (const [i, [, parameter]] of parameters.entries()) parameter.set(values[i]!);
  return {
    parameters: named(parameters),
    gradients: named(gradients),
    parametersChanged: () => {
      changes++;
    },
    changes: () => changes,
  };
}

const nameOf = (i: number) => `p${i}`;

export const plainModel = (values: readonly (readonly number[])[]): Model =>
  model(
    values.map((parameter, i) => [nameOf(i), new Float32Array(parameter.length)]),
    values.map((parameter, i) => [nameOf(i), new Float32Array(parameter.length)]),
    values,
  );

/**
 * @param gap   lanes between a parameter and the next; between gradients there are none
 * @param room  bytes for optimisers; two f64 per entry by default
 */
export function kernelModel(values: readonly (readonly number[])[], gap = 0, room?: number): Model {
  const entries = values.flat().length;
  const gradientsAt = 4 * (1 + entries + gap * values.length);
  const block = kernelMemory(gradientsAt + 4 * entries, room ?? 16 * entries);
  const lay = (first: number, between: number) => {
    let offset = first;
    return values.map((parameter, i): [string, Float32Array] => {
      const view = new Float32Array(block, offset, parameter.length);
      offset += 4 * (parameter.length + between);
      return [nameOf(i), view];
    });
  };
  return model(lay(4, gap), lay(gradientsAt, 0), values);
}

export const allBits = (of: Readonly<Record<string, Float32Array | Float64Array>>) =>
  Object.values(of).map(bitsOf);
