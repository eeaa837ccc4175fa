import { isNumber, number, product, quotient, sum } from './algebra.ts';
import { atStep, equationAt, quantityAt } from './atStep.ts';
import type { DerivedEquations, Equation } from './equations.ts';
import { type Formula, mapOperands, type Quantity, quantitiesOf } from './formula.ts';
import { comment, listed, type Section } from './sections.ts';

/** The most names in one nested expression. */
const LONGEST = 60;

/**
 * The last state as one expression in all inputs and the first, and the way of a cotangent back to the first as one
 * product of what each step multiplies it with.
 *
 * @returns undefined where there is not exactly one state, or the result would be too long to read
 */
export function nestedSections(derived: DerivedEquations, steps: number): readonly Section[] | undefined {
  const [state, ...others] = derived.states;
  if (state === undefined || others.length > 0) return undefined;
  const { name } = state.previous;
  const value = forwardNest(derived, name, steps);
  const chain = value && cotangentChain(derived, steps);
  if (value === undefined || chain === undefined) return undefined;
  const here = (role: Quantity['role'], at: number): Quantity => ({ ...state.previous, role, at });
  const forward = { target: here('value', steps), value, adds: false };
  const backward = { target: here('cotangent', 0), value: chain, adds: false };
  const { startsAt } = state;
  const between = valuesBetween(derived, name, chain);
  const inside = [chain, ...between.map(({ value: part }) => part)]
    .flatMap(quantitiesOf)
    .filter(({ name: of, role, at }) => of === name && role === 'value' && at !== steps && at !== 0);
  const first = startsAt === undefined ? [] : [comment(here('value', 0), ` is ${startsAt}.`)];
  const starts = derived.starts.map((equation) => equationAt(equation, 1));
  const shared = derived.forward.filter(({ target }) => target.kind === 'quantity' && !target.varies);
  const states = distinct(inside);
  const parts =
    states.length === 0
      ? []
      : [
          comment(
            ...listed(states),
            states.length === 1 ? ' is a part' : ' are parts',
            ' of the expression above.',
          ),
        ];
  return [
    {
      comments: [comment(`${derived.cell}, ${steps} steps as one expression.`), ...first],
      equations: [...shared, ...starts, forward],
    },
    ...(between.length === 0
      ? []
      : [
          {
            comments: [...parts, comment('Values of these steps that the way back reads.')],
            equations: between,
          },
        ]),
    {
      comments: [
        ...(between.length === 0 ? parts : []),
        comment(
          'What ',
          here('cotangent', steps),
          ' sends back to ',
          here('value', 0),
          ': each step multiplies by its own factors,',
        ),
        comment(
          'so over many steps it vanishes where they make it smaller, and explodes where they make it larger.',
        ),
        comment(
          'The loss of an earlier step joins at its own place and goes through the outer factors only.',
        ),
      ],
      equations: [backward],
    },
  ];
}

const distinct = (quantities: readonly Quantity[]): readonly Quantity[] =>
  [...new Map(quantities.map((q) => [`${q.name} ${q.at}`, q])).values()].toSorted((a, b) => a.at! - b.at!);

/** Values that differ from step to step and are not the state, as far as a formula needs them, step by step. */
function valuesBetween({ forward }: DerivedEquations, state: string, formula: Formula): readonly Equation[] {
  const definitions = definitionsOf(forward, 'value');
  const needed = new Map<number, Set<string>>();
  const need = (part: Formula): void => {
    for (const { name, role, varies, at } of quantitiesOf(part)) {
      const definition = name === state || role !== 'value' || !varies ? undefined : definitions.get(name);
      if (definition === undefined || at === undefined || needed.get(at)?.has(name)) continue;
      needed.set(at, (needed.get(at) ?? new Set()).add(name));
      need(atStep(definition, at));
    }
  };
  need(formula);
  return [...needed]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([t, names]) =>
      forward
        .filter(({ target }) => target.kind === 'quantity' && names.has(target.name))
        .map((equation) => equationAt(equation, t)),
    );
}

type Replace = (quantity: Quantity) => Formula | undefined;

/** Thrown inside this file when an expression gets too long. */
class TooLong extends Error {}

/** Puts formulas in place of quantities, tidied again, within the limit of length. */
class Nester {
  #left = LONGEST;

