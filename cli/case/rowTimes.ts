import type { Cell } from '../../compiler/cell/cell.ts';
import type { SequenceGiven, SequenceResult } from '../../compiler/graph/evaluate.ts';
import { rowControls } from '../../compiler/graph/rows.ts';

type Arrays = ReadonlyMap<string, Float64Array>;

/** What rows do apart from one another. */
export interface RowTimes {
  /** [batch], each 1 … steps; all steps where absent. */
  readonly lengths?: readonly number[] | undefined;
  /** [steps, batch]: not 0 where the row begins a new sequence with this step. */
  readonly resets?: Float64Array | undefined;
}

/**
 * What is given, with what a cell compiled for `lengths` and `resets` is told of its rows. In padding a class number stays
 * what it was: the last one that is kept for `token_prev`, which the result shows, is that of the row's own last step.
 */
export function withRowTimes(given: SequenceGiven, cell: Cell, { lengths, resets }: RowTimes): SequenceGiven {
  if (lengths === undefined && resets === undefined) return given;
  const { steps, batch, stepsBefore } = given;
  const perPlace = (of: (t: number, row: number) => number) =>
    Float64Array.from({ length: steps * batch }, (_, i) => of(Math.floor(i / batch), i % batch));
  const inputs = new Map(given.inputs);
  inputs.set(
    rowControls.ended,
    perPlace((t, row) => Number(t >= (lengths?.[row] ?? steps))),
  );
  if (resets !== undefined) {
    inputs.set(rowControls.reset, resets);
    const begun = Array.from({ length: batch }, (_, row) => -(stepsBefore?.[row] ?? 0));
    const offsets = Array<number>(batch).fill(0);
    inputs.set(
      rowControls.stepOffset,
      perPlace((t, row) => {
        if (resets[t * batch + row] !== 0) offsets[row] = begun[row]! - t;
        return offsets[row]!;
      }),
    );
  }
  for (const { name, classes } of [...cell.inputs, ...cell.targets]) {
    const held = inputs.get(name);
    if (classes === undefined || held === undefined || lengths === undefined) continue;
    inputs.set(
      name,
      perPlace((t, row) => held[Math.min(t, lengths[row]! - 1) * batch + row]!),
    );
  }
  return { ...given, inputs };
}

/** A result with zeros in the padding, also of values of equations, which may be anything there. */
export function withoutPadding(
  result: SequenceResult,
  { steps, batch }: SequenceGiven,
  { lengths }: RowTimes,
): SequenceResult {
  if (lengths === undefined) return result;
  const places = steps * batch;
  const cleared = (values: ArrayLike<number>) => {
    const entries = values.length / places;
    return Float64Array.from(values, (x, i) => {
      const place = Math.floor(i / entries);
      return Math.floor(place / batch) < lengths[place % batch]! ? x : 0;
    });
  };
  const all = (arrays: ReadonlyMap<string, ArrayLike<number>>): Arrays =>
    new Map([...arrays].map(([name, values]) => [name, cleared(values)]));
  return {
    ...result,
    outputs: all(result.outputs),
    values: all(result.values),
    ...(result.loss && { loss: cleared(result.loss) }),
  };
}
