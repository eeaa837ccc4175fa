import { requireSetting } from '../errors.ts';
import type { Optimiser } from './optimiser.ts';
import { following, type Rule } from './rule.ts';

export interface SgdOptions {
  /** > 0; 0.01 by default. */
  readonly learningRate?: number;
  /** In [0, 1); 0 by default. */
  readonly momentum?: number;
}

/**
 * Gradient descent with momentum: `v = momentum*v + gradient`, then `w = w - learningRate*v`, v being 0 at first. (So the
 * learning rate may change between updates without changing what v has gathered. Others write it into v.)
 *
 * @throws RuntimeError RNN509
 */
export function sgd(options: SgdOptions = {}): Optimiser {
  const { learningRate = 0.01, momentum = 0 } = options;
  requireSetting(
    'learningRate',
    learningRate,
    learningRate > 0 && learningRate < Infinity,
    'a finite number above 0',
  );
  requireSetting('momentum', momentum, momentum >= 0 && momentum < 1, 'a number of at least 0 and below 1');
  const settings = (rate: number) => ({ rate, momentum });
  return following({ kernel: 'sgd', settings, update }, learningRate);
}

const update: Rule<'sgd'>['update'] = (parameter, gradient, { velocity }, { rate, momentum }) => {
  for (let i = 0; i < gradient.length; i++) {
    velocity[i] = momentum * velocity[i]! + gradient[i]!;
    parameter[i]! -= rate * velocity[i]!;
  }
};
