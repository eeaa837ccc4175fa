import type { LaneType } from '../ops/machine.ts';
import { invariant } from '../support/invariant.ts';

export interface Buffer {
  /** Unique. The first part of a name tells what it is for: `parameter.W`, `state.h`, `tape.12`. */
  readonly name: string;
  readonly lanes: LaneType;
  /** In bytes from the start of memory; a multiple of 4. */
  readonly offset: number;
  /** In lanes, at least 1. */
  readonly length: number;
}

export const laneBytes = 4;
/** A cache line: loads of four lanes that start a buffer never straddle two. */
const alignment = 64;
/** Four-lane loads may run over the end of the last buffer. */
const slack = 16;

/** From when to when a buffer is needed, as positions of kernels in the order they run; both ends included. */
export interface Lifetime {
  readonly first: number;
  readonly last: number;
}

/** Hands out buffers in one block of memory. */
export class Allocator {
  readonly #buffers = new Map<string, Buffer>();
  readonly #scratch: { readonly buffer: Omit<Buffer, 'offset'>; readonly life: Lifetime }[] = [];
  #end = 0;

  /**
   * A buffer of its own, for as long as the module lives.
   *
   * @param length  in lanes; a value without entries still gets an address
   */
  add(name: string, length: number, lanes: LaneType = 'f32'): Buffer {
    this.#end = roundUp(this.#end, alignment);
    const buffer = this.#register({ name, lanes, offset: this.#end, length: Math.max(length, 1) });
    this.#end += buffer.length * laneBytes;
    return buffer;
  }

  /** A name for part of another buffer. */
  view(name: string, of: string, start: number, length: number): Buffer {
    const whole = this.#buffers.get(of);
    invariant(whole !== undefined && start + length <= whole.length, `${name} is no part of ${of}`);
    return this.#register({ ...whole, name, offset: whole.offset + start * laneBytes, length });
  }

  /** A buffer that shares its memory with others whose lifetimes it does not meet; its address is known at the end. */
  scratch(name: string, length: number, lanes: LaneType, life: Lifetime): void {
    this.#scratch.push({ buffer: { name, lanes, length: Math.max(length, 1) }, life });
  }

  /** Places all scratch buffers, the largest first, each as low as those it lives beside allow. */
  finish(): { readonly buffers: readonly Buffer[]; readonly memoryBytes: number } {
    const base = roundUp(this.#end, alignment);
    let end = base;
    const placed: { readonly start: number; readonly end: number; readonly life: Lifetime }[] = [];
    const inOrder = this.#scratch
      .map((request, order) => ({ ...request, order }))
      .sort((a, b) => b.buffer.length - a.buffer.length || a.order - b.order);
    for (const { buffer, life } of inOrder) {
      const bytes = roundUp(buffer.length * laneBytes, alignment);
      const beside = placed
        .filter((other) => other.life.first <= life.last && life.first <= other.life.last)
        .sort((a, b) => a.start - b.start);
      let start = base;
      for (const other of beside) if (other.start < start + bytes) start = Math.max(start, other.end);
      placed.push({ start, end: start + bytes, life });
      end = Math.max(end, start + bytes);
      this.#register({ ...buffer, offset: start });
    }
    this.#end = end;
    return { buffers: [...this.#buffers.values()], memoryBytes: roundUp(this.#end + slack, 16) };
  }

  #register(buffer: Buffer): Buffer {
    invariant(!this.#buffers.has(buffer.name), `two buffers are called ${buffer.name}`);
    this.#buffers.set(buffer.name, buffer);
    return buffer;
  }
}

const roundUp = (value: number, unit: number) => Math.ceil(value / unit) * unit;
