import { describe, expect, test } from 'vitest';
import { gradcheck } from '../../compiler/gradcheck/gradcheck.ts';
import { evaluateSequence } from '../../compiler/graph/evaluate.ts';
import { bufferNames } from '../../compiler/plan/plan.ts';
import { randomGiven } from '../support/randomValues.ts';
import { runProgram } from '../support/runProgram.ts';
import { stagesOf } from '../support/stages.ts';
import { cells, sizesOf } from './cells.ts';

const [steps, batch] = [4, 3];
/** Three rows of 5 entries: all, some, none; of 3 likewise. */
const entries = new Map([
  ['S', [5, 2, 0]],
  ['R', [1, 3, 0]],
]);

describe.each(Object.entries(cells))('%s', (_, text) => {
  const stages = (plan: 'naive' | 'best' = 'best') =>
    stagesOf(text, { sizes: sizesOf(text), batch, window: steps, ...(plan === 'naive' ? { plan } : {}) });
  const best = stages();
  const given = { ...randomGiven(best.cell, best.bound, { steps, batch, seed: 5 }), entries };

  test('its gradients are those of central differences', () => {
    const short = randomGiven(best.cell, best.bound, { steps: 2, batch, seed: 5 });
    for (const values of [short, { ...short, entries }]) {
      const { checked } = gradcheck(best.bound, values);
      expect(checked.filter(({ worst }) => worst !== undefined && worst.error > 1e-6)).toEqual([]);
      const compared = checked.reduce((sum, array) => sum + array.compared, 0);
      const all = checked.reduce((sum, array) => sum + array.compared + array.besideKink, 0);
      expect(compared).toBeGreaterThan(0.6 * all);
    }
  });

  test('the same bits from interpreter, JavaScript and WebAssembly; every plan within 1e-4 of the meaning', () => {
    const { outputs, adjoint } = evaluateSequence(best.bound, given);
    for (const planned of [best, stages('naive')]) {
      const [interpreter, js, wasm] = (['interpreter', 'js', 'wasm'] as const).map((target) =>
        runProgram(planned, given, target),
      );
      expect(js!.lanes).toEqual(interpreter!.lanes);
      expect(wasm!.lanes).toEqual(interpreter!.lanes);
      const close = (name: string, want: Float64Array) => {
        const got = wasm!.buffer(name);
        const size = Math.max(1, ...want.map(Math.abs));
        want.forEach((x, i) => {
          if (!(Math.abs(got[i]! - x) < 1e-4 * size)) throw new Error(`${name}[${i}]: ${got[i]} for ${x}`);
        });
      };
      for (const [name, values] of outputs) close(bufferNames.output(name), values);
      for (const [name, values] of adjoint!.gradients) close(bufferNames.gradient(name), values);
      for (const [name, values] of adjoint!.inputCotangents) close(bufferNames.inputCotangent(name), values);
      for (const [name, values] of adjoint!.startCotangents) close(bufferNames.stateCotangent(name), values);
    }
  });
});
