import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differentiate } from '../../compiler/autodiff/differentiate.ts';
import { boundSizes, checkedCell, graphStages } from '../../compiler/compile.ts';
import { bind } from '../../compiler/graph/bind.ts';
import { evaluateSequence, type SequenceGiven } from '../../compiler/graph/evaluate.ts';
import { toGraph } from '../../compiler/graph/toGraph.ts';
import { numericsPage } from '../../compiler/optimise/stable/docs.ts';
import { stableRewrites } from '../../compiler/optimise/stable/rewrites.ts';
import { stabilise } from '../../compiler/optimise/stable/stabilise.ts';
import { bufferNames } from '../../compiler/plan/plan.ts';
import {
  add,
  divide,
  exponential as exp,
  logarithm as log,
  multiply,
  negative,
  one,
  type Precise,
  precise,
  squareRoot,
  subtract,
  toNumber,
} from '../support/precise.ts';
import { runProgram } from '../support/runProgram.ts';
import { stagesOf } from '../support/stages.ts';

type Meaning = (...x: readonly Precise[]) => Precise;

interface Case {
  readonly pattern: string;
  /** Over the scalars x, a, b, c, or the vector v = [a; b; c]. */
  readonly text: string;
  readonly meaning: Meaning;
  /** A value near 0 is a difference of larger ones, so that its error counts as a share of 1. */
  readonly isDifference?: true;
  /** Where the arguments lie, [low, high]; default -800 to 800. */
  readonly range?: readonly [number, number];
}

const sigmoid = (x: Precise) => divide(one, add(one, exp(negative(x))));
const sum = (...xs: readonly Precise[]) => xs.reduce(add);

const two = add(one, one);
const weightedMean = '(u*exp(a) + v*exp(b))/(exp(a) + exp(b))';
const meanOf = (v: readonly Precise[]) => {
  const above = v.map((x, i) => multiply(exp(x), precise(i - 1)));
  return divide(sum(...above), sum(...v.map((x) => exp(x))));
};

