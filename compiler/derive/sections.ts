import { keptOf } from '../graph/lags.ts';
import { allQuantities, type DerivedEquations, type Equation } from './equations.ts';
import { type Formula, mapOperands, type Quantity } from './formula.ts';

/** A paragraph: what to know, then equations. */
export interface Section {
  readonly comments: readonly Comment[];
  readonly equations: readonly Equation[];
  /** Whether right-hand sides stand for their sum over all steps. */
  readonly isSummed?: true;
}

/** A line of words and quantities; where spelling alone says in one format what the other must explain, only in that one. */
export interface Comment {
  readonly line: CommentLine;
  readonly only?: 'text' | 'latex';
}

export type CommentLine = readonly (string | Quantity)[];

export const comment = (...line: CommentLine): Comment => ({ line });

/** The equations in the order of a lecture: the step, back through it, to the step before, then gradients. */
export function sectionsOf(derived: DerivedEquations): readonly Section[] {
  const { cell, starts, forward, backward, previous, inputs, gradients, first, sequences, update } = derived;
  // A start may read what is computed from parameters alone.
  const shared = forward.filter(({ target }) => target.kind === 'quantity' && !target.varies);
  const varying = forward.filter((equation) => !shared.includes(equation));
  const all: readonly Section[] = [
    {
      comments: [comment(`${cell}: one step, forward.`), ...startLines(derived)],
      equations: starts.length === 0 ? forward : [...shared, ...starts, ...varying],
    },
    { comments: backwardLines(derived), equations: backward },
    {
      comments: [
        { line: ['Back to step t - 1, where it arrives as ', ...arrivals(previous), '.'], only: 'text' },
        { line: ['Back to step t - 1.'], only: 'latex' },
      ],
      equations: previous,
    },
    { comments: [comment('Back to the inputs of this step.')], equations: inputs },
    {
      comments: [
        comment('Gradients of parameters: each right-hand side summed over all steps and examples.'),
      ],
      equations: gradients,
      isSummed: true,
    },
    { comments: [comment('At the first step of a sequence.')], equations: first },
    {
      comments: [comment('Gradients by way of start values: summed over all sequences.')],
      equations: sequences,
    },
    { comments: [comment('From these sums, once.')], equations: update },
  ];
  return all.filter(({ equations }, i) => i === 0 || equations.length > 0);
}

/** `h_prev and c_prev are 0 at the first step.` */
export function startLines({ states, starts }: DerivedEquations): readonly Comment[] {
  const values = [...new Set(states.flatMap(({ startsAt }) => startsAt ?? []))];
  const numbers = values.map((value) => {
    const those = states.filter(({ startsAt }) => startsAt === value).map(({ previous }) => previous);
    return comment(...listed(those), ` ${those.length === 1 ? 'is' : 'are'} ${value} at the first step.`);
  });
  const others = starts.map(({ target }) => {
    const start = target as Quantity;
    const those = states.filter(({ previous }) => (keptOf(previous.name) ?? previous).name === start.name);
    const previous = listed(those.map((state) => state.previous));
    return comment(...previous, ` ${those.length === 1 ? 'is' : 'are'} `, start, ' at the first step.');
  });
  return [...numbers, ...others];
}

/** What the bar means, and each name that arrives from elsewhere. */
function backwardLines(derived: DerivedEquations): readonly Comment[] {
  const { backward, previous, inputs, gradients, first, sequences, update } = derived;
  const equations = [backward, previous, inputs, gradients, first, sequences, update].flat();
  const used = allQuantities(equations);
  const arriving = [...new Map(used.map((q) => [`${q.role} ${q.name}`, q])).values()];
  const barred = arriving.find(({ role, name }) => role === 'cotangent' && name !== 'loss');
  const meaning = barred && [
    comment(
      barred,
      ' means dL/d',
      { ...barred, role: 'value' },
      ', L being the loss of all steps; likewise for every name.',
    ),
  ];
  return [
    comment('One step, backward: from the last step to the first.'),
    ...(meaning ?? []),
    ...arriving.flatMap(arrivalLines),
    ...notationLines(equations),
  ];
}

/** What only derivatives write, and what the reader must know to take it literally. */
const notations: readonly { readonly of: string; readonly only?: 'text'; readonly line: string }[] = [
  {
    of: 'if',
    line: 'What goes back through a branch that was not taken is 0, whatever it is multiplied with or divided by.',
  },
  { of: 'ones', only: 'text', line: 'ones(A, B) is an array of ones of these sizes.' },
  { of: 'pad', only: 'text', line: 'pad(x, k, n) is x from entry k on, in zeros, n entries in all.' },
  {
    of: 'reverse_cumsum',
    only: 'text',
    line: 'reverse_cumsum(x) is the running sum from the last entry on.',
  },
  { of: 'max_along', only: 'text', line: 'max_along(A, axis) is the largest along that axis.' },
  { of: 'reshape', only: 'text', line: 'reshape(x, A, B) has the same entries in the shape [A, B].' },
  {
    of: 'lay',
    only: 'text',
    line: 'lay(x, axes, sizes) repeats x to these sizes, its axes at these places.',
  },
];

function notationLines(equations: readonly Equation[]): readonly Comment[] {
  const found = new Set<string>();
  const visit = (formula: Formula): Formula => {
    if (formula.kind === 'if') found.add('if');
    if (formula.kind === 'call') found.add(formula.fn);
    return mapOperands(formula, visit);
  };
  for (const { value } of equations) visit(value);
  return notations
    .filter(({ of }) => found.has(of))
    .map(({ line, only }) => ({ line: [line], ...(only === undefined ? {} : { only }) }));
}

function arrivalLines(q: Quantity): readonly Comment[] {
  const otherwise = '; at the last step it is 0, or comes from outside.';
  switch (q.role) {
    case 'fromNext':
      return [
        { line: [q, ' is ', { ...q, role: 'previousCotangent' }, ' of step t + 1', otherwise], only: 'text' },
        { line: [q, ' comes back from step t + 1', otherwise], only: 'latex' },
      ];
    case 'fromHere':
      return [comment(q, ` is what this step's loss sends to output ${q.name}.`)];
    case 'startCotangent':
      return [comment(q, ' is ', { ...q, role: 'previousCotangent', varies: true }, ' of the first step.')];
    case 'cotangent':
      return q.name === 'loss' ? [comment(q, " is the weight of this step's loss in L: 1 in a sum.")] : [];
    default:
      return [];
  }
}

/** The names under which what is sent back arrives: `h_bar_next and c_bar_next`. */
function arrivals(previous: readonly Equation[]): CommentLine {
  return listed(previous.map(({ target }): Quantity => ({ ...(target as Quantity), role: 'fromNext' })));
}

export function listed(quantities: readonly Quantity[]): CommentLine {
  return quantities.flatMap((q, i) => {
    if (i === 0) return [q];
    return [i === quantities.length - 1 ? ' and ' : ', ', q];
  });
}
