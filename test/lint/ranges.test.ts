import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differentiate } from '../../compiler/autodiff/differentiate.ts';
import { boundSizes, checkedCell, frozenParameters } from '../../compiler/compile.ts';
import { bind } from '../../compiler/graph/bind.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { toGraph } from '../../compiler/graph/toGraph.ts';
import { Ranges } from '../../compiler/lint/ranges.ts';
import { randomCell } from '../support/randomCell.ts';
import { randomGiven } from '../support/randomValues.ts';

it('every value of a random cell lies in its range', () => {
  let bounded = 0;
  fc.assert(
    fc.property(randomCell, (random) => {
      const source = { name: 'random.rnn', text: random.text };
      const cell = checkedCell(source);
      const ranges = new Ranges(cell);
      const graph = differentiate(toGraph(cell), frozenParameters(cell));
      const bound = bind(graph, boundSizes(cell, random.sizes));
      const { values } = evaluateSequence(bound, randomGiven(cell, bound, random));
      for (const { name, value } of cell.equations) {
        const { low, high } = ranges.of(value);
        const slack = (x: number) => 1e-9 * Math.max(1, Math.abs(x));
        if (Number.isFinite(low) || Number.isFinite(high)) bounded++;
        for (const x of values.get(name) ?? []) {
          if (x < low - slack(low) || x > high + slack(high))
            throw new Error(`${name} is ${x}, outside [${low}, ${high}]`);
        }
      }
    }),
    { numRuns: 80, seed: 43_001, endOnFailure: true },
  );
  expect(bounded).toBeGreaterThan(80);
});
