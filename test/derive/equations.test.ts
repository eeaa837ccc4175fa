import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateDim } from '../../compiler/cell/dim.ts';
import { type CompileOptions, compileStages, frozenParameters, type Stages } from '../../compiler/compile.ts';
import { derive } from '../../compiler/derive/derive.ts';
import { printDerived } from '../../compiler/derive/print.ts';
import { unroll } from '../../compiler/derive/unroll.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { randomCell } from '../support/randomCell.ts';
import { type RandomGiven, randomGiven } from '../support/randomValues.ts';
import { evaluateFormula, parseFormula, type Value } from './evaluateText.ts';
import { runPrinted } from './runText.ts';
import { equationsOf, example } from './support.ts';

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

describe('unrolled equations, computed by hand', () => {
  const prepared = (name: string, sizes: Record<string, number>) => {
    const stages = compileStages(example(name), { sizes, load: example });
    const given = randomGiven(stages.cell, stages.bound, { steps: 3, batch: 1, seed: 2 });
    return { stages, given, unrolled: unroll(stages.graph, 3, 'text') };
  };
  const shapeOf = ({ graph, bound }: Stages, node: number) =>
    graph.nodes[node]!.type.shape.map((dim) => evaluateDim(dim, bound.binding.sizes));
  const known = (stages: Stages, given: RandomGiven, values: ReadonlyMap<string, Float64Array>) => {
    const names = new Map<string, Value>();
    for (const [name, size] of stages.bound.binding.sizes) names.set(name, { shape: [], data: [size] });
    for (const { name, node } of stages.graph.parameters) {
      names.set(name, { shape: shapeOf(stages, node), data: [...given.parameters.get(name)!] });
    }
    const perStep = (
      list: readonly { name: string; node: number }[],
      arrays: ReadonlyMap<string, Float64Array>,
    ) => {
      for (const { name, node } of list) {
        const shape = shapeOf(stages, node);
        const size = shape.reduce((a, b) => a * b, 1);
        for (let t = 0; t < 3; t++) {
          const data = arrays.get(name)!.subarray(t * size, (t + 1) * size);
          names.set(`${name}_${t + 1}`, { shape, data: [...data] });
        }
      }
    };
    perStep(stages.graph.inputs, given.inputs);
    perStep(
      stages.graph.values.filter(({ name }) => values.has(name)),
      values,
    );
    return names;
  };
  const close = (found: Value, expected: ArrayLike<number>) => {
    expect(found.data.length).toBe(expected.length);
    found.data.forEach((x, i) => {
      expect(x).toBeCloseTo(expected[i]!, 9);
    });
  };

  it.each([
    ['elman.rnn', { I: 2, H: 3 }],
    ['mingru.rnn', { I: 2, H: 3 }],
  ])('give the last state and the way back to the first: %s', (name, sizes) => {
    const { stages, given, unrolled } = prepared(name, sizes);
    // The chain is that of the last state's cotangent alone.
    const { outputCotangents: _, ...lastOnly } = given;
    const expected = evaluateSequence(stages.bound, lastOnly);
    const names = known(stages, given, expected.values);
    names.set('h_0', { shape: [3], data: [0, 0, 0] });
    names.set('h_3_bar', { shape: [3], data: [...given.finalCotangents!.get('h')!] });
    const values = equationsOf(unrolled).map((line) => line.slice(line.indexOf(' = ') + 3));
    const [forward, back] = [values[0], values.at(-1)];
    close(
      evaluateFormula(parseFormula(forward!), (n) => (n === 'h_3' ? undefined : names.get(n))),
      expected.finals.get('h')!,
    );
    close(
      evaluateFormula(parseFormula(back!), (n) => names.get(n)),
      expected.adjoint!.startCotangents.get('h')!,
    );
  });

  it.each([
    ['lstm.rnn', { I: 2, H: 3 }],
    ['gru.rnn', { I: 2, H: 3 }],
    ['matrix_memory.rnn', { I: 2, K: 3, V: 2 }],
  ])('give the gradients, step by step: %s', (name, sizes) => {
    const { stages, given, unrolled } = prepared(name, sizes);
    const expected = evaluateSequence(stages.bound, given);
    const names = known(stages, given, new Map());
    for (const { name: output, node } of stages.graph.outputs) {
      const shape = shapeOf(stages, node);
      const size = shape.reduce((a, b) => a * b, 1);
      for (let t = 0; t < 3; t++) {
        const data = given.outputCotangents!.get(output)!.subarray(t * size, (t + 1) * size);
        names.set(`${output}_${t + 1}_bar_out`, { shape, data: [...data] });
      }
    }
    const stateShape = new Map(
      stages.graph.states.map((state) => [state.name, shapeOf(stages, state.previous)]),
    );
    for (const [state, shape] of stateShape) {
      names.set(`${state}_3_bar_next`, { shape, data: [...given.finalCotangents!.get(state)!] });
    }
    for (const line of equationsOf(unrolled)) {
      const [target, text] = [line.slice(0, line.indexOf(' = ')), line.slice(line.indexOf(' = ') + 3)];
      const value = evaluateFormula(parseFormula(text), (n) => names.get(n));
      const shape = stateShape.get(target.replace(/_0$/, ''));
      const whole = value.shape.length === 0 && shape !== undefined && target.endsWith('_0');
      const fill = () => new Array(shape!.reduce((a, b) => a * b, 1)).fill(value.data[0]);
      names.set(target, whole ? { shape: shape!, data: fill() } : value);
    }
    for (const [parameter, gradient] of expected.adjoint!.gradients)
      close(names.get(`${parameter}_bar`)!, gradient);
  });
});
