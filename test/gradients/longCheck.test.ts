import { expect, it } from 'vitest';
import { compileStages } from '../../compiler/compile.ts';
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