/* Meanings are the patterns themselves, in arithmetic that neither overflows nor cancels. */
const cases: readonly Case[] = [
  {
    pattern: 'log(softmax(v))',
    isDifference: true,
    text: 'log(softmax(v))[1]',
    meaning: (a, b, c) => log(divide(exp(b), sum(exp(a), exp(b), exp(c)))),
  },
  {
    pattern: 'log(softmax(v))',
    isDifference: true,
    text: 'log((exp(v)/sum(exp(v)))[2])',
    meaning: (a, b, c) => log(divide(exp(c), sum(exp(a), exp(b), exp(c)))),
  },
  {
    pattern: 'log(softmax(v))',
    isDifference: true,
    text: 'log(softmax(v)[k])',
    meaning: (a, b, c) => log(divide(exp(a), sum(exp(a), exp(b), exp(c)))),
  },
  {
    pattern: 'exp(v)/sum(exp(v))',
    text: '(exp(v)/sum(exp(v)))[0]',
    meaning: (a, b, c) => divide(exp(a), sum(exp(a), exp(b), exp(c))),
  },
  {
    pattern: 'exp(v)/sum(exp(v))',
    text: '(exp(M)/col(sum(exp(M), 1)))[1][0]',
    meaning: (a, b, c) => divide(exp(multiply(precise(2), a)), sum(...[a, b, c].map((x) => exp(add(x, x))))),
    range: [-400, 400],
  },
  {
    pattern: 'sum(exp(v)*z)/sum(exp(v))',
    isDifference: true,
    text: 'sum(exp(v)*[-1; 0; 1])/sum(exp(v))',
    meaning: (...v) => meanOf(v),
  },
  {
    pattern: 'sum(exp(v)*z)/sum(exp(v))',
    isDifference: true,
    text: 'dot([-1; 0; 1], exp(v))/sum(exp(v))',
    meaning: (...v) => meanOf(v),
  },
  {
    pattern: 'sum(exp(v)*z)/sum(exp(v))',
    isDifference: true,
    text: '((exp(M) @ [-1; 0; 1])/sum(exp(M), 1))[1]',
    meaning: (...v) => meanOf(v.map((x) => add(x, x))),
    range: [-400, 400],
  },
  {
    pattern: 'sum(exp(v)*z)/sum(exp(v))',
    isDifference: true,
    text: '((exp(M).T @ [1; 0])/sum(exp(M), 0))[1]',
    meaning: (_a, b) => divide(exp(b), add(exp(b), exp(add(b, b)))),
    range: [-400, 400],
  },
  {
    pattern: 'log(sum(exp(v)))',
    isDifference: true,
    text: 'log(sum(exp(v)))',
    meaning: (a, b, c) => log(sum(exp(a), exp(b), exp(c))),
  },
  {
    pattern: 'sqrt(sum(v*v))',
    text: 'sqrt(sum(v^2))',
    meaning: (...v) => squareRoot(sum(...v.map((x) => multiply(x, x)))),
    range: [1, 800],
  },
  {
    pattern: 'sqrt(sum(v*v))',
    text: 'sqrt(dot(v, v))',
    meaning: (...v) => squareRoot(sum(...v.map((x) => multiply(x, x)))),
    range: [1, 800],
  },
  {
    pattern: 'log(1 - sigmoid(x))',
    text: 'log(1 - sigmoid(x))',
    meaning: (x) => log(subtract(one, sigmoid(x))),
  },
  { pattern: 'log(sigmoid(x))', text: 'log(sigmoid(x))', meaning: (x) => log(sigmoid(x)) },
  { pattern: 'log(1 + exp(x))', text: 'log(exp(x) + 1)', meaning: (x) => log(add(one, exp(x))) },
  { pattern: 'log1p(exp(x))', text: 'log1p(exp(x))', meaning: (x) => log(add(one, exp(x))) },
  {
    pattern: 'log1p(-sigmoid(x))',
    text: 'log1p(-sigmoid(x))',
    meaning: (x) => log(subtract(one, sigmoid(x))),
  },
  {
    pattern: 'log1p(-sigmoid(x))',
    text: 'log(1 - 1/(1 + exp(-x)))',
    meaning: (x) => log(subtract(one, sigmoid(x))),
  },
  {
    pattern: 'log(exp(x) - 1)',
    text: 'log(exp(x) - 1)',
    meaning: (x) => log(subtract(exp(x), one)),
    range: [1 / 64, 800],
  },
  {
    pattern: 'log(1 - exp(x))',
    text: 'log(1 - exp(x))',
    meaning: (x) => log(subtract(one, exp(x))),
    range: [-300, -1 / 64],
  },
  {
    pattern: 'log(1 - exp(x))',
    text: 'log(1 - exp(x*0.0000001))',
    meaning: (x) => log(subtract(one, exp(multiply(x, small)))),
    range: [-800, -1],
  },
  { pattern: 'log(exp(x))', text: 'log(exp(x))', meaning: (x) => x },
  { pattern: 'log(1 + x)', text: 'log(1 + x*0.0000001)', meaning: (x) => log(add(one, multiply(x, small))) },
  {
    pattern: 'log(1 - x)',
    text: 'log(1 - x*0.0000001)',
    meaning: (x) => log(subtract(one, multiply(x, small))),
  },
  { pattern: '1 - sigmoid(x)', text: '1 - sigmoid(x)', meaning: (x) => subtract(one, sigmoid(x)) },
  {
    pattern: '1 - sigmoid(x)',
    text: 'x/(1 - sigmoid(x)) + sigmoid(x)',
    meaning: (x) => add(divide(x, subtract(one, sigmoid(x))), sigmoid(x)),
    // Beyond, the slope of a quotient overflows where the quotient itself does not yet.
    range: [-60, 40],
  },
  {
    pattern: '(exp(x) - exp(-x))/(exp(x) + exp(-x))',
    text: '(exp(x) - exp(-x))/(exp(-x) + exp(x))',
    meaning: (x) => divide(subtract(exp(x), exp(negative(x))), add(exp(x), exp(negative(x)))),
  },
  {
    pattern: '(exp(x) - 1)/(exp(x) + 1)',
    text: '(exp(x) - 1)/(exp(x) + 1)',
    meaning: (x) => divide(subtract(exp(x), one), add(exp(x), one)),
  },
  {
    pattern: '(1 - exp(x))/(1 + exp(x))',
    text: '(1 - exp(-2*x))/(1 + exp(-2*x))',
    meaning: (x) => divide(subtract(one, exp(negative(add(x, x)))), add(one, exp(negative(add(x, x))))),
  },
  {
    pattern: 'exp(a)/(exp(a) + exp(b))',
    text: 'exp(a)/(exp(b) + exp(a))',
    meaning: (a, b) => divide(exp(a), add(exp(a), exp(b))),
  },
  {
    pattern: 'exp(x)/(1 + exp(x))',
    text: 'exp(x)/(1 + exp(x))',
    meaning: (x) => divide(exp(x), add(one, exp(x))),
  },
  {
    pattern: 'exp(x)/(1 + exp(x))',
    text: 'exp(-x)/(1 + exp(-x))',
    meaning: (x) => sigmoid(negative(x)),
  },
  { pattern: '1/(1 + exp(x))', text: '1/(1 + exp(-x))', meaning: (x) => sigmoid(x) },
  {
    pattern: 'a/(1 + exp(b))',
    text: 'a/(1 + exp(b))',
    meaning: (a, b) => divide(a, add(one, exp(b))),
  },
  { pattern: 'exp(a)/exp(b)', text: 'exp(a)/exp(b)', meaning: (a, b) => exp(subtract(a, b)) },
  { pattern: '1/exp(x)', text: '1/exp(x)', meaning: (x) => exp(negative(x)) },
  {
    pattern: 'exp(x) - 1',
    text: 'exp(x*0.0000001) - 1',
    meaning: (x) => subtract(exp(multiply(x, small)), one),
  },
  {
    pattern: '1 - exp(x)',
    text: '1 - exp(x*0.0000001)',
    meaning: (x) => subtract(one, exp(multiply(x, small))),
  },
  {
    pattern: 'log(exp(a) + exp(b))',
    isDifference: true,
    text: 'log(exp(a) + exp(b))',
    meaning: (a, b) => log(add(exp(a), exp(b))),
  },
  {
    pattern: 'log(exp(a) + exp(b))',
    isDifference: true,
    text: 'log(exp(a) + 1 + exp(c))',
    meaning: (a, _b, c) => log(sum(exp(a), one, exp(c!))),
  },
  {
    pattern: 'log(exp(a) + exp(b))',
    isDifference: true,
    text: 'log(exp(a) + 2*exp(b) + exp(c)/3)',
    meaning: (a, b, c) => log(sum(exp(a), exp(b), exp(b), divide(exp(c!), precise(3)))),
  },
  {
    pattern: 'log(exp(a) + exp(b))',
    isDifference: true,
    text: 'log((exp(x) + exp(-x))/2)',
    meaning: (x) => log(divide(add(exp(x), exp(negative(x))), two)),
  },
  {
    pattern: 'log(exp(a) + exp(b))',
    isDifference: true,
    text: 'log(2 + exp(x))',
    meaning: (x) => log(add(two, exp(x))),
  },
  {
    pattern: weightedMean,
    text: 'exp(b)/(exp(a) + exp(b) + exp(c))',
    meaning: (a, b, c) => divide(exp(b), sum(exp(a), exp(b), exp(c))),
  },
  {
    pattern: weightedMean,
    text: 'exp(b)/(exp(a) + exp(b) + 1)',
    meaning: (a, b) => divide(exp(b), sum(exp(a), exp(b), one)),
  },
  {
    pattern: weightedMean,
    isDifference: true,
    text: '(exp(a)*(0.001*c) - 2*exp(b))/(exp(a) + exp(b))',
    meaning: (a, b, c) =>
      divide(
        subtract(multiply(exp(a), multiply(precise(0.001), c!)), multiply(two, exp(b))),
        add(exp(a), exp(b)),
      ),
  },
  {
    pattern: weightedMean,
    isDifference: true,
    text: '0.001*c*exp(a)/(exp(a) + exp(b))',
    meaning: (a, b, c) => divide(multiply(exp(a), multiply(precise(0.001), c!)), add(exp(a), exp(b))),
  },
  {
    pattern: weightedMean,
    isDifference: true,
    text: '(0.001*c + exp(a))/(3*exp(a) + 1)',
    meaning: (a, _b, c) =>
      divide(add(multiply(precise(0.001), c!), exp(a)), add(multiply(precise(3), exp(a)), one)),
  },
];

