import type { SequenceAdjoint, SequenceGiven, SequenceResult } from '../../compiler/graph/evaluate.ts';

type Arrays = ReadonlyMap<string, Float64Array>;
type Run = (given: SequenceGiven) => SequenceResult;

/**
 * Rows of different lengths: each is run alone, with its own number of steps, and the results are put together. What
 * stands in padding is 0; final states are those after each row's own last step; gradients of parameters are added row
 * after row.
 *
 * @param lengths  [batch], each 1 … steps
 * @param round    how a sum is rounded: to f32 for kernels
 */
export function runRows(
  given: SequenceGiven,
  lengths: readonly number[],
  run: Run,
  round: (x: number) => number,
): SequenceResult {
  const { steps, batch } = given;
  const rows = lengths.map((length, row) => run(rowOf(given, row, length)));
  const perStep = (pick: (result: SequenceResult) => Arrays) =>
    joined(rows.map(pick), (parts) => padded(parts, lengths, steps));
  const perRow = (pick: (result: SequenceResult) => Arrays) => joined(rows.map(pick), endToEnd);
  const losses = rows.flatMap(({ loss }) => (loss === undefined ? [] : [loss]));
  return {
    outputs: perStep(({ outputs }) => outputs),
    values: perStep(({ values }) => values),
    finals: perRow(({ finals }) => finals),
    ...(losses.length < batch ? {} : { loss: padded(losses, lengths, steps) }),
    ...adjointOf(),
  };

  function adjointOf(): { readonly adjoint?: SequenceAdjoint } {
    if (rows.some(({ adjoint }) => adjoint === undefined)) return {};
    return {
      adjoint: {
        gradients: joined(
          rows.map(({ adjoint }) => adjoint!.gradients),
          (parts) => parts.reduce((sum, part) => sum.map((x, i) => round(x + part[i]!))),
        ),
        inputCotangents: perStep(({ adjoint }) => adjoint!.inputCotangents),
        startCotangents: perRow(({ adjoint }) => adjoint!.startCotangents),
      },
    };
  }
}

/** One row of a batch, its first `length` steps, as a batch of its own. */
function rowOf(given: SequenceGiven, row: number, length: number): SequenceGiven {
  const { steps, batch, parameters, lossWeights, stepsBefore } = given;
  const perStep = (values: Float64Array) => {
    const entries = values.length / (steps * batch);
    const cut = new Float64Array(length * entries);
    for (let t = 0; t < length; t++) {
      const from = (t * batch + row) * entries;
      cut.set(values.subarray(from, from + entries), t * entries);
    }
    return cut;
  };
  const perRow = (values: Float64Array) => {
    const entries = values.length / batch;
    return values.slice(row * entries, (row + 1) * entries);
  };
  const each = (arrays: Arrays | undefined, cut: (values: Float64Array) => Float64Array) =>
    new Map([...(arrays ?? [])].map(([name, values]) => [name, cut(values)]));
  return {
    steps: length,
    batch: 1,
    parameters,
    inputs: each(given.inputs, perStep),
    starts: each(given.starts, perRow),
    outputCotangents: each(given.outputCotangents, perStep),
    finalCotangents: each(given.finalCotangents, perRow),
    ...(lossWeights === undefined ? {} : { lossWeights: perStep(lossWeights) }),
    ...(stepsBefore === undefined ? {} : { stepsBefore: [stepsBefore[row]!] }),
  };
}

function joined(rows: readonly Arrays[], join: (parts: readonly Float64Array[]) => Float64Array): Arrays {
  return new Map([...rows[0]!.keys()].map((name) => [name, join(rows.map((row) => row.get(name)!))]));
}

/** [steps, rows, ...shape] from [length, ...shape] per row, zeros behind. */
function padded(parts: readonly Float64Array[], lengths: readonly number[], steps: number): Float64Array {
  const entries = parts[0]!.length / lengths[0]!;
  const all = new Float64Array(steps * parts.length * entries);
  for (const [row, part] of parts.entries()) {
    for (let t = 0; t < lengths[row]!; t++) {
      all.set(part.subarray(t * entries, (t + 1) * entries), (t * parts.length + row) * entries);
    }
  }
  return all;
}

function endToEnd(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}
