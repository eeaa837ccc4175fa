import { part } from './arrays.ts';
import { fail, requireSetting, runtimeErrors } from './errors.ts';
import { chunks, type InputSource } from './evaluate.ts';
import { blame, checkGradients } from './finite.ts';
import type { Instance } from './instance.ts';
import { checkOptions, type OptionNames } from './knownOptions.ts';
import { checkLosses, checkWeights, LossMean } from './loss.ts';
import type { Named } from './named.ts';
import { checkRowTimes, cutRowTimes, type RowTimes, withoutPadding } from './rows.ts';
import type { StateSnapshot } from './state.ts';

/** A batch of sequences, of one length unless `lengths` say otherwise. */
export interface Sequence extends RowTimes {
  /** [steps, batch, ...shape] by name, or the one array, or a function that gives the steps asked for. */
  readonly inputs: InputSource;
  /** Likewise; not for a cell whose loss needs none. */
  readonly targets?: InputSource;
  readonly steps: number;
  /** [steps, batch], at least 0: how much the loss of each step and row counts; all alike by default. */
  readonly lossWeights?: ArrayLike<number>;
}

/** How a sequence is cut into windows. */
export interface WindowOptions {
  /** Steps from one update to the next, at least 1. */
  readonly k1: number;
  /** Steps that losses go back through, from k1 to the compiled window; k1 by default. */
  readonly k2?: number;
  /** Go on from the present state instead of beginning sequences in all rows. */
  readonly carry?: boolean;
  /** Begin at this window instead of the first; with the parameters of then, all numbers are those of one go. */
  readonly at?: WindowPosition;
}

const sequenceNames: OptionNames<Sequence> = {
  inputs: true,
  targets: true,
  steps: true,
  lossWeights: true,
  lengths: true,
  resets: true,
};

/** Options of `windows`, by name. */
export const windowOptions: OptionNames<WindowOptions> = { k1: true, k2: true, carry: true, at: true };

/** Where a window of a sequence begins, all that is needed to run it. Plain data. */
export interface WindowPosition {
  /** The first step whose loss counts. */
  readonly first: number;
  /** The step that it is run from. */
  readonly from: number;
  /** The state before step `from`. */
  readonly state: StateSnapshot;
}

/** One window, its gradients in `instance.gradients`. */
export interface Window {
  /** The steps whose losses count: `first … first + steps - 1`, counted from the sequence's 0. */
  readonly first: number;
  readonly steps: number;
  /** The step that the window was run from, at most `first`. */
  readonly from: number;
  /** Mean loss over the counted steps and rows, weighted. 0 where none counts. */
  readonly loss: number;
  /** Sum of their weights: steps*batch where all count alike. */
  readonly count: number;
  /** Outputs of the counted steps alone, [steps, batch, ...shape]. */
  readonly outputs: Named<Float32Array>;
  /**
   * Where the following window begins; absent in the last. The following window begins from its state, with what the caller
   * has changed there, and overwrites it.
   */
  readonly next?: WindowPosition;
}

/**
 * Truncated back-propagation through time. After every k1 steps the losses of those k1 steps alone go back through the
 * last k2 steps (Williams & Peng 1990), so each loss counts once; the older steps among them are run again, with the
 * present parameters, from the state that was kept at their start. The state is carried from window to window; its
 * cotangent is cut, but where a window begins with its sequences, whose start values it reaches.
 *
 * Where k1 does not divide the steps, fewer than k1 are left over at the end; their losses go back through the last k2
 * steps like all others. So, with the parameters held still and k2 >= steps, the gradients of all windows, weighted by
 * their counts, sum to the gradient of the whole. Between windows the caller clips and updates; it may use the instance
 * otherwise, too, since the state is kept here.
 *
 * @throws RuntimeError RNN501 to RNN505, RNN507, RNN508, RNN509, RNN518, RNN540; RNN510 and RNN511 where loss or gradient is not finite
 */
export function* windows(
  instance: Instance,
  sequence: Sequence,
  options: WindowOptions,
): Generator<Window, void> {
  checkOptions('windows', windowOptions, options);
  for (const window of uncheckedWindows(instance, sequence, options)) {
    checkGradients(instance.gradients, stepsOf(window));
    yield window;
  }
}