const small = precise(0.0000001);

/** The loss is the expression; x is a. */
const cellOf = (text: string): string => {
  const shapes = [
    '  input a, b, c: []',
    '  input k: index(3)',
    '  x = a',
    '  v = [a; b; c]',
    '  M = [outer([1], v); outer([2], v)]',
    '  u = 0.5 + tanh(b)',
  ];
  return ['cell Example() {', ...shapes, `  loss ${text}`, '}', ''].join('\n');
};

const givenAt = (point: readonly number[]): SequenceGiven => ({
  steps: 1,
  batch: 1,
  parameters: new Map(),
  inputs: new Map([
    ...['a', 'b', 'c'].map((name, i) => [name, Float64Array.of(point[i]!)] as const),
    ['k', Float64Array.of(0)] as const,
  ]),
  lossWeights: Float64Array.of(1),
});

/** The value, and its derivative by a, b and c. */
type Numbers = readonly [number, number, number, number];

function exactly(meaning: Meaning, point: readonly number[]): Numbers {
  const at = point.map(precise);
  const h = { mantissa: 1n, exponent: -400 };
  const slope = (i: number) => {
    const beside = (x: Precise) => meaning(...at.with(i, x));
    const difference = subtract(beside(add(at[i]!, h)), beside(subtract(at[i]!, h)));
    return toNumber(divide(difference, add(h, h)));
  };
  return [toNumber(meaning(...at)), slope(0), slope(1), slope(2)];
}

