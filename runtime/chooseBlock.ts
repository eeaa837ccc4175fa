import type { Manifest, Procedures, WasmVariant } from '../compiler/module/manifest.ts';

/** By the first of the variants that took part. */
let winners = new WeakMap<WasmVariant, WasmVariant>();

/** What `chooseBlock` found earlier in this process, where it was asked. */
export function chosenBefore(variants: readonly WasmVariant[]): WasmVariant | undefined {
  return winners.get(variants[0]!);
}

/** To be called as the engine begins to compile otherwise. */
export function forgetChoices(): void {
  winners = new WeakMap();
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
  winners.set(variants[0]!, winner);
  return winner;
}

const mostSteps = 4;
/** Per variant; engines need some of it to put optimised code in the place of their first. */
const milliseconds = 6;
/** Of one visit, well above the grain of a browser's clock. */
const visitMilliseconds = 0.3;
const rounds = 3;
/** A later variant must be faster by this much: the module's order is the compiler's preference. */
const margin = 0.97;

/**
 * The place of the one that runs a few steps (and back, where there is training) in the least time; 0 where the host has no
 * clock. Each is visited in turn, so that a slow moment of the machine meets all, and its best visit counts: engines
 * replace code by better code meanwhile.
 */
function fastest(variants: readonly Procedures[], { training, window }: Manifest): number {
  const clock = (globalThis as { readonly performance?: { now(): number } }).performance;
  if (clock === undefined) return 0;
  const steps = Math.min(mostSteps, window);
  const visit = (procedures: Procedures): number => {
    const start = clock.now();
    let runs = 0;
    let elapsed = 0;
    while (elapsed < visitMilliseconds) {
      procedures.forward(steps);
      if (training) procedures.backward(steps);
      runs++;
      elapsed = clock.now() - start;
    }
    return elapsed / runs;
  };
  for (const { prepare, start } of variants) {
    prepare();
    start();
  }
  const best = variants.map(() => Number.POSITIVE_INFINITY);
  const end = clock.now() + milliseconds * variants.length;
  for (let round = 0; round < rounds || clock.now() < end; round++) {
    for (const [i, procedures] of variants.entries()) best[i] = Math.min(best[i]!, visit(procedures));
  }
  let found = 0;
  for (let i = 1; i < best.length; i++) if (best[i]! < best[found]! * margin) found = i;
  return found;
}
