import { type Dim, formatDim } from './dim.ts';

/**
 * An axis along which a value varies besides its shape. Equations are written per example and per step; where a value
 * varies is part of its type. `'example'` is the row of the batch, `'time:T'` a time axis (a cell has the one, T; a
 * network may have several), `'over:S'` the entries of something that a row has as many of as a size S, or fewer. No outer
 * axis: shared by all, known once per update (parameters, constants).
 */
export type OuterAxis = 'example' | `time:${string}` | `over:${string}`;

/** The time axis of a cell's own steps. */
export const ownTime = 'time:T' satisfies OuterAxis;

/** Sorted, no repeats: example first, then the others by name. */
export type OuterAxes = readonly OuterAxis[];

export const shared: OuterAxes = [];
/** One value per sequence: start states, what arrives at them. */
export const perExample: OuterAxes = ['example'];
/** One value per example and step: inputs, states, most equations. */
export const perStep: OuterAxes = ['example', ownTime];

export interface TensorType {
  /** Per example and per step, slowest axis first; [] is a scalar. */
  readonly shape: readonly Dim[];
  readonly outer: OuterAxes;
  /** `index`: a whole number, kept in a 32-bit integer lane. */
  readonly element: 'real' | 'index';
}

export function unionOuter(...axes: readonly OuterAxes[]): OuterAxes {
  const [first, ...others] = axes;
  if (first !== undefined && others.every((other) => sameOuter(first, other))) return first;
  const all = [...new Set(axes.flat())];
  return all.sort((a, b) => (a === b ? 0 : a === 'example' ? -1 : b === 'example' ? 1 : a < b ? -1 : 1));
}

/** The sizes that a value varies over besides its shape, by name. */
export function oversOf(outer: OuterAxes): readonly string[] {
  return outer.flatMap((axis) => (axis.startsWith('over:') ? [axis.slice('over:'.length)] : []));
}

export const withoutOver = (outer: OuterAxes, name: string): OuterAxes =>
  outer.filter((axis) => axis !== `over:${name}`);

/** Outer axes as the graph has them: what varies over a size has an axis more in its shape there. */
export const withoutOvers = (outer: OuterAxes): OuterAxes =>
  outer.filter((axis) => !axis.startsWith('over:'));

export function sameOuter(a: OuterAxes, b: OuterAxes): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

/** `[4*H, I]`, as the user would write it. */
export function formatShape(shape: readonly Dim[]): string {
  return `[${shape.map(formatDim).join(', ')}]`;
}
