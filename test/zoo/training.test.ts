import { expect, test } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { adam, clipByGlobalNorm, instantiateSync, trainEpoch } from '../../runtime/index.ts';
import { files, load } from './files.ts';
import { taskOf } from './task.ts';

/*
 * Every cell learns by truncated BPTT, compiled to WebAssembly: 12 epochs of 10 updates, seed 1.
 */

const [steps, batch, epochs] = [60, 2, 12];
/** What may be left of the loss. */
const left = 0.8;

test.each(files)('%s: training lowers the loss', (file) => {
  const { source, sizes, inputs, sequenceInputs, targets } = taskOf(file, steps, batch);
  const cell = instantiateSync(compile(source, { load, sizes, batch, window: 12, target: 'wasm' }), {
    seed: 1,
  });
  if (Object.keys(sequenceInputs).length > 0) cell.setInputs(sequenceInputs);
  const options = { k1: 6, k2: 12, optimiser: adam({ learningRate: 0.02 }), clip: clipByGlobalNorm(1) };
  const before = cell.evaluate(inputs, steps, { targets }).loss!;
  for (let epoch = 0; epoch < epochs; epoch++) trainEpoch(cell, { inputs, targets, steps }, options);
  const after = cell.evaluate(inputs, steps, { targets }).loss!;
  expect(after).toBeLessThan(left * before);
});
