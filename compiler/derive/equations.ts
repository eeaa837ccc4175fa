import { type Formula, type Quantity, quantitiesOf } from './formula.ts';

/** `c_prev_bar = c_bar*f` */
export interface Equation {
  /** A quantity, or an entry of one. */
  readonly target: Formula;
  readonly value: Formula;
  /** `+=`: only a row of the target is added to. */
  readonly adds: boolean;
}

/** A cell's step and its backward sweep as equations. In each list an equation stands after those it reads. */
export interface DerivedEquations {
  readonly cell: string;
  /** Every name of the cell; ours are chosen to differ. */
  readonly taken: ReadonlySet<string>;
  /** Whether the cell's own loss is differentiated; else what arrives at its outputs. */
  readonly hasLoss: boolean;
  readonly outputs: readonly string[];
  readonly states: readonly DerivedState[];
  /** Start values that are made of parameters or constants. */
  readonly starts: readonly Equation[];
  /** Values of the step. */
  readonly forward: readonly Equation[];
  /** Cotangents of values of the step. */
  readonly backward: readonly Equation[];
  /** What goes back to step t - 1. */
  readonly previous: readonly Equation[];
  /** Cotangents of inputs. */
  readonly inputs: readonly Equation[];
  /** Right-hand sides to be summed over steps and examples. */
  readonly gradients: readonly Equation[];
  /** At the first step of a sequence only. */
  readonly first: readonly Equation[];
  /** Right-hand sides to be summed over sequences. */
  readonly sequences: readonly Equation[];
  /** What follows from sums, once for all steps. */
  readonly update: readonly Equation[];
}

export interface DerivedState {
  readonly previous: Quantity;
  /** The number it starts at, if it is one. */
  readonly startsAt: number | undefined;
}

/** Every quantity of all equations, for naming them without collisions. */
export function allQuantities(equations: readonly Equation[]): readonly Quantity[] {
  return equations.flatMap(({ target, value }) => [...quantitiesOf(target), ...quantitiesOf(value)]);
}
