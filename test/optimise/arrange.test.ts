import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../compiler/autodiff/differentiate.ts';
import { boundSizes, checkedCell, frozenParameters } from '../../compiler/compile.ts';
import { bind } from '../../compiler/graph/bind.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import type { TrainingGraph } from '../../compiler/graph/graph.ts';
import { phasesOf } from '../../compiler/graph/phase.ts';
import { printGraph } from '../../compiler/graph/print.ts';
import { resultsOf } from '../../compiler/graph/results.ts';
import { toGraph } from '../../compiler/graph/toGraph.ts';
import { verifyGraph } from '../../compiler/graph/verify.ts';
import { arrange, arrangements } from '../../compiler/optimise/arrange.ts';
import { optimise } from '../../compiler/optimise/passes.ts';
import type { Source } from '../../compiler/source/source.ts';
import { type RandomCell, randomCell } from '../support/randomCell.ts';
import { randomGates } from '../support/randomGates.ts';
import { randomGiven } from '../support/randomValues.ts';
import { files, headerOf, load } from '../zoo/files.ts';

/** What must not change of a result: its type and when it is known; of a leaf, all. */
function outside(graph: TrainingGraph): readonly unknown[] {
  const phases = phasesOf(graph);
  return resultsOf(graph).map((id) => {
    const { type, ...node } = graph.nodes[id]!;
    return [type, phases[id], node.form === 'leaf' ? node : undefined];
  });
}

/** Runs one pass after the other and compares what a caller can see; returns the passes that changed something. */
function checkPasses(
  random: Omit<RandomCell, 'text'> & Parameters<typeof randomGiven>[2],
  source: Source,
  demand: (isTame: boolean) => void = fc.pre,
): readonly string[] {
  const cell = checkedCell(source, { load, sizes: random.sizes });
  const binding = boundSizes(cell, random.sizes);
  const graph = optimise(differentiate(toGraph(cell, binding.sizes), frozenParameters(cell)));
  const given = randomGiven(cell, bind(graph, binding), random);
  const seen = (g: TrainingGraph) => {
    const { outputs, finals, loss, adjoint } = evaluateSequence(bind(g, binding), given);
    const { gradients, inputCotangents, startCotangents } = adjoint!;
    const maps = [outputs, finals, gradients, inputCotangents, startCotangents];
    return [...maps.flatMap((map) => [...map.values()].flatMap((values) => [...values])), ...(loss ?? [])];
  };
  const expected = seen(graph);
  // Sums are re-associated, so the last digits may differ; of huge values, many.
  demand(expected.every((value) => Math.abs(value) < 1e4));
  const changed: string[] = [];
  let current = graph;
  for (const { name, run } of arrangements) {
    const next = run(current);
    if (next === current) continue;
    verifyGraph(next);
    expect(outside(next), name).toEqual(outside(current));
    const errors = seen(next).map((x, i) => Math.abs(x - expected[i]!) / Math.max(1, Math.abs(expected[i]!)));
    expect(errors, name).toHaveLength(expected.length);
    expect(Math.max(...errors), name).toBeLessThan(1e-9);
    changed.push(name);
    current = next;
  }
  // A second time there is nothing left to do.
  const arranged = arrange(graph);
  expect(printGraph(arrange(arranged))).toBe(printGraph(arranged));
  expect(printGraph(arrange(current))).toBe(printGraph(arranged));
  return changed;
}

describe('arranging keeps the meaning', () => {
  it('of random cells with gates, pass by pass', () => {
    const times = new Map(arrangements.map(({ name }) => [name, 0]));
    fc.assert(
      fc.property(randomGates, ({ text, ...random }) => {
        for (const name of checkPasses(random, { name: 'test.rnn', text }))
          times.set(name, times.get(name)! + 1);
      }),
      { numRuns: 90, seed: 50_001, endOnFailure: true },
    );
    expect(Math.min(...times.values())).toBeGreaterThan(10);
  });

  it('of random cells of any kind', () => {
    fc.assert(
      fc.property(randomCell, ({ text, ...random }) => {
        checkPasses(random, { name: 'test.rnn', text });
      }),
      { numRuns: 50, seed: 50_002, endOnFailure: true },
    );
  });

  it.each(files)('of %s', (file) => {
    const { sizes, values } = headerOf(file);
    checkPasses({ sizes, values, steps: 4, batch: 2, seed: 3 }, load(file), () => {});
  });
});
