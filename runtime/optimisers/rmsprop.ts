import type { Optimiser } from './optimiser.ts';
import { decay, flag, positive, settle } from './options.ts';
import { following, type Rule } from './rule.ts';

/** Options of `rmsprop`. */
export interface RmspropOptions {
  /** > 0; 0.01 by default. */
  readonly learningRate?: number;
  /** Decay of the mean of squares, in [0, 1); 0.99 by default. */
  readonly alpha?: number;
  /** > 0; 1e-8 by default. */
  readonly epsilon?: number;
  /** In [0, 1); 0 by default. */
  readonly momentum?: number;
  /** Divide by the deviation instead of the root of the mean square. False by default. */
  readonly centred?: boolean;
}

const table = {
  learningRate: positive(0.01),
  alpha: decay(0.99),
  epsilon: positive(1e-8),
  momentum: decay(0),
  centred: flag(false),
};

/**
 * RMSProp (Tieleman & Hinton 2012): `s = alpha*s + (1 - alpha)*g^2`, `v = momentum*v + g/(sqrt(s) + epsilon)`,
 * `w = w - learningRate*v`. Centred (Graves 2013) it divides by `sqrt(s - m^2) + epsilon` with the mean
 * `m = alpha*m + (1 - alpha)*g`. That variance is gathered itself, `var = alpha*(var + (1 - alpha)*(g - m)^2)` with the old
 * m, which is the same number and, unlike the difference, never rounds to one below 0.
 *
 * @throws RuntimeError RNN509, RNN518
 */
export function rmsprop(options: RmspropOptions = {}): Optimiser {
  const { learningRate, ...others } = settle('rmsprop', table, options);
  const { alpha, epsilon, momentum, centred } = others;
  const settings = (rate: number) => ({ alpha, rest: 1 - alpha, epsilon, momentum, rate });
  return centred
    ? following(
        { kernel: 'rmspropCentred', settings, update: updateCentred },
        'rmsprop',
        learningRate,
        others,
      )
    : following({ kernel: 'rmsprop', settings, update }, 'rmsprop', learningRate, others);
}

const update: Rule<'rmsprop'>['update'] = (parameter, gradient, { square, velocity }, settings) => {
  const { alpha, rest, epsilon, momentum, rate } = settings;
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]!;
    const s = alpha * square[i]! + rest * g * g;
    square[i] = s;
    velocity[i] = momentum * velocity[i]! + g / (Math.sqrt(s) + epsilon);
    parameter[i]! -= rate * velocity[i]!;
  }
};

const updateCentred: Rule<'rmspropCentred'>['update'] = (parameter, gradient, gathered, settings) => {
  const { variance, mean, velocity } = gathered;
  const { alpha, rest, epsilon, momentum, rate } = settings;
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]!;
    const deviation = g - mean[i]!;
    const s = alpha * (variance[i]! + rest * deviation * deviation);
    variance[i] = s;
    mean[i] = mean[i]! + rest * deviation;
    velocity[i] = momentum * velocity[i]! + g / (Math.sqrt(s) + epsilon);
    parameter[i]! -= rate * velocity[i]!;
  }
};