function numbersOf(bound: ReturnType<typeof stagesOf>['bound'], point: readonly number[]): Numbers {
  const { loss, adjoint } = evaluateSequence(bound, givenAt(point));
  const slope = (name: string) => adjoint!.inputCotangents.get(name)![0]!;
  return [loss![0]!, slope('a'), slope('b'), slope('c')];
}

/** Values to `relative`, tiny ones too; derivatives also to `absolute`, for those of tanh and sigmoid cancel. */
function isRight(
  actual: Numbers,
  expected: Numbers,
  relative: number,
  absolute: number,
  largest: number,
  isDifference = false,
): boolean {
  return expected.every((exact, i) => {
    if (Math.abs(exact) > largest) return true;
    const error = Math.abs(actual[i]! - exact);
    return error <= relative * Math.abs(exact) + (i === 0 && !isDifference ? 1 / largest : absolute);
  });
}

const inF64 = (actual: Numbers, expected: Numbers, isDifference = false) =>
  isRight(actual, expected, 5e-12, 1e-12, 1e300, isDifference);
const inF32 = (actual: Numbers, expected: Numbers, isDifference = false) =>
  isRight(actual, expected, 1e-4, 1e-4, 1e37, isDifference);

/** As far apart as they may be. */
const extremes = ([low, high]: readonly [number, number]): [[number, number, number]][] => [
  [[high, low, low]],
  [[low, high, high]],
  [[high, high, low]],
  [[Math.min(high, 50), low, low]],
];

const points = ([low, high]: readonly [number, number]) => {
  const entry = (from: number, to: number) =>
    fc.integer({ min: Math.ceil(from * 64), max: Math.floor(to * 64) }).map((n) => n / 64);
  const any = entry(low, high);
  const near = entry(Math.max(low, -12), Math.min(high, 12));
  const one3 = (arbitrary: fc.Arbitrary<number>) => fc.tuple(arbitrary, arbitrary, arbitrary);
  return fc.oneof(one3(any), one3(near), one3(fc.oneof(any, near)));
};

describe.each(cases)('$text', ({ pattern, text, meaning, isDifference, range = [-800, 800] as const }) => {
  const stages = stagesOf(cellOf(text), { window: 1 });
  const cell = checkedCell({ name: 'test.rnn', text: cellOf(text) });
  const asWritten = bind(differentiate(toGraph(cell)), boundSizes(cell));

  it('is computed in another way, as the table says', () => {
    expect(stages.stabilised.map(({ rewrite }) => rewrite.pattern)).toContain(pattern);
  });

  it('and that is the same function, in f64 and f32, with its derivative; as written it is not', () => {
    let wrongAsWritten = 0;
    fc.assert(
      fc.property(points(range), (point) => {
        const expected = exactly(meaning, point);
        const actual = numbersOf(stages.bound, point);
        if (!inF64(actual, expected, isDifference)) throw new Error(`${actual} for ${expected} at ${point}`);
        const run = runProgram(stages, givenAt(point), 'js');
        const slope = (name: string) => run.buffer(bufferNames.inputCotangent(name))[0]!;
        const single: Numbers = [run.buffer(bufferNames.loss)[0]!, slope('a'), slope('b'), slope('c')];
        if (!inF32(single, expected, isDifference))
          throw new Error(`${single} for ${expected} at ${point} in f32`);
        if (!inF64(numbersOf(asWritten, point), expected, isDifference)) wrongAsWritten++;
      }),
      { numRuns: 10, seed: 41_001, endOnFailure: true, examples: extremes(range) },
    );
    if (!pattern.startsWith('sqrt')) expect(wrongAsWritten).toBeGreaterThan(0);
  });
});

