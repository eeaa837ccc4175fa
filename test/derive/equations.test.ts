import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compileStages, frozenParameters } from '../../compiler/compile.ts';
import { derive } from '../../compiler/derive/derive.ts';
import { printDerived } from '../../compiler/derive/print.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { randomCell } from '../support/randomCell.ts';
import { randomGiven } from '../support/randomValues.ts';
import { runPrinted } from './runText.ts';

const example = (path: string) => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { name, text: readFileSync(new URL(`../../dsl-examples/${name}`, import.meta.url), 'utf8') };
};

/** Holds gradients made with nothing but the printed equations against those of the graph. */
function compare(
  source: { name: string; text: string },
  options: CompileOptions,
  counts = { steps: 3, batch: 2, seed: 1 },
) {
  const stages = compileStages(source, { ...options, load: example });
  const text = printDerived(derive(stages.graph, frozenParameters(stages.cell)), 'text');
  const random = randomGiven(stages.cell, stages.bound, counts);
  // Where there is a loss, it alone is differentiated.
  const { outputCotangents, ...rest } = random;
  const given = stages.graph.loss === undefined ? { ...rest, outputCotangents: outputCotangents! } : rest;
  const expected = evaluateSequence(stages.bound, given);
  const { gradients, inputCotangents, startCotangents } = expected.adjoint!;
  const tame = [gradients, inputCotangents, startCotangents, expected.values]
    .flatMap((map) => [...map.values()])
    .every((array) => array.every((x) => Number.isFinite(x) && Math.abs(x) < 1e6));
  if (!tame) return { text, compared: 0 };
  const found = runPrinted(text, stages, given);
  let compared = 0;
  const check = (
    kind: string,
    wanted: ReadonlyMap<string, ArrayLike<number>>,
    got: ReadonlyMap<string, readonly number[]>,
  ) => {
    for (const [name, array] of wanted) {
      const printed = got.get(name);
      if (printed?.length !== array.length) throw new Error(`${kind} ${name} is not there\n${text}`);
      const scale = Math.max(1, ...Array.from(array, Math.abs));
      Array.from(array).forEach((x, i) => {
        const error = Math.abs(x - printed[i]!) / scale;
        if (!(error < 1e-8)) throw new Error(`${kind} ${name}[${i}]: ${printed[i]}, not ${x}\n${text}`);
        compared++;
      });
    }
  };
  check('value', expected.values, found.values);
  check('gradient', gradients, found.gradients);
  check('input', inputCotangents, found.inputCotangents);
  check('start', startCotangents, found.startCotangents);
  return { text, compared };
}

describe('the printed equations, computed by hand, give the gradients of the graph', () => {
  const cells: readonly (readonly [string, Record<string, number>])[] = [
    ['elman.rnn', { I: 2, H: 3 }],
    ['relu_rnn.rnn', { I: 2, H: 3 }],
    ['lstm.rnn', { I: 2, H: 3 }],
    ['lstm_stacked.rnn', { I: 2, H: 3 }],
    ['peephole_lstm.rnn', { I: 2, H: 2 }],
    ['gru.rnn', { I: 2, H: 3 }],
    ['gru_reset_after.rnn', { I: 2, H: 3 }],
    ['mgu.rnn', { I: 2, H: 3 }],
    ['mingru.rnn', { I: 2, H: 3 }],
    ['matrix_memory.rnn', { I: 2, K: 3, V: 2 }],
    ['residual_stack.rnn', { I: 2, H: 2 }],
    ['learned_start.rnn', { I: 2, H: 3 }],
    ['char_model.rnn', { V: 4, D: 2, H: 3 }],
    ['forecaster.rnn', { H: 2 }],
  ];
  it.each(cells)('of %s', (name, sizes) => {
    expect(compare(example(name), { sizes }).compared).toBeGreaterThan(10);
  });

  it('of random cells', () => {
    let compared = 0;
    fc.assert(
      fc.property(randomCell, (random) => {
        const source = { name: 'random.rnn', text: random.text };
        compared += compare(source, { sizes: random.sizes }, random).compared;
      }),
      { numRuns: 80, seed: 30_001 },
    );
    expect(compared).toBeGreaterThan(2000);
  });
});
