import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gradcheck } from '../../compiler/gradcheck/gradcheck.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { bufferNames } from '../../compiler/plan/plan.ts';
import { randomGiven } from '../support/randomValues.ts';
import { runProgram } from '../support/runProgram.ts';
import { stagesOf } from '../support/stages.ts';
import { files, folder, load, sizes } from './examples.ts';

const [steps, batch] = [5, 3];
const stages = (file: string, given = sizes[file]!) =>
  stagesOf(load(file).text, { load, sizes: given, batch, window: steps });
/** About half: central differences take time. */
const halved = (given: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(given).map(([name, size]) => [name, Math.ceil(size / 2)]));

test('no example is left out here or in the README, and each says where it comes from', () => {
  expect(Object.keys(sizes)).toEqual(files);
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  for (const file of files) {
    expect(readme).toContain(`](${file})`);
    const header = load(file).text.split(/^(?!#)/m)[0]!;
    if (file !== 'forecaster.rnn') expect(header).toMatch(/\b(19|20)\d\d\b/);
  }
});

describe.each(files)('%s', (file) => {
  const whole = stages(file);
  const { cell, bound } = whole;
  const given = randomGiven(cell, bound, { steps, batch, seed: 7 });

  test('its gradients are those of central differences, parameters, inputs and start states', () => {
    const small = stages(file, halved(sizes[file]!));
    const fromOwnStart = randomGiven(small.cell, small.bound, { steps: 3, batch: 1, seed: 7 });
    const fromGivenStart = randomGiven(small.cell, small.bound, {
      steps: 2,
      batch: 2,
      seed: 11,
      starts: true,
    });
    for (const values of [fromOwnStart, fromGivenStart]) {
      const { passed, checked } = gradcheck(small.bound, values);
      expect(checked.filter(({ worst }) => worst !== undefined && worst.error > 1e-6)).toEqual([]);
      expect(passed).toBe(true);
      const compared = checked.reduce((sum, array) => sum + array.compared, 0);
      const entries = checked.reduce((sum, array) => sum + array.compared + array.besideKink, 0);
      expect(compared).toBeGreaterThan(0.7 * entries);
      for (const { name } of cell.parameters) expect(checked.map((array) => array.name)).toContain(name);
    }
  });

  test('interpreter, JavaScript and WebAssembly leave the same bits in all of memory', () => {
    const [interpreter, js, wasm] = (['interpreter', 'js', 'wasm'] as const).map((target) =>
      runProgram(whole, given, target),
    );
    expect(js!.lanes).toEqual(interpreter!.lanes);
    expect(wasm!.lanes).toEqual(interpreter!.lanes);
  });

  test('kernels come within 1e-4 of its meaning in f64', () => {
    const run = runProgram(whole, given, 'wasm');
    const { outputs, adjoint } = evaluateSequence(bound, given);
    const close = (got: Float32Array, want: ArrayLike<number>) => {
      const size = Math.max(1, ...Array.from(want, Math.abs));
      for (let i = 0; i < want.length; i++) {
        expect(Math.abs(got[i]! - want[i]!) / size).toBeLessThan(1e-4);
      }
    };
    for (const [name, values] of outputs) close(run.buffer(bufferNames.output(name)), values);
    for (const [name, values] of adjoint!.gradients) close(run.buffer(bufferNames.gradient(name)), values);
  });
});
