import type { CompiledCode, Procedures } from '../../compiler/module/manifest.ts';
import type { Buffer, Program } from '../../compiler/program/program.ts';
import { allocate, instantiate } from '../../compiler/targets/instantiate.ts';

export type Lanes = Float32Array | Int32Array;

export function view(buffer: Buffer, memory: ArrayBuffer): Lanes {
  return buffer.lanes === 'f32'
    ? new Float32Array(memory, buffer.offset, buffer.length)
    : new Int32Array(memory, buffer.offset, buffer.length);
}

/** The bits of all buffers after a run from `given`; every NaN is written as 0x7fc00000. */
export function bitsAfter(
  program: Program,
  code: CompiledCode,
  given: Uint8Array,
  run: (procedures: Procedures) => void,
): string {
  const memory = allocate(program.memoryBytes);
  new Uint8Array(memory.buffer).set(given);
  run(instantiate(code, memory));
  return program.buffers.map((buffer) => `${buffer.name}: ${bits(view(buffer, memory.buffer))}`).join('\n');
}

export function bits(lanes: Lanes): string {
  const raw = new Uint32Array(lanes.buffer, lanes.byteOffset, lanes.length);
  return [...raw]
    .map((word, i) => (lanes instanceof Float32Array && Number.isNaN(lanes[i]) ? 0x7fc00000 : word))
    .map((word) => word.toString(16).padStart(8, '0'))
    .join(' ');
}
