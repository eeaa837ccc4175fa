import { requireSetting } from '../errors.ts';
import { named } from '../named.ts';
import { Gathered, type Optimiser, type OptimiserState, type Trainable, updateAll } from './optimiser.ts';

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
  const velocity = new Gathered((length) => new Float32Array(length));
  let updates = 0;
  return {
    learningRate,
    get updates() {
      return updates;
    },
    step(instance: Trainable) {
      updates++;
      updateAll(instance, updates, (name, parameter, gradient) => {
        const v = velocity.of(name, gradient.length);
        for (let i = 0; i < gradient.length; i++) {
          v[i] = momentum * v[i]! + gradient[i]!;
          parameter[i]! -= this.learningRate * v[i]!;
        }
      });
    },
    save: () => ({ updates, arrays: named([['velocity', velocity.save()]]) }),
    load(state: OptimiserState) {
      updates = state.updates;
      velocity.load(state.arrays.velocity ?? {});
    },
  };
}
