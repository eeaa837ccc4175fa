import { forgetChoices } from './chooseBlock.ts';
import { noV8, type Switched, v8 } from './v8.ts';
import { type ContractionProbe, contractionProbe } from './wideProbe.ts';

/** The first V8 (Node 24) in which whole contractions gain; Node 22 knows the flag, and gains in loops of its liking only. */
const oldestVersion = 13;
const flag = 'experimental-wasm-revectorize';

/** The wide code must need at most this part of the time of the narrow. */
const gain = 0.85;
/** Runs of one visit, about a tenth of a millisecond in optimised code. */
const runs = 1000;
/** Visits of optimised code that are compared. */
const visits = 10;
/** What is long enough to wait for optimised code, in milliseconds. */
const patience = 100;

let switched: Switched | undefined;

/**
 * Asks V8 to join pairs of 128-bit operations to 256-bit ones, an experiment of that engine, and tries it: it stays on only
 * where a contraction gives the same bits and takes clearly less time. To be called before `instantiate`; code that is
 * optimised already stays as it is. Takes some tens of milliseconds, once per process.
 */
export function enableWide(): Switched {
  switched ??= tryWide();
  return switched;
}

function tryWide(): Switched {
  const engine = v8();
  if (engine === undefined) return { enabled: false, reason: noV8 };
  if (engine.major < oldestVersion) {
    return { enabled: false, reason: 'This engine has no 256-bit code that gains anything; Node 24 has.' };
  }
  const narrow = contractionProbe('narrow');
  // Optimised before the flag is set: what is optimised afterwards is wide.
  untilOptimised(narrow);
  engine.setFlag(`--${flag}`);
  const wide = contractionProbe('wide');
  untilOptimised(wide);
  const gains = takesLess(wide, narrow);
  const sameBits = narrow.result.every((bits, i) => bits === wide.result[i]);
  if (sameBits && gains) {
    forgetChoices();
    return { enabled: true };
  }
  engine.setFlag(`--no-${flag}`);
  const reason = sameBits
    ? 'A contraction in 256-bit code takes no less time here.'
    : 'A contraction in 256-bit code gives other bits here.';
  return { enabled: false, reason };
}

function visit({ run }: ContractionProbe): number {
  const start = performance.now();
  run(runs);
  return performance.now() - start;
}

/** V8 begins with code that is several times slower, and puts optimised code in its place while it runs. */
function untilOptimised(probe: ContractionProbe): void {
  const end = performance.now() + patience;
  const first = visit(probe);
  while (visit(probe) > first / 2 && performance.now() < end);
}

/** By turns, the best visit of each. */
function takesLess(wide: ContractionProbe, narrow: ContractionProbe): boolean {
  let [bestWide, bestNarrow] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let i = 0; i < visits; i++) {
    bestNarrow = Math.min(bestNarrow, visit(narrow));
    bestWide = Math.min(bestWide, visit(wide));
  }
  return bestWide < gain * bestNarrow;
}
