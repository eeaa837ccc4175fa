import { describe, expect, test } from 'vitest';
import { gradcheck, objective } from '../../compiler/gradcheck/gradcheck.ts';
import { CompileError, checkedCell, evaluateSequence } from '../../compiler/index.ts';
import { bufferNames } from '../../compiler/plan/plan.ts';
import { jacobianTimesVector } from '../support/forwardMode.ts';
import { type RandomGiven, randomGiven, seeded } from '../support/randomValues.ts';
import { runProgram } from '../support/runProgram.ts';
import { stagesOf, type TrainingStages } from '../support/stages.ts';
import { files, headerOf, load } from './files.ts';

/*
 * What holds for every cell of dsl-examples; dsl-examples/CONTRIBUTING.md says it in words.
 */

const [steps, batch] = [5, 3];
type Sizes = Readonly<Record<string, number>>;
const stages = (file: string, sizes: Sizes) => stagesOf(load(file), { load, sizes, batch, window: steps });

/** Central differences take time: about half the sizes, where these fit the cell. */
function small(file: string, sizes: Sizes): TrainingStages {
  const half = Object.entries(sizes).map(([name, size]) => [name, Math.ceil(size / 2)] as const);
  try {
    return stages(file, Object.fromEntries(half));
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return stages(file, sizes);
  }
}

test('the folder is found', () => {
  expect(files).toContain('lstm.rnn');
});

describe.each(files)('%s', (file) => {
  test('its header is complete and names every size', () => {
    const { sizes, values } = headerOf(file);
    const cell = checkedCell(load(file), { load });
    expect(Object.keys(sizes).sort()).toEqual(cell.sizes.map(({ name }) => name).sort());
    const named = [...cell.inputs, ...cell.parameters, ...cell.states, ...cell.noises].map(
      ({ name }) => name,
    );
    for (const name of values.keys()) expect(named).toContain(name);
    const { text } = load(file);
    expect(text.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });

  test('its gradients are the derivatives', () => {
    const { sizes, values } = headerOf(file);
    const { cell, bound } = small(file, sizes);
    const fromOwnStart = { steps: 3, batch: 1, seed: 7, values };
    const fromGivenStart = { steps: 2, batch: 2, seed: 11, values, starts: true };
    for (const options of [fromOwnStart, fromGivenStart]) {
      const given = randomGiven(cell, bound, options);
      const { passed, checked, notDerivatives } = gradcheck(bound, given);
      const frozen = cell.parameters.flatMap(({ name, frozen }) => (frozen ? [name] : []));
      const names = checked.map(({ name }) => name);
      for (const { name } of cell.parameters) expect([...names, ...frozen]).toContain(name);
      if (notDerivatives.length > 0) {
        expectForwardMode(bound, given);
        continue;
      }
      expect(checked.filter(({ worst }) => worst !== undefined && worst.error > 1e-6)).toEqual([]);
      expect(passed).toBe(true);
      const compared = checked.reduce((sum, array) => sum + array.compared, 0);
      const entries = checked.reduce((sum, array) => sum + array.compared + array.besideKink, 0);
      expect(compared).toBeGreaterThan(0.6 * entries);
    }
  });

  test('its kernels are its meaning, with the same bits in interpreter, JavaScript and WebAssembly', () => {
    const { sizes, values } = headerOf(file);
    const whole = stages(file, sizes);
    const given = randomGiven(whole.cell, whole.bound, { steps, batch, seed: 7, values });
    const [interpreter, js, wasm] = (['interpreter', 'js', 'wasm'] as const).map((target) =>
      runProgram(whole, given, target),
    );
    expect(js!.lanes).toEqual(interpreter!.lanes);
    expect(wasm!.lanes).toEqual(interpreter!.lanes);
    const { outputs, adjoint } = evaluateSequence(whole.bound, given);
    const close = (got: Float32Array, want: ArrayLike<number>) => {
      const size = Math.max(1, ...Array.from(want, Math.abs));
      const errors = Array.from(want, (value, i) => Math.abs(got[i]! - value) / size);
      expect(Math.max(0, ...errors)).toBeLessThan(1e-4);
    };
    for (const [name, want] of outputs) close(wasm!.buffer(bufferNames.output(name)), want);
    for (const [name, want] of adjoint!.gradients) close(wasm!.buffer(bufferNames.gradient(name)), want);
  });
});

/** ⟨ȳ, J v⟩ = ⟨Jᵀ ȳ, v⟩: for cells in which some op promises another backward than its derivative. */
function expectForwardMode(bound: TrainingStages['bound'], given: RandomGiven): void {
  const adjoint = evaluateSequence(bound, given).adjoint!;
  const random = seeded(13);
  const directions = (arrays: ReadonlyMap<string, ArrayLike<number>>, of: ReadonlyMap<string, unknown>) =>
    new Map(
      [...arrays].flatMap(([name, array]) =>
        of.has(name) ? [[name, Float64Array.from(array, () => 2 * random() - 1)] as const] : [],
      ),
    );
  const along = {
    parameters: directions(given.parameters, adjoint.gradients),
    inputs: directions(given.inputs, adjoint.inputCotangents),
    starts: directions(given.starts ?? new Map(), adjoint.startCotangents),
  };
  const inner = (a: ReadonlyMap<string, Float64Array>, b: ReadonlyMap<string, ArrayLike<number>>) =>
    [...a].reduce((sum, [name, xs]) => sum + xs.reduce((s, x, i) => s + x * b.get(name)![i]!, 0), 0);
  const forward = objective(given, jacobianTimesVector(bound, given, along));
  const backward =
    inner(along.parameters, adjoint.gradients) +
    inner(along.inputs, adjoint.inputCotangents) +
    inner(along.starts, adjoint.startCotangents);
  const scale = Math.max(1, Math.abs(forward), Math.abs(backward));
  expect(Math.abs(forward - backward) / scale).toBeLessThan(1e-9);
}
