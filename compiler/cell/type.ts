import { type Dim, formatDim } from './dim.ts';

/**
 * An axis along which a value varies besides its shape. Equations are written per example and per step; where a value
 * varies is part of its type. `'example'` is the row of the batch, `'time:T'` a time axis (a cell has the one, T; a
 * network may have several). No outer axis: shared by all, known once per update (parameters, constants).
 */
export type OuterAxis = 'example' | `time:${string}`;

/** The time axis of a cell's own steps. */
export const ownTime = 'time:T' satisfies OuterAxis;

/** Sorted, no repeats: example first, then time axes by name. */
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

export function sameOuter(a: OuterAxes, b: OuterAxes): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

/** `[4*H, I]`, as the user would write it. */
export function formatShape(shape: readonly Dim[]): string {
  return `[${shape.map(formatDim).join(', ')}]`;
}