const edges = [Number.NEGATIVE_INFINITY, -1.5, 0.5, 2, Number.POSITIVE_INFINITY];

describe.each(cases)('$text at infinities', ({ text }) => {
  const stages = stagesOf(cellOf(text), { window: 1 });
  const cell = checkedCell({ name: 'test.rnn', text: cellOf(text) });
  const asWritten = bind(differentiate(toGraph(cell)), boundSizes(cell));

  it('is what it is as written, where that is a number or infinite', () => {
    let compared = 0;
    const entry = fc.constantFrom(...edges);
    fc.assert(
      fc.property(fc.tuple(entry, entry, entry), (point) => {
        const [expected] = numbersOf(asWritten, point);
        if (Number.isNaN(expected)) return;
        compared++;
        const [value] = numbersOf(stages.bound, point);
        const [js, wasm] = (['js', 'wasm'] as const).map(
          (target) => runProgram(stages, givenAt(point), target).buffer(bufferNames.loss)[0]!,
        );
        for (const [actual, relative] of [[value, 1e-6] as const, [js!, 1e-4] as const]) {
          const isClose = Math.abs(actual - expected) <= relative * Math.max(1, Math.abs(expected));
          if (actual !== expected && !isClose) throw new Error(`${actual} for ${expected} at ${point}`);
        }
        expect(wasm).toBe(js);
      }),
      { numRuns: 40, seed: 41_002, examples: edges.map((edge) => [[edge, edge, edge]]) },
    );
    expect(compared).toBeGreaterThan(4);
  });
});

const { NEGATIVE_INFINITY: below, POSITIVE_INFINITY: above } = Number;

describe.each(['log(exp(a) + exp(b) + exp(c))', 'log(sum(exp(v)))', 'logsumexp(v)', 'logsumexp(M, 1)[0]'])(
  '%s',
  (text) => {
    const stages = stagesOf(cellOf(text), { window: 1 });

    it.each([
      // All are impossible: so is the sum, and it depends on none.
      { point: [below, below, below], expected: [below, 0, 0, 0] },
      { point: [below, 3, below], expected: [3, 0, 1, 0] },
      { point: [above, 1, below], expected: [above] },
      { point: [above, above, above], expected: [above] },
      { point: [Number.NaN, 1, 2], expected: [Number.NaN] },
    ])('at $point, in f64 and on every target', ({ point, expected }) => {
      const compared = expected.length;
      expect(numbersOf(stages.bound, point).slice(0, compared)).toEqual(expected);
      for (const target of ['interpreter', 'js', 'wasm'] as const) {
        const run = runProgram(stages, givenAt(point), target);
        const slope = (name: string) => run.buffer(bufferNames.inputCotangent(name))[0]!;
        const found = [run.buffer(bufferNames.loss)[0]!, slope('a'), slope('b'), slope('c')];
        expect(found.slice(0, compared)).toEqual(expected);
      }
    });
  },
);

