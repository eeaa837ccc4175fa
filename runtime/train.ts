import type { Clipper } from './clip.ts';
import { fail, runtimeErrors } from './errors.ts';
import { checkGradients } from './finite.ts';
import type { Instance } from './instance.ts';
import { checkOptions, type OptionNames } from './knownOptions.ts';
import {
  atOnce,
  inTurns,
  type LongCallOptions,
  longCallOptions,
  type Pieces,
  throwIfAborted,
} from './longCall.ts';
import type { Optimiser } from './optimisers/optimiser.ts';
import { update } from './update.ts';
import {
  type Sequence,
  stepsOf,
  uncheckedWindows,
  type Window,
  type WindowOptions,
  windowOptions,
} from './window.ts';

/** Options of `trainEpoch`. */
export interface TrainOptions extends WindowOptions, LongCallOptions {
  /** Makes each update. */
  readonly optimiser: Optimiser;
  /** Bounds the gradient of each window before the optimiser sees it. */
  readonly clip?: Clipper;
  /** Called after each update. */
  readonly onWindow?: (window: Window) => void;
}

const optionNames: OptionNames<TrainOptions> = {
  ...windowOptions,
  optimiser: true,
  clip: true,
  onWindow: true,
  ...longCallOptions,
};

/** What became of an epoch. */
export interface Epoch {
  /** Mean of the losses as they were met, each with the parameters of its time, weighted. */
  readonly loss: number;
  /** Sum of the weights. */
  readonly count: number;
  /** Windows that changed the parameters. */
  readonly updates: number;
  /** Those whose gradient was clipped. */
  readonly clipped: number;
}

/**
 * Goes through a batch of sequences once, window by window (see `windows`), with an update after each. Windows in which
 * no step counts make no update.
 *
 * Where the call ends early, by `signal` or an error, the parameters are those of the last finished update and the states
 * those after the last window that was run; the optimiser fits them.
 *
 * @param sequence  all arrays [steps, batch, ...shape]
 * @throws RuntimeError as `windows`, and RNN512 where a parameter is no longer finite
 * @throws `signal.reason` when aborted. Nothing else runs meanwhile, so here only a callback, or a signal that follows
 *         one, can abort; timers and clicks need `trainEpochAsync`.
 */
export function trainEpoch(instance: Instance, sequence: Sequence, options: TrainOptions): Epoch {
  return atOnce(epochByWindows(instance, sequence, options));
}

/**
 * As `trainEpoch`, with the same bits, but between windows timers, events and other promises have their turn, about every
 * 10 ms. Meanwhile the instance may be used otherwise: states are put back. Leave parameters and `sequence` alone until it
 * is done.
 *
 * @throws what `trainEpoch` throws, as a rejection
 */
export async function trainEpochAsync(
  instance: Instance,
  sequence: Sequence,
  options: TrainOptions,
): Promise<Epoch> {
  return inTurns(instance, epochByWindows(instance, sequence, options));
}

function* epochByWindows(instance: Instance, sequence: Sequence, options: TrainOptions): Pieces<Epoch> {
  checkOptions('trainEpoch', optionNames, options);
  const { signal } = options;
  const optimiser: Optimiser | undefined = options.optimiser;
  if (optimiser === undefined) {
    fail(runtimeErrors.badSetting, {
      name: 'optimiser',
      value: optimiser,
      range: 'sgd(), adam() or another',
    });
  }
  const { steps: total } = sequence;
  let sum = 0;
  let count = 0;
  let updates = 0;
  let clipped = 0;
  throwIfAborted(signal);
  for (const window of uncheckedWindows(instance, sequence, options)) {
    sum += window.loss * window.count;
    count += window.count;
    if (window.count > 0) {
      if (update(instance, optimiser, options.clip, stepsOf(window))) clipped++;
      updates++;
    } else checkGradients(instance.gradients, stepsOf(window));
    options.onWindow?.(window);
    options.onProgress?.({ done: window.first + window.steps, total });
    if (window.next === undefined) continue;
    yield;
    throwIfAborted(signal);
  }
  return { loss: count === 0 ? 0 : sum / count, count, updates, clipped };
}
