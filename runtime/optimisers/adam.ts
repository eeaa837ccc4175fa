import { requireSetting } from '../errors.ts';
import type { Optimiser } from './optimiser.ts';
import { following, type Rule } from './rule.ts';

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

/**
 * Adam (Kingma & Ba 2015, algorithm 1, with bias correction):
 * `m = beta1*m + (1 - beta1)*g`, `v = beta2*v + (1 - beta2)*g^2`,
 * `w = w - learningRate*(m/(1 - beta1^t))/(sqrt(v/(1 - beta2^t)) + epsilon)`, t counting updates from 1.
 * The means are kept in f64, since the square of an f32 need not fit into one. What is the same for all entries is
 * worked out once per update, so that an entry costs one division and one root.
 *
 * @throws RuntimeError RNN509
 */
export function adam(options: AdamOptions = {}): Optimiser {
  const { learningRate = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  requireSetting(
    'learningRate',
    learningRate,
    learningRate > 0 && learningRate < Infinity,
    'a finite number above 0',
  );
  for (const [name, beta] of [
    ['beta1', beta1],
    ['beta2', beta2],
  ] as const) {
    requireSetting(name, beta, beta >= 0 && beta < 1, 'a number of at least 0 and below 1');
  }
  requireSetting('epsilon', epsilon, epsilon > 0 && epsilon < Infinity, 'a finite number above 0');
  const settings = (rate: number, updates: number) => ({
    beta1,
    rest1: 1 - beta1,
    beta2,
    rest2: 1 - beta2,
    rate: rate / (1 - power(beta1, updates)),
    correction: 1 / (1 - power(beta2, updates)),
    epsilon,
  });
  return following({ kernel: 'adam', settings, update }, learningRate);
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

/** base^exponent by repeated squaring: `**` may differ in its last bit between hosts. */
function power(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
