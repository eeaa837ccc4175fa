import { sequenceOf } from '../data/feed.ts';
import { trainingGroups } from '../data/groups.ts';
import type { Prepared } from '../data/prepare.ts';
import type { TrainingOptions } from './configuration.ts';

/**
 * How many updates an epoch has: windows in which some target counts. Where targets are missing that depends on which
 * sequences run side by side, so on the epoch.
 *
 * @returns by epoch, from 1
 */
export function updatesByEpoch(
  data: Prepared,
  { batch, seed, updateEvery }: TrainingOptions,
): (epoch: number) => number {
  const count = (epoch: number): number =>
    trainingGroups(data, batch, seed, epoch).reduce((sum, group) => {
      const weights = sequenceOf(data, group, 'training').lossWeights!;
      return sum + countedWindows(weights, batch * updateEvery);
    }, 0);
  const first = count(1);
  const alike = !data.counts.includes(0) || trainingGroups(data, batch, seed, 1).length === 1;
  return (epoch) => (epoch === 1 || alike ? first : count(epoch));
}

/** @param size  of a window, in weights */
function countedWindows(weights: ArrayLike<number>, size: number): number {
  let count = 0;
  for (let first = 0; first < weights.length; first += size) {
    const end = Math.min(first + size, weights.length);
    let i = first;
    while (i < end && weights[i] === 0) i++;
    if (i < end) count++;
  }
  return count;
}
