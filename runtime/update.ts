import type { Clipper } from './clip.ts';
import { checkGradients } from './finite.ts';
import type { Optimiser, Trainable } from './optimisers/optimiser.ts';

/**
 * Clips gradients and updates parameters: what `clip.apply(instance.gradients)` and `optimiser.step(instance)` do one after
 * the other, to the bit, in two passes over the data. The first looks at all gradients, the second scales and updates.
 *
 * @param steps  the steps the gradients come from, for the message
 * @returns whether clipping changed any gradient
 * @throws RuntimeError RNN511 where a gradient is not finite, nothing is changed then; RNN512 and RNN513 as `step`
 */
export function update(
  instance: Trainable,
  optimiser: Optimiser,
  clip?: Clipper,
  steps?: readonly [first: number, last: number],
): boolean {
  const { gradients } = instance;
  if (clip?.factors !== undefined && optimiser.scaledStep !== undefined) {
    const before = clip.report.clipped;
    optimiser.scaledStep(instance, clip.factors(gradients, steps));
    return clip.report.clipped > before;
  }
  // A clipper or optimiser of the caller's own.
  checkGradients(gradients, steps);
  const clipped = clip?.apply(gradients) === true;
  optimiser.step(instance);
  return clipped;
}
