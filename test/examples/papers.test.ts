import { expect, test } from 'vitest';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { randomGiven } from '../support/randomValues.ts';
import { stagesOf } from '../support/stages.ts';
import { files, load, sizes } from './examples.ts';
import { papers } from './papers.ts';

const steps = 4;

test('every cell that stands in a paper is held against it', () => {
  // These two are an LSTM of lstm.rnn between a table or features and a linear readout.
  expect([...Object.keys(papers), 'char_model.rnn', 'forecaster.rnn'].sort()).toEqual(files);
});

test.each(Object.keys(papers))('%s: outputs and final states are those of the paper', (file) => {
  const { cell, bound } = stagesOf(load(file).text, { load, sizes: sizes[file]!, window: steps });
  const given = randomGiven(cell, bound, { steps, batch: 1, seed: 3, starts: true });
  const { outputs, finals } = evaluateSequence(bound, given);
  const [x] = [...given.inputs.values()];
  const [y] = [...outputs.values()];
  const [width, out] = [x!.length / steps, y!.length / steps];
  let state: Readonly<Record<string, ArrayLike<number>>> = Object.fromEntries(given.starts!);
  for (let t = 0; t < steps; t++) {
    const before = state;
    const after = papers[file]!(
      (name) => given.parameters.get(name)!,
      x!.subarray(t * width, (t + 1) * width),
      (name) => before[name]!,
    );
    close(y!.subarray(t * out, (t + 1) * out), after.y ?? after.h!);
    state = after;
  }
  for (const { name } of cell.states) close(finals.get(name)!, state[name]!);
});

function close(got: ArrayLike<number>, want: ArrayLike<number>): void {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++) {
    expect(Math.abs(got[i]! - want[i]!)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(want[i]!)));
  }
}
