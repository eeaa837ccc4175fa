import type { Optimiser } from './optimiser.ts';
import { decay, positive, settle } from './options.ts';
import { power } from './power.ts';
import { following, type Rule } from './rule.ts';

/** Options of `adam`. */
export interface AdamOptions {
  /** > 0; 0.001 by default. */
  readonly learningRate?: number;
  /** Decay of the mean of gradients, in [0, 1); 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the mean of their squares, in [0, 1); 0.999 by default. */
  readonly beta2?: number;
  /** > 0; 1e-8 by default. */
  readonly epsilon?: number;
}

export const adamTable = {
  learningRate: positive(0.001),
  beta1: decay(0.9),
  beta2: decay(0.999),
  epsilon: positive(1e-8),
};

/**
 * Adam (Kingma & Ba 2015, algorithm 1, with bias correction):
 * `m = beta1*m + (1 - beta1)*g`, `v = beta2*v + (1 - beta2)*g^2`,
 * `w = w - learningRate*(m/(1 - beta1^t))/(sqrt(v/(1 - beta2^t)) + epsilon)`, t counting updates from 1.
 * The means are kept in f64, since the square of an f32 need not fit into one. What is the same for all entries is
 * worked out once per update, so that an entry costs one division and one root.
 *
 * @throws RuntimeError RNN509, RNN518
 */
export function adam(options: AdamOptions = {}): Optimiser {
  const { learningRate, ...others } = settle('adam', adamTable, options);
  const settings = adamSettings(others);
  return following({ kernel: 'adam', settings, update }, 'adam', learningRate, others);
}

/** The numbers of one update, by its learning rate and its count from 1. */
export function adamSettings({ beta1, beta2, epsilon }: Required<Omit<AdamOptions, 'learningRate'>>) {
  return (rate: number, updates: number) => ({
    beta1,
    rest1: 1 - beta1,
    beta2,
    rest2: 1 - beta2,
    rate: rate / (1 - power(beta1, updates)),
    correction: 1 / (1 - power(beta2, updates)),
    epsilon,
  });
}

const update: Rule<'adam'>['update'] = (parameter, gradient, { mean, square }, settings) => {
  const { beta1, rest1, beta2, rest2, rate, correction, epsilon } = settings;
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]!;
    const m = beta1 * mean[i]! + rest1 * g;
    const v = beta2 * square[i]! + rest2 * g * g;
    mean[i] = m;
    square[i] = v;
    parameter[i]! -= (rate * m) / (Math.sqrt(correction * v) + epsilon);
  }
};
