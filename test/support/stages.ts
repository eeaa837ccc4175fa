import { type CompileOptions, compileStages, type Stages } from '../../compiler/compile.ts';
import type { Bound } from '../../compiler/graph/bind.ts';
import type { TrainingGraph } from '../../compiler/graph/graph.ts';
import type { Source } from '../../compiler/source/source.ts';

export interface TrainingStages extends Stages {
  readonly bound: Bound<TrainingGraph>;
}

/** Every stage of a cell written as text, with its adjoint. */
export function stagesOf(text: string | Source, options: CompileOptions = {}): TrainingStages {
  return compileStages(typeof text === 'string' ? { name: 'test.rnn', text } : text, {
    inputCotangents: true,
    ...options,
    training: true,
  }) as TrainingStages;
}
