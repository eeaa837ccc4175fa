import type { SequenceAdjoint, SequenceGiven, SequenceResult } from '../../compiler/graph/evaluate.ts';

type Arrays = ReadonlyMap<string, Float64Array>;
type Run = (given: SequenceGiven) => SequenceResult;

/** What rows do apart from one another. */
export interface RowTimes {
  /** [batch], each 1 … steps; all steps where absent. */
  readonly lengths?: readonly number[];
  /** [steps, batch]: not 0 where the row begins a new sequence with this step. */
  readonly resets?: Float64Array;
}

/** The steps `from` … `to - 1` of a row: all of one sequence, or what a window has of it. */
interface Piece {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  /** Whether it goes on from what came before the first step. */
  readonly carriesOn: boolean;
  /** Whether it is the row's last. */
  readonly ends: boolean;
}

/**
 * Rows of different lengths, and rows that begin anew: each sequence is run alone, with its own steps, and the results
 * are put together. What stands in padding is 0; final states are those after each row's own last step; gradients of
 * parameters are added sequence after sequence.
 *
 * @param round  how a sum is rounded: to f32 for kernels
 */
export function runRows(
  given: SequenceGiven,
  times: RowTimes,
  run: Run,
  round: (x: number) => number,
): SequenceResult {
  const { steps, batch } = given;
  const pieces = piecesOf(steps, batch, times);
  const results = pieces.map((piece) => run(cut(given, piece)));
  const perStep = (pick: (result: SequenceResult) => Arrays) =>
    joined(results.map(pick), (parts) => inPlace(parts, pieces, steps, batch));
  const perRow = (pick: (result: SequenceResult) => Arrays, of: (piece: Piece) => boolean) =>
    joined(results.map(pick), (parts) => rowsOf(parts, pieces, batch, of));
  const losses = results.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
  return {
    outputs: perStep(({ outputs }) => outputs),
    values: perStep(({ values }) => values),
    finals: perRow(
      ({ finals }) => finals,
      ({ ends }) => ends,
    ),
    ...(losses.length < pieces.length ? {} : { loss: inPlace(losses, pieces, steps, batch) }),
    ...adjointOf(),
  };

  function adjointOf(): { readonly adjoint?: SequenceAdjoint } {
    const adjoints = results.flatMap(({ adjoint }) => (adjoint === undefined ? [] : [adjoint]));
    if (adjoints.length < pieces.length) return {};
    return {
      adjoint: {
        gradients: joined(
          adjoints.map(({ gradients }) => gradients),
          (parts) => parts.reduce((sum, part) => sum.map((x, i) => round(x + part[i]!))),
        ),
        inputCotangents: perStep(({ adjoint }) => adjoint!.inputCotangents),
        startCotangents: perRow(
          ({ adjoint }) => adjoint!.startCotangents,
          ({ carriesOn }) => carriesOn,
        ),
      },
    };
  }
}

function piecesOf(steps: number, batch: number, { lengths, resets }: RowTimes): readonly Piece[] {
  return Array.from({ length: batch }, (_, row) => row).flatMap((row): readonly Piece[] => {
    const length = lengths?.[row] ?? steps;
    const begins = Array.from({ length }, (_, t) => t).filter((t) => (resets?.[t * batch + row] ?? 0) !== 0);
    const cuts = begins[0] === 0 ? begins : [0, ...begins];
    return cuts.map((from, i) => ({
      row,
      from,
      to: cuts[i + 1] ?? length,
      carriesOn: i === 0 && begins[0] !== 0,
      ends: i === cuts.length - 1,
    }));
  });
}

/** One piece as a batch of its own. */
function cut(given: SequenceGiven, { row, from, to, carriesOn, ends }: Piece): SequenceGiven {
  const { steps, batch, parameters, lossWeights, stepsBefore } = given;
  const perStep = (values: Float64Array) => {
    const entries = values.length / (steps * batch);
    const kept = new Float64Array((to - from) * entries);
    for (let t = from; t < to; t++) {
      const start = (t * batch + row) * entries;
      kept.set(values.subarray(start, start + entries), (t - from) * entries);
    }
    return kept;
  };
  const perRow = (values: Float64Array) => {
    const entries = values.length / batch;
    return values.slice(row * entries, (row + 1) * entries);
  };
  const each = (arrays: Arrays | undefined, part: (values: Float64Array) => Float64Array) =>
    new Map([...(arrays ?? [])].map(([name, values]) => [name, part(values)]));
  return {
    steps: to - from,
    batch: 1,
    parameters,
    inputs: each(given.inputs, perStep),
    starts: carriesOn ? each(given.starts, perRow) : new Map(),
    outputCotangents: each(given.outputCotangents, perStep),
    finalCotangents: ends ? each(given.finalCotangents, perRow) : new Map(),
    ...(lossWeights === undefined ? {} : { lossWeights: perStep(lossWeights) }),
    ...(stepsBefore === undefined || !carriesOn ? {} : { stepsBefore: [stepsBefore[row]!] }),
  };
}

function joined(pieces: readonly Arrays[], join: (parts: readonly Float64Array[]) => Float64Array): Arrays {
  return new Map(
    [...pieces[0]!.keys()].map((name) => [name, join(pieces.map((arrays) => arrays.get(name)!))]),
  );
}

/** [steps, batch, ...shape] from [piece's steps, ...shape], zeros elsewhere. */
function inPlace(
  parts: readonly Float64Array[],
  pieces: readonly Piece[],
  steps: number,
  batch: number,
): Float64Array {
  const entries = parts[0]!.length / (pieces[0]!.to - pieces[0]!.from);
  const all = new Float64Array(steps * batch * entries);
  for (const [i, { row, from, to }] of pieces.entries()) {
    for (let t = from; t < to; t++) {
      const part = parts[i]!.subarray((t - from) * entries, (t - from + 1) * entries);
      all.set(part, (t * batch + row) * entries);
    }
  }
  return all;
}

/** [batch, ...shape] from the chosen piece of each row; zeros for a row without one. */
function rowsOf(
  parts: readonly Float64Array[],
  pieces: readonly Piece[],
  batch: number,
  of: (piece: Piece) => boolean,
): Float64Array {
  const entries = parts[0]!.length;
  const all = new Float64Array(batch * entries);
  for (const [i, piece] of pieces.entries()) if (of(piece)) all.set(parts[i]!, piece.row * entries);
  return all;
}
