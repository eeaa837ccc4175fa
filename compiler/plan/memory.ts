import type { LaneType } from '../ops/machine.ts';
import { invariant } from '../support/invariant.ts';

export interface Buffer {
  /** Unique. The first part of a name tells what it is for: `parameter.W`, `state.h`, `tape.12`. */
  readonly name: string;
  readonly lanes: LaneType;
  /** In bytes from the start of memory; a multiple of 16. */
  readonly offset: number;
  /** In lanes, at least 1. */
  readonly length: number;
}

const alignment = 16;
const laneBytes = 4;

/** Hands out buffers one after the other in one block of memory. */
export class Allocator {
  readonly #buffers = new Map<string, Buffer>();
  #end = 0;

  /** @param length in lanes; a value without entries still gets an address */
  add(name: string, length: number, lanes: LaneType = 'f32'): Buffer {
    invariant(!this.#buffers.has(name), `two buffers are called ${name}`);
    const buffer: Buffer = { name, lanes, offset: this.#end, length: Math.max(length, 1) };
    this.#buffers.set(name, buffer);
    this.#end += Math.ceil((buffer.length * laneBytes) / alignment) * alignment;
    return buffer;
  }

  get buffers(): readonly Buffer[] {
    return [...this.#buffers.values()];
  }

  /** Bytes in all, a multiple of 16. */
  get bytes(): number {
    return this.#end;
  }
}