describe('over a size, where one entry of three is no part of the row', () => {
  const overSize = (text: string) =>
    `cell Example(S) {\n  input e: [] over S, z: [] over S\n  loss ${text}\n}\n`;
  const sum = (xs: readonly number[]) => xs.reduce((total, x) => total + x, 0);
  const shares = (e: readonly number[]) => {
    const powers = e.map((x) => Math.exp(x - Math.max(...e)));
    return powers.map((power) => power / sum(powers));
  };
  const mean = (e: readonly number[], z: readonly number[]) => sum(shares(e).map((p, i) => p * z[i]!));
  const slopeOfMean = (e: readonly number[], z: readonly number[]) =>
    shares(e).map((p, i) => p * (z[i]! - mean(e, z)));

  it.each([
    ['sum((exp(e)/sum(exp(e) over S))*z over S)', 'exp(v)/sum(exp(v))', mean, slopeOfMean],
    ['sum(exp(e)*z over S)/sum(exp(e) over S)', 'sum(exp(v)*z)/sum(exp(v))', mean, slopeOfMean],
    [
      'log(sum(exp(e) over S))',
      'log(sum(exp(v)))',
      (e: readonly number[]) => Math.max(...e) + Math.log(sum(e.map((x) => Math.exp(x - Math.max(...e))))),
      shares,
    ],
  ] as const)('%s', (text, pattern, value, slopes) => {
    const stages = stagesOf(overSize(text), { window: 1, sizes: { S: 3 } });
    expect(stages.stabilised.map(({ rewrite }) => rewrite.pattern)).toEqual([pattern]);
    const z = [0.5, -1.25];
    for (const e of [
      [0.25, -0.5],
      [900, 899],
      [-900, 900],
      [-901, -900],
    ]) {
      const given: SequenceGiven = {
        steps: 1,
        batch: 1,
        parameters: new Map(),
        inputs: new Map([
          ['e', Float64Array.of(...e, 1000)],
          ['z', Float64Array.of(...z, Number.NaN)],
        ]),
        entries: new Map([['S', Float64Array.of(2)]]),
        lossWeights: Float64Array.of(1),
      };
      const expected = [value(e, z), ...slopes(e, z), 0];
      const { loss, adjoint } = evaluateSequence(stages.bound, given);
      [loss![0]!, ...adjoint!.inputCotangents.get('e')!].forEach((x, i) => {
        expect(x).toBeCloseTo(expected[i]!, 11);
      });
      for (const target of ['js', 'wasm'] as const) {
        const run = runProgram(stages, given, target);
        const slope = run.buffer(bufferNames.inputCotangent('e'));
        [run.buffer(bufferNames.loss)[0]!, ...slope].forEach((x, i) => {
          expect(Math.abs(x - expected[i]!)).toBeLessThan(1e-4);
        });
      }
    }
  });
});

describe('softmax of a row that is masked with -infinity', () => {
  it.each([
    ['softmax(v)[0]', [0, 0, 0, 0]],
    ['softmax(v)[1]', [0.25, 0, 0.1875, -0.1875]],
    ['log_softmax(v)[1]', [Math.log(0.25), 0, 0.75, -0.75]],
    ['-log(softmax(v)[k])', [above]],
  ] as const)('%s', (text, expected) => {
    const { bound } = stagesOf(cellOf(text), { window: 1 });
    const found = numbersOf(bound, [below, 0, Math.log(3)]);
    expected.forEach((number, i) => {
      if (Number.isFinite(number)) expect(found[i]).toBeCloseTo(number, 12);
      else expect(found[i]).toBe(number);
    });
  });
});

it('a hidden Markov model from left to right starts at log(0)', () => {
  const text = `cell LeftToRight() {
  input e: [3]
  state a: [] = 0, b: [] = log(0), c: [] = log(0)
  param stay: [] = 0.1
  a = a_prev + log(sigmoid(stay)) + e[0]
  b = log(exp(a_prev + log(1 - sigmoid(stay))) + exp(b_prev + log(sigmoid(stay)))) + e[1]
  c = log(exp(b_prev + log(1 - sigmoid(stay))) + exp(c_prev)) + e[2]
  loss -log(exp(a) + exp(b) + exp(c))
}
`;
  const { bound } = stagesOf(text, { window: 3 });
  const stay = 0.1;
  const e = [0.2, -0.3, 0.4, -1, 0.5, 0.6, 0.7, -0.2, 0.1];
  /** Probabilities, not their logarithms: nothing is infinite. */
  const lossAt = (u: number) => {
    const p = 1 / (1 + Math.exp(-u));
    let [a, b, c] = [1, 0, 0];
    let loss = 0;
    for (let t = 0; t < 3; t++) {
      const [x, y, z] = e.slice(3 * t, 3 * t + 3).map(Math.exp);
      [a, b, c] = [a * p * x!, (a * (1 - p) + b * p) * y!, (b * (1 - p) + c) * z!];
      loss -= Math.log(a + b + c);
    }
    return loss;
  };
  const { loss, adjoint } = evaluateSequence(bound, {
    steps: 3,
    batch: 1,
    parameters: new Map([['stay', Float64Array.of(stay)]]),
    inputs: new Map([['e', Float64Array.from(e)]]),
    lossWeights: Float64Array.of(1, 1, 1),
  });
  expect(loss!.reduce((total, x) => total + x, 0)).toBeCloseTo(lossAt(stay), 12);
  const slope = (lossAt(stay + 1e-5) - lossAt(stay - 1e-5)) / 2e-5;
  expect(adjoint!.gradients.get('stay')![0]).toBeCloseTo(slope, 8);
});

