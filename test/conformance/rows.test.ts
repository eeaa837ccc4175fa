import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bufferNames } from '../../compiler/plan/plan.ts';
import { randomCell } from '../support/randomCell.ts';
import { randomGiven } from '../support/randomValues.ts';
import { runProgram } from '../support/runProgram.ts';
import { stagesOf } from '../support/stages.ts';

type Arrays = ReadonlyMap<string, ArrayLike<number>>;

it('a row has the same bits alone and in a batch, whatever the window', () => {
  const [batch, row] = [3, 1];
  fc.assert(
    fc.property(randomCell, ({ text, sizes, steps, seed }) => {
      const whole = stagesOf(text, { sizes, batch, window: steps });
      const alone = stagesOf(text, { sizes, batch: 1, window: steps + 2 });
      const given = randomGiven(whole.cell, whole.bound, { steps, batch, seed, starts: seed % 2 === 0 });

      /** One row of [blocks, batch, ...shape]. */
      const rowOf = (values: ArrayLike<number>, blocks: number) => {
        const entries = values.length / (blocks * batch);
        return Float64Array.from({ length: blocks * entries }, (_, i) => {
          const block = Math.floor(i / entries);
          return values[(block * batch + row) * entries + (i % entries)]!;
        });
      };
      const rowsOf = (arrays: Arrays | undefined, blocks: number) =>
        new Map([...(arrays ?? [])].map(([name, values]) => [name, rowOf(values, blocks)]));
      const together = runProgram(whole, given, 'js');
      const single = runProgram(
        alone,
        {
          steps,
          batch: 1,
          parameters: given.parameters,
          inputs: rowsOf(given.inputs, steps),
          ...(given.starts === undefined ? {} : { starts: rowsOf(given.starts, 1) }),
          outputCotangents: rowsOf(given.outputCotangents, steps),
          finalCotangents: rowsOf(given.finalCotangents, 1),
          lossWeights: rowOf(given.lossWeights!, steps),
        },
        'js',
      );
      const { outputs, adjoint } = whole.bound.graph;
      const perStep = [
        ...outputs.map(({ name }) => bufferNames.output(name)),
        ...adjoint.inputs.map(({ name }) => bufferNames.inputCotangent(name)),
      ];
      for (const name of perStep) {
        const expected = rowOf(together.buffer(name), steps);
        expect(Float64Array.from(single.buffer(name)).subarray(0, expected.length), name).toEqual(expected);
      }
      for (const { name } of adjoint.states) {
        const buffer = bufferNames.stateCotangent(name);
        expect(Float64Array.from(single.buffer(buffer)), buffer).toEqual(rowOf(together.buffer(buffer), 1));
      }
    }),
    { numRuns: 40, seed: 30_003, endOnFailure: true },
  );
});
