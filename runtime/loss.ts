import { checkLength } from './arrays.ts';
import { fail, requireSetting, runtimeErrors } from './errors.ts';

/**
 * Weights of losses, [steps, batch]: how much each counts in the mean.
 *
 * @throws RuntimeError RNN501 wrong length, RNN509 a negative weight or one that is not finite
 */
export function checkWeights(weights: ArrayLike<number>, steps: number, batch: number): void {
  const outer = [
    ['steps', steps],
    ['batch', batch],
  ] as const;
  checkLength('lossWeights', weights, outer);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    const name = `lossWeights at step ${Math.floor(i / batch)}, row ${i % batch}`;
    requireSetting(name, weight, weight >= 0 && weight < Infinity, 'a number of at least 0');
  }
}

/** A weighted mean of losses, summed in f64 one after another: steps in order, rows within them. */
export class LossMean {
  #sum = 0;
  #weight = 0;

  /** @param weights  as many as losses; 1 each where not given */
  add(losses: Float32Array, weights?: ArrayLike<number>): void {
    for (let i = 0; i < losses.length; i++) {
      const weight = weights === undefined ? 1 : weights[i]!;
      if (weight === 0) continue; // not even NaN counts
      this.#sum += weight * losses[i]!;
      this.#weight += weight;
    }
  }

  /** Sum of the weights. */
  get weight(): number {
    return this.#weight;
  }

  /** 0 where nothing counts. */
  get mean(): number {
    return this.#weight === 0 ? 0 : this.#sum / this.#weight;
  }
}

/**
 * @param losses    [steps, batch]
 * @param weights   [steps, batch]; losses of weight 0 are not looked at. (Their derivatives are multiplied by 0, so
 *                  values behind them must be finite: 0*NaN is NaN.)
 * @param first     number of the first of these steps, for the message
 * @param culprit   what to say instead of advice, given step (from 0) and row
 * @throws RuntimeError RNN510
 */
export function checkLosses(
  losses: Float32Array,
  batch: number,
  weights: ArrayLike<number> | undefined,
  first: number,
  culprit: (step: number, row: number) => string | undefined,
): void {
  for (let i = 0; i < losses.length; i++) {
    const value = losses[i]!;
    if (Number.isFinite(value) || weights?.[i] === 0) continue;
    const step = Math.floor(i / batch);
    const row = i % batch;
    const found = culprit(step, row);
    fail(runtimeErrors.lossNotFinite, {
      step: first + step,
      row,
      value,
      ...(found === undefined ? {} : { culprit: found }),
    });
  }
}
