import { cosineSchedule, type Schedule, stepSchedule, warmup } from '../../runtime/index.ts';
import type { ScheduleName } from './choices.ts';
import type { TrainingOptions } from './configuration.ts';

/** Of a run. */
export interface Updates {
  /** In its first epoch. */
  readonly first: number;
  /** In all epochs, those left for the schedule after a warm-up; at least 1. */
  readonly rest: () => number;
}

/** By the name that `--schedule` takes, in updates. */
const schedules: Readonly<Record<ScheduleName, (updates: Updates, options: TrainingOptions) => Schedule>> = {
  constant: () => () => 1,
  step: ({ first }, { stepEpochs, stepFactor }) =>
    stepSchedule({ every: first * stepEpochs, factor: stepFactor }),
  cosine: ({ rest }) => cosineSchedule({ period: rest() }),
};

/**
 * The learning rate by the updates that are done: in the first `warmup` updates it rises evenly, then it goes as the
 * schedule says, from its beginning; half a cosine takes all updates that are left.
 *
 * @param updatesOf  of an epoch, from 1
 */
export function learningRates(
  options: TrainingOptions,
  updatesOf: (epoch: number) => number,
): (done: number) => number {
  const { schedule, warmup: length, learningRate, epochs } = options;
  const rest = () => {
    let total = 0;
    for (let epoch = 1; epoch <= epochs; epoch++) total += updatesOf(epoch);
    return Math.max(1, total - length);
  };
  const then = schedules[schedule]({ first: updatesOf(1), rest }, options);
  const factor = length === 0 ? then : warmup({ length, from: 1 / (length + 1) }, then);
  return (done) => learningRate * factor(done);
}
