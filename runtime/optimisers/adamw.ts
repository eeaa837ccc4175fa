import { type AdamOptions, adamSettings, adamTable } from './adam.ts';
import type { Optimiser } from './optimiser.ts';
import { notNegative, settle } from './options.ts';
import { following, type Rule } from './rule.ts';

/** Options of `adamw`: those of Adam, and one more. */
export interface AdamwOptions extends AdamOptions {
  /** At least 0; 0.01 by default. */
  readonly weightDecay?: number;
}

const table = { ...adamTable, weightDecay: notNegative(0.01) };

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019): each update also takes `learningRate*weightDecay*w` off w,
 * beside Adam's change, whose means never see it. It falls on all parameters that are learned.
 *
 * @throws RuntimeError RNN509, RNN518
 */
export function adamw(options: AdamwOptions = {}): Optimiser {
  const { learningRate, ...others } = settle('adamw', table, options);
  const adam = adamSettings(others);
  const settings = (rate: number, updates: number) => ({
    ...adam(rate, updates),
    keep: 1 - rate * others.weightDecay,
  });
  return following({ kernel: 'adamw', settings, update }, 'adamw', learningRate, others);
}

const update: Rule<'adamw'>['update'] = (parameter, gradient, { mean, square }, settings) => {
  const { beta1, rest1, beta2, rest2, rate, correction, epsilon, keep } = settings;
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]!;
    const m = beta1 * mean[i]! + rest1 * g;
    const v = beta2 * square[i]! + rest2 * g * g;
    mean[i] = m;
    square[i] = v;
    parameter[i] = keep * parameter[i]! - (rate * m) / (Math.sqrt(correction * v) + epsilon);
  }
};
