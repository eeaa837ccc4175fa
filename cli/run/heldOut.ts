import { type Abort, evaluateAsync, type Instance } from '../../runtime/index.ts';
import { sequenceOf } from '../data/feed.ts';
import { heldOutGroups } from '../data/groups.ts';
import type { Prepared } from '../data/prepare.ts';

/**
 * Mean loss over the held-out rows, with the parameters as they are. Every sequence runs from its beginning, so that the
 * state at a held-out row comes from all rows before it. The instance's own state is lost.
 *
 * @throws the signal's reason
 * @returns undefined where nothing is held out
 */
export async function heldOutLoss(
  instance: Instance,
  data: Prepared,
  signal: Abort,
): Promise<number | undefined> {
  let sum = 0;
  let count = 0;
  for (const group of heldOutGroups(data, instance.manifest.batch)) {
    const { inputs, targets, steps, lossWeights } = sequenceOf(data, group, 'heldOut');
    const numbers = group.members.map((member) => member ?? 0);
    instance.start(undefined, numbers);
    const { loss } = await evaluateAsync(instance, inputs, steps, {
      signal,
      carry: true,
      ...(targets && { targets }),
      ...(lossWeights && { lossWeights }),
    });
    const weight = Array.from(lossWeights ?? []).reduce((total, one) => total + one, 0);
    if (weight === 0) continue;
    sum += loss! * weight;
    count += weight;
  }
  return count === 0 ? undefined : sum / count;
}