it('every rewrite of the table is tried', () => {
  expect(new Set(cases.map(({ pattern }) => pattern))).toEqual(
    new Set(stableRewrites.map(({ pattern }) => pattern)),
  );
});

it('the derivative of the length of a zero vector is 0', () => {
  const { bound } = stagesOf(cellOf('sqrt(sum(v*v))'));
  expect(numbersOf(bound, [0, 0, 0])).toEqual([0, 0, 0, 0]);
});

it.each([
  'log(u + exp(x))',
  'log(2 - exp(x))',
  'u/(exp(x) + exp(-x))',
  'u*exp(a)/(exp(b) + u*exp(a))',
  'dot(exp(v), v)/sum(exp(2*v))',
  'exp(x) - 2',
  'exp(a)/(exp(b) + exp(c))',
  'sum(exp(v - max(v))/sum(exp(v - max(v))))',
  'max(v) + log(sum(exp(v - max(v))))',
  'sum(exp(v)/(sum(exp(v)) + 0.1))',
  'log(sum(exp(v)) + 0.1)',
  'sqrt(sum(v*abs(v)))',
  'sum(log(outer(one_hot(k), softmax(v)) + 1))*0 + sum(softmax(v))',
  '(1 - sigmoid(a))*b + sigmoid(a)*c',
  'softmax(v)[0] + logsumexp(v) + log_softmax(v)[1] + norm(v)',
])('%s stays as it is', (text) => {
  const { stabilised } = graphStages({ name: 'test.rnn', text: cellOf(text) });
  expect(stabilised.map(({ rewrite }) => rewrite.pattern).filter((p) => p !== 'log(1 + x)')).toEqual([]);
});

it('inside one another, where nothing overflows, they change nothing but roundings', () => {
  const scalars = cases.filter(({ pattern, range }) => /\bx\b/.test(pattern) && range === undefined);
  let rewritten = 0;
  for (const outer of scalars) {
    for (const inner of scalars) {
      const nested = outer.text.replaceAll(/\bx\b/g, `(0.3 + 0.2*tanh(${inner.text}))`);
      const cell = checkedCell({ name: 'test.rnn', text: cellOf(nested) });
      const graph = toGraph(cell);
      const { graph: after, done } = stabilise(graph);
      rewritten += done.length;
      for (const point of [
        [-1.25, 0.5, 2],
        [0.75, -2, 1],
        [2.5, 1, 0],
      ]) {
        const [before, now] = [graph, after].map((g) =>
          numbersOf(bind(differentiate(g), boundSizes(cell)), point),
        );
        const isTame = before!.every((x) => Number.isFinite(x) && Math.abs(x) < 1e6);
        if (isTame && !isRight(now!, before!, 1e-6, 1e-9, 1e300))
          throw new Error(`${nested} at ${point}: ${now} for ${before}`);
      }
    }
  }
  expect(rewritten).toBeGreaterThan(scalars.length ** 2);
});

it('a value that is used elsewhere too stays, and its overflow does not show', () => {
  const text = cellOf('log(e + 1) + e/(e + exp(b)) + 0*min(stop_gradient(e), 1)').replace(
    '  loss',
    '  e = exp(a)\n  loss',
  );
  const { bound } = stagesOf(text);
  expect(numbersOf(bound, [1000, 0, 0])).toEqual([1001, 1, -0, 0]);
});

it('docs/numerics.md is up to date; UPDATE=1 rewrites it', () => {
  const page = new URL('../../docs/numerics.md', import.meta.url);
  if (process.env.UPDATE) writeFileSync(page, numericsPage());
  expect(readFileSync(page, 'utf8')).toBe(numericsPage());
});
