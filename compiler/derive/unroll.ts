import type { StepGraph } from '../graph/graph.ts';
import { keptOf } from '../graph/lags.ts';
import { number, sum } from './algebra.ts';
import { atStep, equationAt } from './atStep.ts';
import { derive } from './derive.ts';
import { allQuantities, type DerivedEquations, type Equation } from './equations.ts';
import { nestedSections } from './nested.ts';
import { type DeriveFormat, printSections } from './print.ts';
import { type Comment, comment, type Section } from './sections.ts';

/**
 * The first `steps` steps written out, from the start of a sequence. A cell with one state, if the result has a length
 * that can be read, is written as one nested expression, and so is what goes back to its start; every other cell is
 * written step by step, with the step's number behind each name.
 *
 * @param steps  at least 1
 */
export function unroll(
  graph: StepGraph,
  steps: number,
  format: DeriveFormat,
  frozen: ReadonlySet<string> = new Set(),
): string {
  const derived = derive(graph, frozen);
  return printSections(nestedSections(derived, steps) ?? stepByStep(derived, steps), derived.taken, format);
}

function stepByStep(derived: DerivedEquations, steps: number): readonly Section[] {
  const { cell, starts, forward, backward, previous, inputs, gradients, first, sequences, update } = derived;
  const numbers = Array.from({ length: steps }, (_, i) => i + 1);
  const shared = forward.filter(({ target }) => target.kind === 'quantity' && !target.varies);
  const each = forward.filter((equation) => !shared.includes(equation));
  const place = (list: readonly Equation[], at: number) => list.map((equation) => equationAt(equation, at));
  const numbered = derived.states.flatMap(({ previous: state, startsAt }): readonly Equation[] =>
    startsAt === undefined || keptOf(state.name) !== undefined
      ? []
      : [{ target: state, value: number(startsAt), adds: false }],
  );
  const sections: readonly Section[] = [
    {
      comments: [
        comment(
          `${cell}, ${steps} steps, forward: step by step, since as one expression they would be too long to read.`,
        ),
      ],
      equations: place([...numbered, ...shared, ...starts], 1),
    },
    ...numbers.map((t) => ({ comments: [comment(`Step ${t}.`)], equations: place(each, t) })),
    ...numbers.toReversed().map((t) => ({
      comments: [comment(`Step ${t}, backward.`), ...arrivals(derived, t, steps)],
      equations: place([...backward, ...previous, ...inputs], t),
    })),
    {
      comments: [comment('Gradients of parameters.')],
      equations: gradients.flatMap((equation) => overSteps(equation, numbers)),
    },
    { comments: [comment('By way of start values.')], equations: place([...first, ...sequences], 1) },
    { comments: [comment('From these sums, once.')], equations: place(update, 1) },
  ];
  return sections.filter(({ equations }) => equations.length > 0);
}

/** The names of what a step is given from outside; what comes back to it is defined by the step after. */
function arrivals(
  { backward, previous, inputs }: DerivedEquations,
  t: number,
  steps: number,
): readonly Comment[] {
  const used = allQuantities([...backward, ...previous, ...inputs]);
  const distinct = [...new Map(used.map((q) => [`${q.role} ${q.name}`, q])).values()];
  return distinct.flatMap((q): readonly Comment[] => {
    const numbered = { ...q, at: t };
    if (q.role === 'fromNext') return t < steps ? [] : [comment(numbered, ' is 0, or comes from outside.')];
    if (q.role === 'fromHere')
      return [comment(numbered, ` is what the loss of step ${t} sends to output ${q.name}.`)];
    const isLoss = q.role === 'cotangent' && q.name === 'loss';
    return isLoss ? [comment(numbered, ` is the weight of the loss of step ${t}: 1 in a sum.`)] : [];
  });
}

function overSteps(equation: Equation, numbers: readonly number[]): readonly Equation[] {
  if (equation.adds) return numbers.map((t) => equationAt(equation, t));
  const { target, value, adds } = equation;
  return [{ target, value: sum(numbers.map((t) => atStep(value, t))), adds }];
}
