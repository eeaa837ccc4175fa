import type { Clipper } from './clip.ts';
import { checkGradients } from './finite.ts';
import type { Instance } from './instance.ts';
import type { Optimiser } from './optimisers/optimiser.ts';
import { update } from './update.ts';
import { type Sequence, stepsOf, uncheckedWindows, type Window, type WindowOptions } from './window.ts';

export interface TrainOptions extends WindowOptions {
  readonly optimiser: Optimiser;
  /** Bounds the gradient of each window before the optimiser sees it. */
  readonly clip?: Clipper;
  /** Called after each update. */
  readonly onWindow?: (window: Window) => void;
}

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
 * @throws RuntimeError as `windows`, and RNN512 where a parameter is no longer finite
 */
export function trainEpoch(instance: Instance, sequence: Sequence, options: TrainOptions): Epoch {
  let sum = 0;
  let count = 0;
  let updates = 0;
  let clipped = 0;
  for (const window of uncheckedWindows(instance, sequence, options)) {
    sum += window.loss * window.count;
    count += window.count;
    if (window.count > 0) {
      if (update(instance, options.optimiser, options.clip, stepsOf(window))) clipped++;
      updates++;
    } else checkGradients(instance.gradients, stepsOf(window));
    options.onWindow?.(window);
  }
  return { loss: count === 0 ? 0 : sum / count, count, updates, clipped };
}
