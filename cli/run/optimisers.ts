import { adagrad, adam, adamw, type Optimiser, rmsprop, sgd } from '../../runtime/index.ts';
import type { OptimiserName } from './choices.ts';
import type { TrainingOptions } from './configuration.ts';

/** As the runtime's docs name them. */
export type OptimiserOptions = Readonly<Record<string, number | boolean>>;

interface Kind {
  readonly learningRate: number;
  readonly make: (options: OptimiserOptions & { readonly learningRate: number }) => Optimiser;
}

/** By the name that `--optimiser` takes. */
export const optimisers: Readonly<Record<OptimiserName, Kind>> = {
  adam: { learningRate: 0.001, make: adam },
  adamw: { learningRate: 0.001, make: adamw },
  sgd: { learningRate: 0.01, make: sgd },
  nesterov: { learningRate: 0.01, make: (options) => sgd({ momentum: 0.9, ...options, nesterov: true }) },
  rmsprop: { learningRate: 0.001, make: rmsprop },
  adagrad: { learningRate: 0.01, make: adagrad },
};

/** @throws RuntimeError RNN509, RNN518 for options that it does not have or take */
export function optimiserOf({ optimiser, optimiserOptions, learningRate }: TrainingOptions): Optimiser {
  return optimisers[optimiser].make({ ...Object.fromEntries(optimiserOptions), learningRate });
}
