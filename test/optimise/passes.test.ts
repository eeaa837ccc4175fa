import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differentiate } from '../../compiler/autodiff/differentiate.ts';
import { boundSizes, checkedCell, frozenParameters } from '../../compiler/compile.ts';
import { bind } from '../../compiler/graph/bind.ts';
import { evaluateSequence, type SequenceResult } from '../../compiler/graph/evaluate.ts';
import { toGraph } from '../../compiler/graph/toGraph.ts';
import { passes } from '../../compiler/optimise/passes.ts';
import { randomCell } from '../support/randomCell.ts';
import { randomGiven } from '../support/randomValues.ts';

/** Everything a caller can see, as one list of numbers. */
function seen({ outputs, finals, loss, adjoint }: SequenceResult): readonly number[] {
  const maps = [outputs, finals, adjoint!.gradients, adjoint!.inputCotangents, adjoint!.startCotangents];
  return [...maps.flatMap((map) => [...map.values()].flatMap((values) => [...values])), ...(loss ?? [])];
}

it.each(passes)('$name keeps the meaning of random cells', (pass) => {
  let changed = 0;
  fc.assert(
    fc.property(randomCell, (random) => {
      const cell = checkedCell({ name: 'random.rnn', text: random.text });
      const graph = differentiate(toGraph(cell), frozenParameters(cell));
      const after = pass.run(graph);
      if (after.nodes.length !== graph.nodes.length) changed++;
      const binding = boundSizes(cell, random.sizes);
      const given = randomGiven(cell, bind(graph, binding), random);
      const [expected, actual] = [graph, after].map((g) => seen(evaluateSequence(bind(g, binding), given)));
      expect(actual).toEqual(expected);
    }),
    { numRuns: 60, seed: 40_001, endOnFailure: true },
  );
  expect(changed).toBeGreaterThan(10);
});
