import type { Cell, Input, Noise } from '../../compiler/cell/cell.ts';
import { type Dim, evaluateDim, formatDim, namedDim } from '../../compiler/cell/dim.ts';
import { oversOf, ownTime, type TensorType } from '../../compiler/cell/type.ts';
import type { Binding } from '../../compiler/graph/bind.ts';
import type { Expected } from './array.ts';

/** An array that a case may hold, or a result. */
export interface CaseArray extends Expected {
  readonly name: string;
  /** Entries are whole numbers 0 … count - 1; `symbol` is how the cell writes count. */
  readonly classes?: { readonly count: number; readonly symbol: string };
}

/** Every array of a cell, in order of declaration, at T steps of B rows. */
export interface CaseArrays {
  /** [...shape] */
  readonly parameters: readonly CaseArray[];
  /** [T, B, ...shape] where drawn per step, [B, ...shape] per sequence (per step, with resets), [...shape] per update */
  readonly noises: readonly CaseArray[];
  /** [T, B, ...shape]; what is given once per sequence, [B, ...shape] */
  readonly inputs: readonly CaseArray[];
  /** [T, B, ...shape] */
  readonly targets: readonly CaseArray[];
  /** [B, ...shape]: states, and what is kept of an input for `x_prev`. */
  readonly starts: readonly CaseArray[];
  /** [T, B, ...shape] */
  readonly outputCotangents: readonly CaseArray[];
  /** [B, ...shape] */
  readonly finalCotangents: readonly CaseArray[];
  /** [T, B] */
  readonly lossCotangent: CaseArray;
}

export function arraysOf(
  cell: Cell,
  { sizes }: Binding,
  steps: number,
  batch: number,
  hasResets = false,
): CaseArrays {
  const array = (
    what: string,
    name: string,
    outer: 'T' | 'B' | 'none',
    shape: readonly Dim[],
    classes?: Dim,
  ): CaseArray => ({
    what,
    name,
    axes: [...outerAxes[outer], ...shape.map(formatDim)],
    shape: [
      ...(outer === 'T' ? [steps, batch] : outer === 'B' ? [batch] : []),
      ...shape.map((dim) => evaluateDim(dim, sizes)),
    ],
    ...(classes === undefined
      ? {}
      : { classes: { count: evaluateDim(classes, sizes), symbol: formatDim(classes) } }),
  });
  const given = (kind: string) => (input: Input) =>
    array(
      `${kind} ${input.name}`,
      input.name,
      isPerSequence(input) ? 'B' : 'T',
      wholeShape(input.type),
      input.classes,
    );
  const lagged = [...cell.inputs, ...cell.targets].filter((input) => input.lagged);
  return {
    parameters: cell.parameters.map(({ name, shape }) => array(`parameter ${name}`, name, 'none', shape)),
    noises: cell.noises.map(({ name, shape, scope }) =>
      array(`noise ${name}`, name, noiseOuter(scope, hasResets), shape),
    ),
    inputs: cell.inputs.map(given('input')),
    targets: cell.targets.map(given('target')),
    starts: [
      ...cell.states.map(({ name, shape }) => array(`start of ${name}`, name, 'B', shape)),
      ...lagged.map(({ name, type, classes }) => array(`start of ${name}`, name, 'B', type.shape, classes)),
    ],
    outputCotangents: cell.outputs.map(({ name, value }) =>
      array(`cotangent of output ${name}`, name, 'T', wholeShape(value.type)),
    ),
    finalCotangents: cell.states.map(({ name, shape }) =>
      array(`cotangent of final ${name}`, name, 'B', shape),
    ),
    lossCotangent: array('cotangent of the loss', 'loss', 'T', []),
  };
}

export const isPerSequence = ({ type }: Input): boolean => !type.outer.includes(ownTime);

/** The shape of a value, with the sizes that it varies over before its own. */
export const wholeShape = ({ shape, outer }: TensorType): readonly Dim[] => [
  ...oversOf(outer).map(namedDim),
  ...shape,
];

/** A row with resets has several sequences, each with a draw of its own. */
export function noiseOuter(scope: Noise['scope'], hasResets: boolean): 'T' | 'B' | 'none' {
  if (scope === 'update') return 'none';
  return scope === 'step' || hasResets ? 'T' : 'B';
}

const outerAxes = { T: ['T', 'B'], B: ['B'], none: [] } as const;
