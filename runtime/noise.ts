import type { ManifestNoise } from '../compiler/module/manifest.ts';
import { normalQuantile } from './normalQuantile.ts';
import { threefry } from './threefry.ts';

/*
 * Noise. A draw is a function of the seed, the name of the noise, the number of the row's sequence, the step in it, and
 * the entry; of nothing else. With T(key, counter) for Threefry-2x32:
 *
 *     k = T([seed mod 2³², seed div 2³²], …) over the name: its bytes in UTF-8, filled up with zeros to a multiple of 8,
 *         as words of four bytes, lowest first, two at a time as counters, the result of each the key of the next;
 *         at last the counter [number of bytes, 0]
 *     k' = T(k, [sequence, step])      per sequence: [sequence, 0]; per update: [updates so far, 0]
 *     T(k', [j, 0])                    two words, for the entries 2j and 2j + 1
 *
 * A reset inside a row leaves its number alone: steps count on from `start`, and the sequence that it begins has their
 * count at that step in place of the 0.
 *
 * A word w from 0 to 2³² - 1 gives u = (w + 1/2)/2³², computed in f64 and rounded to f32 at the end.
 */

const evenly = (word: number): number => (word + 0.5) / 2 ** 32;

/** Writes a draw for each of these words, computed in f64. */
type Distribution = (
  words: Uint32Array,
  into: Float32Array,
  from: number,
  to: number,
  first: number,
  second: number,
) => void;

const distributions: Readonly<Record<ManifestNoise['distribution'], Distribution>> = {
  bernoulli(words, into, from, to, probability) {
    const below = probability * 2 ** 32;
    for (let at = from, i = 0; at < to; at++, i++) into[at] = words[i]! < below ? 1 : 0;
  },
  normal(words, into, from, to, mean, deviation) {
    for (let at = from, i = 0; at < to; at++, i++)
      into[at] = mean + deviation * normalQuantile(evenly(words[i]!));
  },
  uniform(words, into, from, to, low, high) {
    for (let at = from, i = 0; at < to; at++, i++) into[at] = low + (high - low) * evenly(words[i]!);
  },
};

/** What is drawn from: all of `ManifestNoise` that a draw depends on. */
export type NoiseSource = Pick<ManifestNoise, 'name' | 'distribution' | 'args'>;

/** The draws of one noise of one seed. */
export class NoiseStream {
  readonly #key = new Uint32Array(2);
  readonly #pair = new Uint32Array(2);
  readonly #words = new Uint32Array(256);
  readonly #draw: Distribution;
  readonly #first: number;
  readonly #second: number;

  /** @param seed  a whole number from 0 to 2^53 */
  constructor({ name, distribution, args }: NoiseSource, seed: number) {
    this.#draw = distributions[distribution];
    this.#first = args[0]!;
    this.#second = args[1] ?? 0;
    const key = this.#key;
    key[0] = seed % 2 ** 32;
    key[1] = Math.floor(seed / 2 ** 32);
    const bytes = utf8(name);
    for (let i = 0; i < bytes.length; i += 8) {
      threefry(key[0]!, key[1]!, wordAt(bytes, i), wordAt(bytes, i + 4), key);
    }
    threefry(key[0]!, key[1]!, bytes.length, 0, key);
  }

  /**
   * Draws entries `from … to - 1` of `into`, as entries 0, 1, … of the noise.
   *
   * @param sequence  number of the sequence; of noise per update the number of updates so far
   * @param step      steps of the sequence before; 0 for noise that is drawn once
   */
  fill(into: Float32Array, from: number, to: number, sequence: number, step: number): void {
    const place = this.#pair;
    threefry(this.#key[0]!, this.#key[1]!, sequence, step, place);
    const [key0, key1] = [place[0]!, place[1]!];
    const words = this.#words;
    for (let at = from; at < to; at += words.length) {
      const end = Math.min(to, at + words.length);
      for (let i = 0; i < end - at; i += 2) {
        threefry(key0, key1, (at - from + i) >> 1, 0, place);
        words[i] = place[0]!;
        words[i + 1] = place[1]!;
      }
      this.#draw(words, into, at, end, this.#first, this.#second);
    }
  }
}

function wordAt(bytes: readonly number[], at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(at, at + 4);
  return a | (b << 8) | (c << 16) | (d << 24);
}

/** There is no TextEncoder in audio worklets. */
function utf8(text: string): number[] {
  const units = encodeURIComponent(text).match(/%..|./g) ?? [];
  return units.map((unit) => (unit.length > 1 ? Number.parseInt(unit.slice(1), 16) : unit.charCodeAt(0)));
}
