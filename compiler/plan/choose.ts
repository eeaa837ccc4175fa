import type { Bound } from '../graph/bind.ts';
import type { StepGraph, TrainingGraph } from '../graph/graph.ts';
import { bestChoices, type Choices, type ChosenPlanOptions } from './draft/choices.ts';
import { joinConcats } from './draft/concats.ts';
import { Draft } from './draft/draft.ts';
import { pack } from './draft/packs.ts';
import { settleBackward, settleForward } from './draft/settle.ts';
import { finishKernels, prepare, sweep } from './draft/stages.ts';
import { allocate, slabLength, storageOfAll } from './draft/storage.ts';
import { type Plan, type ProcedureName, procedureNames, type Stage, type Sweep } from './plan.ts';

/** The plan that is meant to be fast: see levels.ts, kernels.ts, slab.ts and panels.ts for what it decides and why. */
export function choosePlan(
  bound: Bound<StepGraph | TrainingGraph>,
  options: ChosenPlanOptions,
  choices: Choices = bestChoices,
): Plan {
  const draft = new Draft(bound, options, choices);
  const { graph } = draft;
  joinConcats(draft);
  prepare(draft);
  sweep(draft, 'forward');
  if ('adjoint' in graph) sweep(draft, 'backward');
  finishKernels(draft);
  settleForward(draft);
  if ('adjoint' in graph) settleBackward(draft, graph);
  const storage = storageOfAll(draft);
  const slab = slabLength(draft, storage);
  allocate(draft, storage, slab);
  pack(draft, slab);
  const sweepOf = (name: ProcedureName): Sweep => ({
    before: draft.before[name],
    stages: draft.stages[name].map(
      ({ level, kernels }): Stage => ({ over: level % 2 === 1 ? 'step' : 'slab', kernels }),
    ),
  });
  const [first, start, forward, backward, finish] = procedureNames.map(sweepOf);
  const { batch, window, profile, block } = options;
  return {
    bound: draft.bound,
    batch,
    window,
    profile,
    block,
    slab,
    ...draft.memory.finish(),
    places: draft.places,
    sweeps: { prepare: first!, start: start!, forward: forward!, backward: backward!, finish: finish! },
  };
}
