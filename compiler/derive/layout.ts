import type { Dim } from '../cell/dim.ts';
import { call, isNumber, product, size } from './algebra.ts';
import type { Formula } from './formula.ts';

/**
 * A formula as it stands for a node. A scalar repeated over a shape is written as the scalar, a vector laid along a
 * matrix as `col(a)` or `row(v)`: in elementwise operations something `full` beside it gives the shape.
 */
export interface Written {
  readonly formula: Formula;
  readonly laid: 'full' | 'scalar' | 'col' | 'row';
}

export const full = (formula: Formula): Written => ({ formula, laid: 'full' });

/** The formula with the shape it stands for: by a product with ones, where nothing else gives it. */
export function inFull({ formula, laid }: Written, shape: readonly Dim[]): Formula {
  if (laid === 'full' || shape.length === 0) return formula;
  const ones = call('ones', shape.map(size), shape.length);
  return isNumber(formula, 1) ? ones : product([formula, ones]);
}

/** An elementwise operation on operands of one shape. */
export function elementwise(
  operands: readonly Written[],
  shape: readonly Dim[],
  make: (formulas: readonly Formula[]) => Formula,
): Written {
  const kinds = new Set(operands.map(({ laid }) => laid));
  const crossed = kinds.has('col') && kinds.has('row') && !kinds.has('full');
  const formulas = operands.map((operand) =>
    crossed && operand.laid === 'col' ? inFull(operand, shape) : operand.formula,
  );
  const formula = make(formulas);
  if (shape.length > 0 && formula.rank === 0) return { formula, laid: 'scalar' };
  if (crossed || kinds.has('full')) return full(formula);
  return { formula, laid: kinds.has('col') ? 'col' : kinds.has('row') ? 'row' : 'scalar' };
}
