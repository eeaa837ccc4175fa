/** Bytes being written; a growing block. Numbers are encoded as https://webassembly.github.io/spec/core/binary/ has it. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(values: ArrayLike<number>): void {
    if (this.#length + values.length > this.#bytes.length) this.#grow(values.length);
    this.#bytes.set(values, this.#length);
    this.#length += values.length;
  }

  /** LEB128 of a number from 0 to 2^32 - 1. */
  unsigned(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.byte((rest & 127) | 128);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** LEB128 of an i32. */
  signed(value: number): void {
    let rest = value;
    while (rest < -64 || rest > 63) {
      this.byte((rest & 127) | 128);
      rest >>= 7;
    }
    this.byte(rest & 127);
  }

  /** Four bytes, the lowest first. */
  word(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte((value >>> shift) & 255);
  }

  /** Every NaN is the canonical one. */
  f32(value: number): void {
    lane[0] = value;
    this.word(Number.isNaN(value) ? 0x7fc00000 : laneBits[0]!);
  }

  /** UTF-8 after its length. */
  name(text: string): void {
    const utf8 = new TextEncoder().encode(text);
    this.unsigned(utf8.length);
    this.bytes(utf8);
  }

  /** What `write` writes, after its length in bytes. */
  sized(write: () => void): void {
    const start = this.#length;
    write();
    const size = this.#length - start;
    this.unsigned(size);
    const prefix = this.#bytes.slice(start + size, this.#length);
    this.#bytes.copyWithin(start + prefix.length, start, start + size);
    this.#bytes.set(prefix, start);
  }

  /** What is written so far. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(count: number): void {
    const grown = new Uint8Array(2 * this.#bytes.length + count);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

const lane = new Float32Array(1);
const laneBits = new Int32Array(lane.buffer);
