import { fail, runtimeErrors } from '../errors.ts';
import type { Optimiser } from './optimiser.ts';
import { decay, flag, positive, settle } from './options.ts';
import { following, type Rule } from './rule.ts';

/** Options of `sgd`. */
export interface SgdOptions {
  /** > 0; 0.01 by default. */
  readonly learningRate?: number;
  /** In [0, 1); 0 by default. */
  readonly momentum?: number;
  /** Take the gradient's part of the next step at once; with momentum above 0. False by default. */
  readonly nesterov?: boolean;
}

const table = { learningRate: positive(0.01), momentum: decay(0), nesterov: flag(false) };

/**
 * Gradient descent with momentum: `v = momentum*v + gradient`, then `w = w - learningRate*v`, v being 0 at first. (So the
 * learning rate may change between updates without changing what v has gathered. Others write it into v.) Nesterov's
 * (Sutskever et al. 2013): `w = w - learningRate*(gradient + momentum*v)` with the new v.
 *
 * @throws RuntimeError RNN509, RNN518
 */
export function sgd(options: SgdOptions = {}): Optimiser {
  const { learningRate, ...others } = settle('sgd', table, options);
  const { momentum, nesterov } = others;
  if (nesterov && momentum === 0) {
    fail(runtimeErrors.badSetting, { name: 'momentum', value: momentum, range: 'above 0 with nesterov' });
  }
  const settings = (rate: number) => ({ rate, momentum });
  return nesterov
    ? following({ kernel: 'nesterov', settings, update: ahead }, 'sgd', learningRate, others)
    : following({ kernel: 'sgd', settings, update }, 'sgd', learningRate, others);
}

const update: Rule<'sgd'>['update'] = (parameter, gradient, { velocity }, { rate, momentum }) => {
  for (let i = 0; i < gradient.length; i++) {
    velocity[i] = momentum * velocity[i]! + gradient[i]!;
    parameter[i]! -= rate * velocity[i]!;
  }
};

const ahead: Rule<'nesterov'>['update'] = (parameter, gradient, { velocity }, { rate, momentum }) => {
  for (let i = 0; i < gradient.length; i++) {
    velocity[i] = momentum * velocity[i]! + gradient[i]!;
    parameter[i]! -= rate * (gradient[i]! + momentum * velocity[i]!);
  }
};
