import type { Manifest, Procedures, WasmVariant } from '../compiler/module/manifest.ts';

/** Names of winners, by what was asked. */
const winners = new Map<string, string>();

/** Rows at which every block has whole tiles. */
const enoughRows = 6;

/** Which block is best depends on the engine, the rounding and whether there are rows to fill a tile. */
const questionOf = (variants: readonly WasmVariant[], { batch }: Manifest): string =>
  [...variants.map(({ profile, block }) => `${profile} ${block}`), Math.min(batch, enoughRows)].join();

/** What `chooseBlock` found earlier in this process for a cell like this, where it was asked. */
export function chosenBefore(variants: readonly WasmVariant[], manifest: Manifest): WasmVariant | undefined {
  const winner = winners.get(questionOf(variants, manifest));
  return variants.find(({ block }) => block === winner);
}

/** To be called as the engine begins to compile otherwise. */
export function forgetChoices(): void {
  winners.clear();
}

/**
 * The variant that runs fastest here.
 *
 * @param variants    of one cell and one profile
 * @param procedures  of each, on one memory, whose contents are lost
 */
export function chooseBlock(
  variants: readonly WasmVariant[],
  procedures: readonly Procedures[],
  manifest: Manifest,
): WasmVariant {
  const winner = variants[fastest(procedures, manifest)]!;
  winners.set(questionOf(variants, manifest), winner.block);
  return winner;
}

/** Rows of all steps together: whole tiles of 3, 4 and 6 rows. */
const rowsOfSweep = 12;
/** Of one visit, well above the grain of a browser's clock. */
const visitMilliseconds = 0.2;
/** Visits without a gain after which nothing more is expected. */
const quietVisits = 3;
/** Of all, where code does not settle. */
const patience = 50;
/** A later variant must be faster by this much: the module's order is the compiler's preference. */
const margin = 0.97;

/** Visits of one variant, each the mean time of some sweeps. */
class Timing {
  best = Number.POSITIVE_INFINITY;
  readonly #visit: () => number;
  #first = 0;
  #visits = 0;
  #quiet = 0;

  constructor(visit: () => number) {
    this.#visit = visit;
  }

  visit(): void {
    const time = this.#visit();
    this.#visits++;
    // The first visit holds the engine's time to compile.
    if (this.#visits === 2) this.#first = time;
    this.#quiet = time < 0.95 * this.best ? 0 : this.#quiet + 1;
    this.best = Math.min(this.best, time);
  }

  /** Engines start with code that is several times slower, and replace it function by function, when they find time. */
  get isSettled(): boolean {
    return this.#quiet >= quietVisits && this.best < this.#first / 2;
  }
}

/**
 * The place of the one that runs a short sweep (and back, where there is training) in the least time; 0 where the host has
 * no clock. Each is visited in turn, so that a slow moment of the machine meets all, and its best visit counts.
 */
function fastest(variants: readonly Procedures[], { training, window, batch }: Manifest): number {
  const clock = (globalThis as { readonly performance?: { now(): number } }).performance;
  if (clock === undefined) return 0;
  const steps = Math.min(Math.ceil(rowsOfSweep / batch), window);
  const timings = variants.map(({ prepare, start, forward, backward }) => {
    prepare();
    start();
    return new Timing(() => {
      const begin = clock.now();
      let runs = 0;
      let elapsed = 0;
      while (elapsed < visitMilliseconds) {
        forward(steps);
        if (training) backward(steps);
        runs++;
        elapsed = clock.now() - begin;
      }
      return elapsed / runs;
    });
  });
  const end = clock.now() + patience;
  while (timings.some(({ isSettled }) => !isSettled) && clock.now() < end) {
    for (const timing of timings) timing.visit();
  }
  let found = 0;
  for (const [i, { best }] of timings.entries()) if (best < timings[found]!.best * margin) found = i;
  return found;
}
