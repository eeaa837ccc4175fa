import type { Optimiser } from './optimiser.ts';
import { notNegative, positive, settle } from './options.ts';
import { following, type Rule } from './rule.ts';

/** Options of `adagrad`. */
export interface AdagradOptions {
  /** > 0; 0.01 by default. */
  readonly learningRate?: number;
  /** At least 0; 0 by default: update t, from 1, has the rate `learningRate/(1 + (t - 1)*learningRateDecay)`. */
  readonly learningRateDecay?: number;
  /** What sums of squares begin with, at least 0; 0 by default. */
  readonly initialSum?: number;
  /** > 0; 1e-10 by default. */
  readonly epsilon?: number;
}

const table = {
  learningRate: positive(0.01),
  learningRateDecay: notNegative(0),
  initialSum: notNegative(0),
  epsilon: positive(1e-10),
};

/**
 * Adagrad (Duchi, Hazan & Singer 2011): `s = s + g^2`, `w = w - rate*g/(sqrt(initialSum + s) + epsilon)`, s being 0 at
 * first and kept in f64.
 *
 * @throws RuntimeError RNN509, RNN518
 */
export function adagrad(options: AdagradOptions = {}): Optimiser {
  const { learningRate, ...others } = settle('adagrad', table, options);
  const { learningRateDecay, initialSum: initial, epsilon } = others;
  const settings = (rate: number, updates: number) => ({
    rate: rate / (1 + (updates - 1) * learningRateDecay),
    initial,
    epsilon,
  });
  return following({ kernel: 'adagrad', settings, update }, 'adagrad', learningRate, others);
}

const update: Rule<'adagrad'>['update'] = (parameter, gradient, { sum }, { rate, initial, epsilon }) => {
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]!;
    const s = sum[i]! + g * g;
    sum[i] = s;
    parameter[i]! -= (rate * g) / (Math.sqrt(initial + s) + epsilon);
  }
};
