import { blame } from '../../runtime/finite.ts';
import { type Abort, evaluateAsync, type Instance, RuntimeError } from '../../runtime/index.ts';
import { checkLosses } from '../../runtime/loss.ts';
import { sequenceOf } from '../data/feed.ts';
import { heldOutGroups } from '../data/groups.ts';
import type { Prepared } from '../data/prepare.ts';

/**
 * Mean loss over the held-out rows, with the parameters as they are. Every sequence runs from its beginning, so that the
 * state at a held-out row comes from all rows before it. The instance's own state is lost.
 *
 * @throws RuntimeError RNN510 where a loss that counts is not finite
 * @throws the signal's reason
 * @returns undefined where nothing is held out
 */
export async function heldOutLoss(
  instance: Instance,
  data: Prepared,
  signal: Abort,
): Promise<number | undefined> {
  const { batch } = instance.manifest;
  let sum = 0;
  let count = 0;
  for (const group of heldOutGroups(data, batch)) {
    const { inputs, targets, steps, lossWeights } = sequenceOf(data, group, 'heldOut');
    const numbers = group.members.map((member) => member ?? group.members[0]!);
    const weights = Float64Array.from(lossWeights ?? []);
    instance.start(undefined, numbers);
    const { loss } = await evaluateAsync(instance, inputs, steps, {
      signal,
      carry: true,
      ...(targets && { targets }),
      lossWeights: weights,
      onChunk: (_, first, chunk) => {
        checkHeldOut(instance, weights.subarray(first * batch, (first + chunk) * batch), first);
      },
    });
    const weight = weights.reduce((total, one) => total + one, 0);
    if (weight === 0) continue;
    sum += loss! * weight;
    count += weight;
  }
  return count === 0 ? undefined : sum / count;
}

function checkHeldOut(instance: Instance, weights: Float64Array, first: number): void {
  const culprit = (step: number, row: number) => blame(instance, step, row, first);
  try {
    checkLosses(instance.losses, instance.manifest.batch, weights, first, culprit);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw new RuntimeError(error.code, error.message.replace(/^\S+ +/, 'On the held-out rows: '));
  }
}
