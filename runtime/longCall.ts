import type { Instance } from './instance.ts';
import type { OptionNames } from './knownOptions.ts';

/** How far a call has come. */
export interface Progress {
  /** So far. */
  readonly done: number;
  /** What `done` reaches at the end; the same in every report of one call. */
  readonly total: number;
}

/** What is read of an `AbortSignal`; give that of an `AbortController`. */
export interface Abort {
  /** Whether to end. */
  readonly aborted: boolean;
  /** What the call throws. */
  readonly reason: unknown;
}

/** Options of calls that may take long. */
export interface LongCallOptions {
  /**
   * Ends the call before its next window or chunk: it throws `signal.reason`. A call that was aborted before it began does
   * nothing.
   */
  readonly signal?: Abort;
  /** Called after each window or chunk, last of its callbacks; counts steps. */
  readonly onProgress?: (progress: Progress) => void;
}

export const longCallOptions: OptionNames<LongCallOptions> = { signal: true, onProgress: true };

/** A call in pieces: between two of them it can be left, or others can have their turn. */
export type Pieces<Result> = Generator<void, Result, void>;

/** @throws the signal's reason */
export function throwIfAborted(signal: Abort | undefined): void {
  if (signal?.aborted) throw signal.reason;
}

export function atOnce<Result>(pieces: Pieces<Result>): Result {
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
  }
}

/** After so many milliseconds others have their turn. */
const turn = 10;

/**
 * As `atOnce`, but lets timers, events and other promises have their turn now and then. What they do to the state of the
 * instance is undone.
 */
export async function inTurns<Result>(
  instance: Pick<Instance, 'saveState' | 'restoreState'>,
  pieces: Pieces<Result>,
): Promise<Result> {
  let began = performance.now();
  for (;;) {
    const piece = pieces.next();
    if (piece.done) return piece.value;
    if (performance.now() - began < turn) continue;
    const state = instance.saveState();
    await othersTurn();
    instance.restoreState(state);
    began = performance.now();
  }
}

/** Until the event loop comes round. A browser delays repeated timers by 4 ms, and in hidden tabs by far more: no timer. */
function othersTurn(): Promise<void> {
  if (typeof globalThis.setImmediate === 'function') return new Promise((done) => setImmediate(done));
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener(
      'message',
      () => {
        port1.close();
        done();
      },
      { once: true },
    );
    port1.start();
    port2.postMessage(undefined);
  });
}
