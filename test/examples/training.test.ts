import { expect, test } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { adam, clipByGlobalNorm, instantiateSync, trainEpoch, type Values } from '../../runtime/index.ts';
import { seeded } from '../support/randomValues.ts';
import { files, load, sizes } from './examples.ts';

/*
 * Every example learns by truncated BPTT, compiled to WebAssembly. A cell without a loss is put into one that has to say
 * what its first input was a step ago.
 */

const [steps, batch] = [60, 2];
const random = seeded(5);
const numbers = (length: number) => Float32Array.from({ length }, () => 2 * random() - 1);
/** The same rows, a step later; zeros at first. */
const later = (values: Float32Array, width: number) => {
  const shifted = new Float32Array(values.length);
  shifted.set(values.subarray(0, values.length - batch * width), batch * width);
  return shifted;
};

interface Task {
  readonly text: string;
  readonly sizes: Readonly<Record<string, number>>;
  readonly inputs: Values;
  readonly targets: Values;
}

function taskOf(file: string): Task {
  const { text } = load(file);
  if (file === 'char_model.rnn') {
    const letters = Int32Array.from(
      { length: (steps + 1) * batch },
      (_, i) => [0, 1, 2, 3, 4, 3, 1][Math.floor(i / batch) % 7]!,
    );
    return {
      text,
      sizes: sizes[file]!,
      inputs: letters.subarray(0, steps * batch),
      targets: letters.subarray(batch),
    };
  }
  if (file === 'forecaster.rnn') {
    const wave = Float32Array.from({ length: (steps + 1) * batch }, (_, i) =>
      Math.sin(Math.floor(i / batch) / 2),
    );
    return {
      text,
      sizes: sizes[file]!,
      inputs: { change: wave.subarray(0, steps * batch), season: new Float32Array(2 * steps * batch) },
      targets: wave.subarray(batch),
    };
  }
  const name = /^cell (\w+)/m.exec(text)![1]!;
  const output = /^ {2}output (\w+)/m.exec(text)![1]!;
  const given = sizes[file]!;
  const names = Object.keys(given);
  const width = names.at(-1)!; // of the output
  const x = numbers(steps * batch * given.I!);
  const first = Float32Array.from({ length: steps * batch }, (_, i) => x[i * given.I!]!);
  return {
    text: `import { ${name} } from "./${file}"
cell Echo(${names.join(', ')}) {
  input  x: [I]
  target y: []
  cell   inner: ${name}(${names.join(', ')})
  param  w: [${width}] ~ normal(0, 0.5), b: [] = 0
  memory = inner(x)
  loss   0.5*(dot(w, memory.${output}) + b - y)^2
}
`,
    sizes: given,
    inputs: x,
    targets: later(first, 1),
  };
}

test.each(files)('%s: training lowers the loss', (file) => {
  const { text, sizes: given, inputs, targets } = taskOf(file);
  const source = { name: 'task.rnn', text };
  const cell = instantiateSync(compile(source, { load, sizes: given, batch, window: 12, target: 'wasm' }), {
    seed: 1,
  });
  const options = { k1: 6, k2: 12, optimiser: adam({ learningRate: 0.02 }), clip: clipByGlobalNorm(1) };
  const before = cell.evaluate(inputs, steps, { targets }).loss!;
  for (let epoch = 0; epoch < 12; epoch++) trainEpoch(cell, { inputs, targets, steps }, options);
  const after = cell.evaluate(inputs, steps, { targets }).loss!;
  expect(after).toBeLessThan(0.7 * before);
});
