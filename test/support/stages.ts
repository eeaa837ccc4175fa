import { type CompileOptions, compileStages, type Stages } from '../../compiler/compile.ts';
import type { Bound } from '../../compiler/graph/bind.ts';
import type { TrainingGraph } from '../../compiler/graph/graph.ts';

export interface TrainingStages extends Stages {
  readonly bound: Bound<TrainingGraph>;
}

/** Every stage of a cell written as text, with its adjoint. */
export function stagesOf(text: string, options: CompileOptions = {}): TrainingStages {
  return compileStages(
    { name: 'test.rnn', text },
    {
      inputCotangents: true,
      ...options,
      training: true,
    },
  ) as TrainingStages;
}
