import { keptOf } from '../graph/lags.ts';
import { number } from './algebra.ts';
import type { Equation } from './equations.ts';
import { type Formula, mapOperands, type Quantity } from './formula.ts';

/** A formula of step t with the number of the step behind each name; what is one step back has the number before. */
export function atStep(formula: Formula, t: number): Formula {
  if (formula.kind === 'quantity') return quantityAt(formula, t);
  return mapOperands(formula, (operand) => atStep(operand, t));
}

export function quantityAt(quantity: Quantity, t: number): Formula {
  const at = (role: Quantity['role'], step: number): Quantity => ({
    ...quantity,
    role,
    varies: true,
    at: step,
  });
  switch (quantity.role) {
    case 'previous': {
      // What a lag keeps starts as the state does.
      const lag = keptOf(quantity.name);
      if (lag === undefined) return at('value', t - 1);
      return { ...at('value', Math.max(0, t - 1 - lag.steps)), name: lag.name };
    }
    case 'previousCotangent':
      return at('fromNext', t - 1);
    case 'start':
      return at('value', 0);
    case 'startCotangent':
      return at('fromNext', 0);
    default:
      if (quantity.name === 'step' && quantity.role === 'value') return number(t - 1);
      return quantity.varies ? at(quantity.role, t) : quantity;
  }
}

export const equationAt = ({ target, value, adds }: Equation, t: number): Equation => ({
  target: atStep(target, t),
  value: atStep(value, t),
  adds,
});