  replace(formula: Formula, by: Replace): Formula {
    if (formula.kind === 'quantity') {
      const found = by(formula);
      if (found !== undefined) return found;
      this.#left -= 1;
      if (this.#left < 0) throw new TooLong();
      return formula;
    }
    return tidied(mapOperands(formula, (operand) => this.replace(operand, by)));
  }

  /** One quantity, numbered. */
  name(quantity: Formula): Formula {
    return this.replace(quantity, () => undefined);
  }
}

function withinLength(make: (nester: Nester) => Formula): Formula | undefined {
  try {
    return make(new Nester());
  } catch (error) {
    if (error instanceof TooLong) return undefined;
    throw error;
  }
}

function forwardNest({ forward }: DerivedEquations, name: string, steps: number): Formula | undefined {
  const definitions = definitionsOf(forward, 'value');
  // An input whose last value is kept is no state with an equation.
  if (!definitions.has(name)) return undefined;
  return withinLength((nester) => {
    const valueAt = (of: string, t: number): Formula =>
      nester.replace(definitions.get(of)!, (q) => {
        if (q.role === 'previous' && t > 1) return valueAt(q.name, t - 1);
        const isDefined = q.role === 'value' && q.varies && definitions.has(q.name);
        return isDefined ? valueAt(q.name, t) : nester.name(quantityAt(q, t));
      });
    return valueAt(name, steps);
  });
}

function cotangentChain(
  { backward, previous, forward }: DerivedEquations,
  steps: number,
): Formula | undefined {
  const [leaving] = previous;
  if (leaving === undefined) return undefined;
  const state = (leaving.target as Quantity).name;
  const cotangents = definitionsOf(backward, 'cotangent');
  const temporaries = new Map([...definitionsOf(forward, 'value'), ...definitionsOf(backward, 'value')]);
  return withinLength((nester) => {
    const backFrom = (t: number): Formula => nester.replace(leaving.value, (q) => back(q, t));
    const back = (q: Quantity, t: number): Formula | undefined => {
      // Losses of this and earlier steps go other ways: the chain follows what comes from the last state alone.
      if (q.role === 'fromHere' || (q.role === 'cotangent' && q.name === 'loss')) return number(0);
      if (q.role === 'cotangent' && q.name === state && t === steps) return nester.name(quantityAt(q, t));
      if (q.role === 'fromNext') {
        if (t < steps) return backFrom(t + 1);
        return nester.name({ ...q, role: 'cotangent', at: t });
      }
      const definition = q.temporary
        ? temporaries.get(q.name)
        : q.role === 'cotangent'
          ? cotangents.get(q.name)
          : undefined;
      if (definition !== undefined && q.varies) return nester.replace(definition, (inner) => back(inner, t));
      return nester.name(quantityAt(q, t));
    };
    return backFrom(1);
  });
}

function definitionsOf(equations: readonly Equation[], role: Quantity['role']): ReadonlyMap<string, Formula> {
  return new Map(
    equations.flatMap(({ target, value }) =>
      target.kind === 'quantity' && target.role === role ? [[target.name, value] as const] : [],
    ),
  );
}

/** Functions of arrays that give zero for zero in the argument that cotangents stand in. */
const linear = new Set(['dot', 'outer', 'sum', 'pad', 'cumsum', 'reverse_cumsum', 'col', 'row']);

/** After a replacement: zeros dropped, sums and products joined, what is multiplied by slopes written last. */
function tidied(formula: Formula): Formula {
  switch (formula.kind) {
    case 'sum':
      return sum(formula.terms);
    case 'negative':
      return isNumber(formula.operand, 0) ? formula.operand : formula;
    case 'product': {
      const isChain = (factor: Formula) => quantitiesOf(factor).some(({ role }) => role === 'cotangent');
      const chains = formula.factors.filter(isChain);
      return product([...formula.factors.filter((factor) => !isChain(factor)), ...chains]);
    }
    case 'quotient':
      return quotient(formula.above, formula.below);
    case 'matrixProduct':
      return isNumber(formula.left, 0) || isNumber(formula.right, 0) ? number(0) : formula;
    case 'transpose':
      return isNumber(formula.operand, 0) ? number(0) : formula;
    case 'part':
    case 'entry':
      return isNumber(formula.object, 0) ? number(0) : formula;
    case 'stack':
      return formula.parts.every((part) => isNumber(part, 0)) ? number(0) : formula;
    case 'call':
      return linear.has(formula.fn) && formula.args.slice(0, 2).some((part) => isNumber(part, 0))
        ? number(0)
        : formula;
    default:
      return formula;
  }
}
