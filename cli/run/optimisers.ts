import { adam, type Optimiser, sgd } from '../../runtime/index.ts';
import type { TrainingOptions } from './configuration.ts';

interface Kind {
  readonly learningRate: number;
  readonly make: (learningRate: number) => Optimiser;
}

/** By the name that `--optimiser` takes. */
export const optimisers: ReadonlyMap<string, Kind> = new Map([
  ['adam', { learningRate: 0.001, make: (learningRate) => adam({ learningRate }) }],
  ['sgd', { learningRate: 0.01, make: (learningRate) => sgd({ learningRate }) }],
]);

export function optimiserOf({
  optimiser,
  learningRate,
}: Pick<TrainingOptions, 'optimiser' | 'learningRate'>): Optimiser {
  return optimisers.get(optimiser)!.make(learningRate);
}
