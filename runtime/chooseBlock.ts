import type { WasmVariant } from '../compiler/module/manifest.ts';
import { allocate, host } from './host.ts';
import { blockProbes } from './probes.generated.ts';

/** Names of winners, by what was asked. */
const winners = new Map<string, string>();

/** To be called as the engine begins to compile otherwise. */
export function forgetChoices(): void {
  winners.clear();
}

/**
 * The variant whose register block this engine runs fastest, as a small product in each says: some milliseconds, once per
 * process. The first, where there is nothing to measure or the host has no clock.
 *
 * @param variants  of one cell and one profile
 * @param measure   gives the time of each block, in any unit
 */
export function chooseBlock(
  variants: readonly WasmVariant[],
  measure: (probes: readonly (readonly number[])[]) => readonly number[] = measureProbes,
): WasmVariant {
  const [first] = variants;
  const probes = variants.map(({ profile, block }) => blockProbes[profile]?.[block]);
  if (variants.length < 2 || !probes.every((probe) => probe !== undefined)) return first!;
  const question = variants.map(({ profile, block }) => `${profile} ${block}`).join();
  const known = winners.get(question);
  if (known !== undefined) return variants.find(({ block }) => block === known)!;
  const times = measure(probes);
  let found = 0;
  times.forEach((time, i) => {
    if (time < times[found]! * margin) found = i;
  });
  const winner = variants[found]!;
  winners.set(question, winner.block);
  return winner;
}

/** A later variant must be faster by this much: the module's order is the compiler's preference. */
const margin = 0.95;
/** Products of one visit: some hundredths of a millisecond in optimised code. */
const products = 12;
/** Visits without a gain after which nothing more is expected. */
const quietVisits = 20;
/** Milliseconds after which what is known has to do. */
const patience = 25;

/** Visits of one block. */
class Timing {
  best = Number.POSITIVE_INFINITY;
  #worst = 0;
  #quiet = 0;
  readonly #visit: () => number;

  constructor(visit: () => number) {
    this.#visit = visit;
  }

  visit(): void {
    const time = this.#visit();
    this.#quiet = time < 0.95 * this.best ? 0 : this.#quiet + 1;
    this.best = Math.min(this.best, time);
    this.#worst = Math.max(this.#worst, time);
  }

  /** Engines start with code that is several times slower, and replace it when they find time. */
  get isSettled(): boolean {
    return this.#quiet >= quietVisits && this.best < this.#worst / 3;
  }
}

/** Each is visited in turn, so that a slow moment of the machine meets all, and its best visit counts. */
function measureProbes(probes: readonly (readonly number[])[]): readonly number[] {
  const clock = (globalThis as { readonly performance?: { now(): number } }).performance;
  if (clock === undefined) return probes.map(() => 0);
  const memory = allocate(1);
  const timings = probes.map((bytes) => {
    const module = new (host().Module)(Uint8Array.from(bytes));
    const { exports } = new (host().Instance)(module, { rnnc: { memory } });
    const { forward } = exports as { readonly forward: (products: number) => void };
    return new Timing(() => {
      const begin = clock.now();
      forward(products);
      return clock.now() - begin;
    });
  });
  const end = clock.now() + patience;
  while (timings.some(({ isSettled }) => !isSettled) && clock.now() < end) {
    for (const timing of timings) timing.visit();
  }
  return timings.map(({ best }) => best);
}
