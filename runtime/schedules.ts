import { requireSetting } from './errors.ts';
import { type Option, positive, settle } from './optimisers/options.ts';
import { power } from './optimisers/power.ts';

/**
 * A factor on a learning rate by a count from 0, of updates done or of epochs. It depends on nothing else, so a run that is
 * resumed at a count goes on exactly.
 */
export type Schedule = (count: number) => number;

/** Options of `stepSchedule`. */
export interface StepScheduleOptions {
  /** Whole, above 0. */
  readonly every: number;
  /** > 0; 0.1 by default. */
  readonly factor?: number;
}

/** Options of `cosineSchedule`. */
export interface CosineScheduleOptions {
  /** Counts from the factor 1 to the lowest; whole, above 0. */
  readonly period: number;
  /** In [0, 1]; 0 by default. */
  readonly lowest?: number;
}

/** Options of `warmup`. */
export interface WarmupOptions {
  /** Counts from the first factor to 1; whole, above 0. */
  readonly length: number;
  /** The first factor, in [0, 1]; 0 by default. */
  readonly from?: number;
}

const whole: Option<number> = {
  holds: (value) => Number.isSafeInteger(value) && (value as number) > 0,
  range: 'a whole number above 0',
};
const share: Option<number> = {
  fallback: 0,
  holds: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  range: 'a number from 0 to 1',
};

/**
 * `factor^floor(count/every)`.
 *
 * @throws RuntimeError RNN509, RNN518
 */
export function stepSchedule(options: StepScheduleOptions): Schedule {
  const { every, factor } = settle('stepSchedule', { every: whole, factor: positive(0.1) }, options);
  return counting((count) => power(factor, Math.floor(count / every)));
}

/**
 * Half a cosine from 1 down to `lowest` (Loshchilov & Hutter 2017, without restarts), which then stays:
 * `lowest + (1 - lowest)*(1 + cos(pi*count/period))/2`.
 *
 * @throws RuntimeError RNN509, RNN518
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  const { period, lowest } = settle('cosineSchedule', { period: whole, lowest: share }, options);
  return counting((count) =>
    count >= period ? lowest : 1 - ((1 - lowest) * (1 - cosineOfTurns(count / period))) / 2,
  );
}

/**
 * Rises evenly from `from` at 0 to 1 at `length`, and follows `then` from there, which begins to count at 0.
 *
 * @param then  the factor 1 by default
 * @throws RuntimeError RNN509, RNN518
 */
export function warmup(options: WarmupOptions, then: Schedule = () => 1): Schedule {
  const { length, from } = settle('warmup', { length: whole, from: share }, options);
  return counting((count) => (count < length ? from + ((1 - from) * count) / length : then(count - length)));
}

/** @throws RuntimeError RNN509, when called with what is no count */
function counting(schedule: Schedule): Schedule {
  return (count) => {
    requireSetting('count', count, Number.isSafeInteger(count) && count >= 0, 'whole, from 0');
    return schedule(count);
  };
}

/** cos(pi*x) for x from 0 to 1, by its series: `Math.cos` may differ in its last bit between hosts. */
function cosineOfTurns(x: number): number {
  if (x > 0.5) return -cosineOfTurns(1 - x);
  const square = Math.PI * x * (Math.PI * x);
  let sum = 1;
  for (let n = 24; n > 0; n -= 2) sum = 1 - (square / (n * (n - 1))) * sum;
  return sum;
}
