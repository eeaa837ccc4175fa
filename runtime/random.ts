/**
 * Seeded, repeatable random numbers: xoshiro128** (Blackman & Vigna 2018), its state filled by a 32-bit mixer from the
 * seed and a name. Every parameter draws from a stream of its own, named after it, so that another parameter more or
 * less changes none of the others.
 */
export class Random {
  readonly #state: Uint32Array;

  /**
   * @param seed    any whole number up to 2^53
   * @param stream  names the stream
   */
  constructor(seed: number, stream = '') {
    const mixer = new Mixer();
    mixer.take(seed >>> 0);
    mixer.take(Math.floor(seed / 2 ** 32) >>> 0);
    for (let i = 0; i < stream.length; i++) mixer.take(stream.charCodeAt(i));
    // Of 2^128 states the generator cannot leave one, all zeros; a last bit set avoids it.
    this.#state = Uint32Array.of(mixer.give(), mixer.give(), mixer.give(), mixer.give() | 1);
  }

  /** 32 random bits, as a whole number from 0 to 2^32 - 1. */
  bits(): number {
    return nextBits(this.#state);
  }

  /** Even in [0, 1), 53 random bits. */
  uniform(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Standard normal, by the polar method (Marsaglia & Bray 1964); of each pair the second is not used. */
  normal(): number {
    for (;;) {
      const u = 2 * this.uniform() - 1;
      const v = 2 * this.uniform() - 1;
      const square = u * u + v * v;
      if (square > 0 && square < 1) return u * Math.sqrt((-2 * Math.log(square)) / square);
    }
  }
}

/** One step of xoshiro128** on a state of four words, not all 0. */
export function nextBits(s: Uint32Array): number {
  const result = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0;
  const shifted = s[1]! << 9;
  s[2]! ^= s[0]!;
  s[3]! ^= s[1]!;
  s[1]! ^= s[2]!;
  s[0]! ^= s[3]!;
  s[2]! ^= shifted;
  s[3] = rotateLeft(s[3]!, 11);
  return result;
}

/** Takes words in and gives mixed words out: a counter with the finaliser of MurmurHash3 (Appleby 2011). */
class Mixer {
  #word = 0;

  take(word: number): void {
    this.#word = finalise((this.#word + 0x9e3779b9) ^ word);
  }

  give(): number {
    this.take(0);
    return this.#word;
  }
}

function finalise(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function rotateLeft(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
