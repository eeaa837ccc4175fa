import type { Cell } from './cell.ts';
import { type Dim, namesOf } from './dim.ts';
import { visitExpressions } from './typed.ts';

/** Each step back is a state of its own. */
export const LONGEST_LAG = 1000;

/** A state or an input that is read more than one step back. */
export interface Lag {
  readonly name: string;
  readonly steps: Dim;
}

/** Every reading of a cell that looks back further than `h_prev`. */
export function lagsOf(cell: Cell): readonly Lag[] {
  const found: Lag[] = [];
  const roots = [...cell.equations, ...cell.outputs].map(({ value }) => value);
  visitExpressions(cell.loss === undefined ? roots : [...roots, cell.loss], (e) => {
    if (e.kind === 'read' && e.lag !== undefined) found.push({ name: e.name, steps: e.lag });
  });
  return found;
}

/** Sizes that the step itself, not only its shapes, depends on: lags are made of them. */
export function sizesOfLags(cell: Cell): ReadonlySet<string> {
  return new Set(lagsOf(cell).flatMap(({ steps }) => namesOf(steps)));
}
