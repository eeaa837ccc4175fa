import type { Run } from './training.ts';
import { short } from './view.ts';

/** How many times the squared error of the mean a loss must have to be worth a word: losses need not be squared errors. */
const muchWorse = 100;

/**
 * A sentence where the best held-out loss is far from what the mean of the training part would have had, which needs no
 * network; or where that, too, is far off. Only where every target is normalised, so that it is known what that is.
 *
 * @param best  the best loss on the held-out rows
 */
export function poorResult({ configuration, data }: Run, best: number): string | undefined {
  const { targets, columns } = configuration;
  const scales = new Map(columns.map((scale) => [scale.column, scale]));
  const known = targets.every(
    ({ classes, columns: own }) =>
      classes === undefined && own.every((column) => !isRaw(scales.get(column)!)),
  );
  if (!known) return undefined;
  const ofMean = errorOfMean(data);
  const limit = muchWorse * targets.reduce((sum, { columns: own }) => sum + own.length, 0);
  if (!(best > limit)) return undefined;
  if (ofMean > limit) {
    return (
      `The best held-out loss is ${short(best)}: the held-out rows lie far outside of what was learned from, at a mean squared ` +
      `distance of ${short(ofMean)} from the mean, where 1 is usual. Look for outliers in the data.`
    );
  }
  if (best <= muchWorse * ofMean) return undefined;
  return (
    `The best held-out loss, ${short(best)}, is far worse than predicting the mean, whose squared error is ` +
    `${short(ofMean)}. Look for outliers in the data, at the cell, and at --learning-rate.`
  );
}

/** Of the held-out rows, in normalised units, in which the mean is 0: summed over the columns. */
function errorOfMean({ series, targets, ahead, counts }: Run['data']): number {
  let [sum, count] = [0, 0];
  for (const { first, rows, training } of series) {
    for (let row = first + Math.max(training, ahead); row < first + rows; row++) {
      if (counts[row] !== 1) continue;
      count++;
      for (const { columns } of targets) for (const values of columns) sum += values[row]! ** 2;
    }
  }
  return sum / count;
}

/** Whether a column was left as it is. */
export const isRaw = ({ mean, deviation }: { readonly mean: number; readonly deviation: number }): boolean =>
  mean === 0 && deviation === 1;
