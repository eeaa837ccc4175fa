import { expect, it } from 'vitest';
import { compileStages } from '../../compiler/compile.ts';
import { CompileError } from '../../compiler/diagnostics/compileError.ts';
import { type GradcheckOptions, gradcheck } from '../../compiler/gradcheck/gradcheck.ts';
import type { Bound } from '../../compiler/graph/bind.ts';
import type { TrainingGraph } from '../../compiler/graph/graph.ts';

const text = `cell Small(H) {
  input x: []
  state h: [H]
  param w: [H] = 0.5
  h = tanh(w*x + h_prev)
  output h
}
`;
const { bound } = compileStages({ name: 'small.rnn', text }, { sizes: { H: 3 }, inputCotangents: true });

/** Three entries of w, two of x. */
function check(options: GradcheckOptions) {
  const given = {
    steps: 2,
    batch: 1,
    parameters: new Map([['w', Float64Array.of(0.5, -0.25, 0.125)]]),
    inputs: new Map([['x', Float64Array.of(0.75, -1)]]),
    outputCotangents: new Map([['h', new Float64Array(6).fill(1)]]),
  };
  return { report: () => gradcheck(bound as Bound<TrainingGraph>, given, options), given };
}

it('counts the entries it compares', () => {
  const reports: unknown[] = [];
  const { report } = check({ onProgress: (progress) => void reports.push(progress) });
  expect(report().passed).toBe(true);
  expect(reports).toEqual([1, 2, 3, 4, 5].map((done) => ({ done, total: 5 })));
});

it.each([
  ['a tolerance below 0', { tolerance: -1e-6 }, 'RNN408', 'The tolerance cannot be -0.000001'],
  ['a tolerance that is NaN', { tolerance: Number.NaN }, 'RNN408', 'The tolerance cannot be NaN'],
  ['a tolerance as a text', { tolerance: '1e-6' }, 'RNN408', 'The tolerance cannot be "1e-6"'],
  ['a spacing of 0', { spacing: 0 }, 'RNN408', 'The spacing cannot be 0'],
  ['a spacing below 0', { spacing: -1e-4 }, 'RNN408', 'It is a number above 0'],
  [
    'a spacing without end',
    { spacing: Number.POSITIVE_INFINITY },
    'RNN408',
    'The spacing cannot be Infinity',
  ],
  ['a misspelled option', { tolerence: 1 }, 'RNN409', 'Did you mean tolerance?'],
  ['no record', 3, 'RNN408', 'The options cannot be 3'],
])('refuses %s', (_, options, code, says) => {
  const { report, given } = check(options as GradcheckOptions);
  expect(report).toThrow(CompileError);
  expect(report).toThrow(code);
  expect(report).toThrow(says);
  expect([...given.parameters.get('w')!]).toEqual([0.5, -0.25, 0.125]);
});

it('ends before its next entry when aborted, with what it was given as it was', () => {
  const controller = new AbortController();
  let last = 0;
  const { report, given } = check({
    signal: controller.signal,
    onProgress: ({ done }) => {
      last = done;
      if (done === 2) controller.abort('enough');
    },
  });
  expect(report).toThrow('enough');
  expect(last).toBe(2);
  expect([...given.parameters.get('w')!]).toEqual([0.5, -0.25, 0.125]);
  expect([...given.inputs.get('x')!]).toEqual([0.75, -1]);
});
