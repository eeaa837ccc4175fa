import {
  adam,
  clipByGlobalNorm,
  type Instance,
  instantiate,
  readWasm,
  trainEpoch,
} from '../../runtime/index.ts';
import { openStream } from '../../runtime/realtime.ts';
import { numbersFrom } from '../support/numbersFrom.ts';

/*
 * What is done alike in Node and in a browser: each takes the bytes of a .wasm file and weights by name, and gives plain
 * data in which the bits can be compared.
 */

export type Weights = Readonly<Record<string, readonly number[]>>;
/** Bits of arrays, by name. */
export type Bits = Readonly<Record<string, readonly number[]>>;

const bits = (values: Float32Array): readonly number[] => [...new Int32Array(values.slice().buffer)];

/** One sweep forward and back over the whole window, with numbers that `seed` draws. */
export async function sweep(wasm: Uint8Array, weights: Weights, seed: number): Promise<Bits> {
  const instance = await instantiate(readWasm(wasm), { weights });
  const { inputs, targets, outputs, loss, window, batch } = instance.manifest;
  const next = numbersFrom(seed);
  const drawn = (list: typeof inputs, to: Instance['inputs']) =>
    Object.fromEntries(
      list.map(({ name, classes = 0 }) => [
        name,
        to[name]!.map(() => (classes > 0 ? Math.floor((next() + 1) * 0.5 * classes) : next())),
      ]),
    );
  const found = instance.forward(drawn(inputs, instance.inputs), window, {
    targets: drawn(targets, instance.targets),
  });
  instance.backward({
    outputCotangents: Object.fromEntries(outputs.map(({ name }) => [name, found[name]!.map(() => next())])),
    ...(loss && { lossWeights: Array.from({ length: window * batch }, () => (next() + 1) / 2) }),
  });
  const finals = Object.entries(instance.states).map(([name, { current }]) => [name, current] as const);
  const parts = {
    output: Object.entries(found),
    final: finals,
    gradient: Object.entries(instance.gradients),
    'start cotangent': Object.entries(instance.startCotangents),
    loss: [['', instance.losses]] as const,
  };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, arrays]) =>
      arrays.map(([name, values]) => [`${part} ${name}`, bits(values)] as const),
    ),
  );
}

/** Some dozens of updates of a forecaster: the loss of each, in f64, and the bits of the weights after the last. */
export async function training(
  wasm: Uint8Array,
  weights: Weights,
): Promise<{ readonly losses: readonly number[]; readonly weights: Bits }> {
  const instance = await instantiate(readWasm(wasm), { weights });
  const { batch, window } = instance.manifest;
  const steps = 20 * window;
  const next = numbersFrom(11);
  // A saw of twelve steps, each row at another place of it.
  const series = Float32Array.from({ length: (steps + 1) * batch }, (_, i) => {
    const [step, row] = [Math.floor(i / batch), i % batch];
    return ((step + 3 * row) % 12) / 6 - 1 + next() / 8;
  });
  const sequence = {
    inputs: {
      change: series.subarray(0, steps * batch),
      season: new Float32Array(steps * batch * 2).map(next),
    },
    targets: series.subarray(batch),
    steps,
  };
  const losses: number[] = [];
  const optimiser = adam({ learningRate: 0.01 });
  for (let epoch = 0; epoch < 2; epoch++) {
    const onWindow = ({ loss }: { readonly loss: number }) => void losses.push(loss);
    trainEpoch(instance, sequence, { optimiser, clip: clipByGlobalNorm(0.1), k1: window, onWindow });
  }
  const after = Object.entries(instance.parameters).map(([name, values]) => [name, bits(values)] as const);
  return { losses, weights: Object.fromEntries(after) };
}

/** Audio, sample by sample through a cell with one number in and one out. */
export function playedThrough(wasm: Uint8Array, weights: Weights, samples: Float32Array): readonly number[] {
  const stream = openStream(wasm, { weights });
  const { x } = stream.inputs;
  const { y } = stream.outputs;
  return bits(
    samples.map((sample) => {
      x![0] = sample;
      stream.step();
      return y![0]!;
    }),
  );
}

/** Noise that swells, `count` samples in [-1, 1). */
export function tone(count: number): Float32Array {
  const next = numbersFrom(23);
  return Float32Array.from({ length: count }, (_, i) => next() * ((i % 4096) / 4096));
}
