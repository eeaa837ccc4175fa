import { cosineSchedule, type Schedule, stepSchedule, warmup } from '../../runtime/index.ts';
import type { ScheduleName } from './choices.ts';
import type { TrainingOptions } from './configuration.ts';

type Options = Pick<TrainingOptions, 'epochs' | 'stepEpochs' | 'stepFactor'>;

/** By the name that `--schedule` takes, in updates; epochs have so many of them. */
const schedules: Readonly<Record<ScheduleName, (updates: number, options: Options) => Schedule>> = {
  constant: () => () => 1,
  step: (updates, { stepEpochs, stepFactor }) =>
    stepSchedule({ every: updates * stepEpochs, factor: stepFactor }),
  cosine: (updates, { epochs }) => cosineSchedule({ period: updates * epochs }),
};

/**
 * The learning rate by the updates that are done: in the first `warmup` updates it rises evenly, then it goes as the
 * schedule says, from its beginning.
 *
 * @param updates  of an epoch
 */
export function learningRates(options: TrainingOptions, updates: number): (done: number) => number {
  const { schedule, warmup: length, learningRate } = options;
  const then = schedules[schedule](updates, options);
  const factor = length === 0 ? then : warmup({ length, from: 1 / (length + 1) }, then);
  return (done) => learningRate * factor(done);
}
