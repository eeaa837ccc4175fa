import { requireSetting } from '../errors.ts';
import { named } from '../named.ts';
import { Gathered, type Optimiser, type OptimiserState, type Trainable, updateAll } from './optimiser.ts';

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
 * The means are kept in f64, since the square of an f32 need not fit into one.
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
  const mean = new Gathered((length) => new Float64Array(length));
  const square = new Gathered((length) => new Float64Array(length));
  let updates = 0;
  return {
    learningRate,
    get updates() {
      return updates;
    },
    step(instance: Trainable) {
      updates++;
      const meanCorrection = 1 - power(beta1, updates);
      const squareCorrection = 1 - power(beta2, updates);
      updateAll(instance, updates, (name, parameter, gradient) => {
        const m = mean.of(name, gradient.length);
        const v = square.of(name, gradient.length);
        for (let i = 0; i < gradient.length; i++) {
          const g = gradient[i]!;
          m[i] = beta1 * m[i]! + (1 - beta1) * g;
          v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
          const change = m[i]! / meanCorrection / (Math.sqrt(v[i]! / squareCorrection) + epsilon);
          parameter[i]! -= this.learningRate * change;
        }
      });
    },
    save: () => ({
      updates,
      arrays: named([
        ['mean', mean.save()],
        ['square', square.save()],
      ]),
    }),
    load(state: OptimiserState) {
      updates = state.updates;
      mean.load(state.arrays.mean ?? {});
      square.load(state.arrays.square ?? {});
    },
  };
}

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