/** First and last step whose losses or states a window's gradients come from. */
export function stepsOf({ from, first, steps }: Window): readonly [first: number, last: number] {
  return [from, first + steps - 1];
}

/** As `windows`, but whether gradients are finite is left to the caller, who may see it in a pass of its own. */
export function* uncheckedWindows(
  instance: Instance,
  sequence: Sequence,
  options: WindowOptions,
): Generator<Window, void> {
  const { batch } = instance.manifest;
  const { steps } = sequence;
  const { k1, k2 } = checked(instance, sequence, options);
  const lossWeights = withoutPadding(sequence.lossWeights, sequence.lengths, steps, batch);
  const inputsOf = chunks('input', sequence.inputs, instance.manifest.inputs, batch, steps);
  const targetsOf =
    sequence.targets && chunks('target', sequence.targets, instance.manifest.targets, batch, steps);

  if (options.at !== undefined) instance.restoreState(options.at.state);
  else if (options.carry !== true) instance.start();
  const kept = instance.saveState();
  const last: StateSnapshot = instance.saveState();
  let from = options.at?.from ?? 0;
  for (let first = options.at?.first ?? 0; first < steps; first += k1) {
    const end = Math.min(first + k1, steps);
    const again = first - from;
    const targets = targetsOf?.(from, end - from);
    instance.restoreState(kept);
    instance.forward(inputsOf(from, end - from), end - from, {
      ...(targets === undefined ? {} : { targets }),
      ...cutRowTimes(sequence, batch, from, end - from),
    });

    // The next window's start is kept before the backward sweep, which may use up the memory of what it has read.
    const nextFrom = Math.max(0, Math.min(end + k1, steps) - k2);
    const finished = end === steps;
    if (finished) instance.saveState(end - from, last);
    else instance.saveState(nextFrom - from, kept);

    const weights = windowWeights(lossWeights, batch, from, first, end);
    const mean = checkedMean(instance, weights, from);
    instance.backward({ lossWeights: weights });
    const outputs = instance.outputsFrom(again);
    const next = finished ? {} : { next: { first: end, from: nextFrom, state: kept } };
    yield { first, steps: end - first, from, loss: mean.mean, count: mean.weight, outputs, ...next };
    from = nextFrom;
  }
  instance.restoreState(last);
}

function checked(instance: Instance, sequence: Sequence, options: WindowOptions): { k1: number; k2: number } {
  const { manifest } = instance;
  checkOptions('a sequence', sequenceNames, sequence);
  const { k1, k2 = k1 } = options;
  const whole = (value: number) => Number.isInteger(value) && value >= 1;
  if (!manifest.training) fail(runtimeErrors.notTraining, { cell: manifest.cell });
  if (manifest.loss === undefined) fail(runtimeErrors.noLoss, { reason: 'cell' });
  if (manifest.targets.length > 0 && sequence.targets === undefined) {
    fail(runtimeErrors.noLoss, { reason: 'targets' });
  }
  requireSetting('steps', sequence.steps, whole(sequence.steps), 'a whole number of at least 1');
  requireSetting('k1', k1, whole(k1), 'a whole number of at least 1');
  requireSetting('k2', k2, whole(k2) && k2 >= k1, `a whole number of at least k1, ${k1}`);
  const longest = Math.min(k2, sequence.steps);
  requireSetting('k2', k2, longest <= manifest.window, `at most the compiled window, ${manifest.window}`);
  if (sequence.lossWeights !== undefined) checkWeights(sequence.lossWeights, sequence.steps, manifest.batch);
  checkRowTimes(manifest, sequence, sequence.steps);
  return { k1, k2 };
}

/** [end - from, batch]: zeros for the steps that are run again, then those of the counted steps. */
function windowWeights(
  weights: ArrayLike<number> | undefined,
  batch: number,
  from: number,
  first: number,
  end: number,
): Float64Array {
  const counted = new Float64Array((end - from) * batch);
  const offset = (first - from) * batch;
  if (weights === undefined) counted.fill(1, offset);
  else counted.set(part(weights, first * batch, end * batch), offset);
  return counted;
}

function checkedMean(instance: Instance, weights: Float64Array, from: number): LossMean {
  const { losses, manifest } = instance;
  checkLosses(losses, manifest.batch, weights, from, (step, row) => blame(instance, step, row, from));
  const mean = new LossMean();
  mean.add(losses, weights);
  return mean;
}
