import { expect, test } from 'vitest';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { randomGiven } from '../support/randomValues.ts';
import { stagesOf } from '../support/stages.ts';
import { files, headerOf, load } from './files.ts';
import { papers } from './papers/index.ts';

const steps = 4;

test('every cell of the top folder that stands in a paper is held against it', () => {
  // These two are an LSTM of lstm.rnn between a table or features and a linear readout.
  const top = [...Object.keys(papers), 'char_model.rnn', 'forecaster.rnn'].filter((f) => !f.includes('/'));
  expect(top.sort()).toEqual(files.filter((file) => !file.includes('/')));
});

test.each(Object.keys(papers))('%s: outputs and final states are those of the paper', (file) => {
  const { sizes, values } = headerOf(file);
  const { cell, bound } = stagesOf(load(file), { load, sizes, window: steps });
  const given = randomGiven(cell, bound, { steps, batch: 1, seed: 3, starts: true, values });
  const { outputs, finals } = evaluateSequence(bound, given);
  const at = (values: Float64Array, t: number) => {
    const width = values.length / steps;
    return values.subarray(t * width, (t + 1) * width);
  };
  let state: Readonly<Record<string, ArrayLike<number>>> = Object.fromEntries(given.starts!);
  for (let t = 0; t < steps; t++) {
    const before = state;
    const input = (name: string) => at(given.inputs.get(name)!, t);
    const after = papers[file]!(
      (name) => given.parameters.get(name)!,
      input(cell.inputs[0]!.name),
      (name) => before[name]!,
      input,
    );
    for (const [name, y] of outputs) close(at(y as Float64Array, t), after[name] ?? after.y!);
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
