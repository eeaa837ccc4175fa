import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Case } from '../cases.ts';
import { type Prepared, randomValues, serve } from './protocol.ts';

/*
 * TensorFlow.js on its WebAssembly back end. The argument is the form: `layers`, its recurrent layers, or `hand`, cells
 * written in its operations.
 */

interface Tensor {
  dispose(): void;
  dataSync(): Float32Array;
}
interface Core {
  readonly version: { readonly tfjs: string };
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  env(): { getAsync(flag: string): Promise<unknown> };
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  variable(value: Tensor): Tensor;
  zeros(shape: readonly number[]): Tensor;
  tidy<T extends Tensor | readonly Tensor[]>(body: () => T): T;
  variableGrads(
    body: () => Tensor,
    of?: readonly Tensor[],
  ): { readonly value: Tensor; readonly grads: Readonly<Record<string, Tensor>> };
  split(tensor: Tensor, parts: number, axis: number): Tensor[];
  unstack(tensor: Tensor): Tensor[];
  stack(tensors: readonly Tensor[]): Tensor;
  reshape(tensor: Tensor, shape: readonly number[]): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  sub(a: Tensor, b: Tensor): Tensor;
  mul(a: Tensor, b: Tensor): Tensor;
  sigmoid(a: Tensor): Tensor;
  tanh(a: Tensor): Tensor;
  square(a: Tensor): Tensor;
  mean(a: Tensor): Tensor;
}
interface Model {
  apply(x: Tensor, options: object): Tensor;
  predict(x: Tensor, options: object): Tensor;
}
interface TensorFlow extends Core {
  sequential(options: object): Model;
  readonly layers: Readonly<Record<'lstm' | 'gru', (options: object) => object>>;
}

const form = process.argv[2] as 'layers' | 'hand';
const require = createRequire(import.meta.url);

const layered = new Map([
  ['lstm', ['lstm', 1]],
  ['two_layers', ['lstm', 2]],
  // Its GRU has the reset before the product only.
  ['gru_reset_before', ['gru', 1]],
] as const);

function ofLayers(tf: TensorFlow, wanted: Case): Prepared | undefined {
  const { cell, operation, inputs, hidden, steps, batch } = wanted;
  const found = layered.get(cell as never);
  if (found === undefined || operation === 'step') return undefined;
  const [kind, layers] = found;
  const options = { units: hidden, returnSequences: true, recurrentActivation: 'sigmoid' };
  const model = tf.sequential({
    layers: Array.from({ length: layers }, (_, layer) =>
      tf.layers[kind]({ ...options, inputShape: [steps, layer === 0 ? inputs : hidden] }),
    ),
  });
  const x = tf.tensor(randomValues(batch * steps * inputs), [batch, steps, inputs]);
  const target = tf.tensor(randomValues(batch * steps * hidden), [batch, steps, hidden]);
  if (operation === 'train') return trainer(tf, () => model.apply(x, { training: true }), target);
  return inference(tf, () => model.predict(x, { batchSize: batch }));
}

type Step = (projected: Tensor, state: readonly Tensor[]) => readonly Tensor[];

function byHand(tf: Core, wanted: Case): Prepared | undefined {
  const { operation, inputs, hidden, steps, batch } = wanted;
  const made = handCell(tf, wanted);
  if (made === undefined) return undefined;
  const { blocks, states, step, parameters } = made;
  const weights = parameter(tf, [inputs, blocks * hidden], hidden);
  const bias = parameter(tf, [blocks * hidden], hidden);
  const x = tf.tensor(randomValues(steps * batch * inputs), [steps * batch, inputs]);
  const target = tf.tensor(randomValues(steps * batch * hidden), [steps, batch, hidden]);
  const zeros = () => Array.from({ length: states }, () => tf.zeros([batch, hidden]));
  const project = () => tf.add(tf.matMul(x, weights), bias);
  const sequence = () => {
    let state: readonly Tensor[] = zeros();
    const outputs = tf.unstack(tf.reshape(project(), [steps, batch, blocks * hidden])).map((row) => {
      state = step(row, state);
      return state[0]!;
    });
    return tf.stack(outputs);
  };
  if (operation === 'train') return trainer(tf, sequence, target, [weights, bias, ...parameters]);
  if (operation === 'infer') return inference(tf, sequence);
  let state: readonly Tensor[] = zeros();
  const run = () => {
    const next = tf.tidy(() => step(project(), state));
    for (const old of state) old.dispose();
    state = next;
    state[0]!.dataSync();
  };
  return { run };
}

function handCell(
  tf: Core,
  { cell, hidden }: Case,
):
  | {
      readonly blocks: number;
      readonly states: number;
      readonly step: Step;
      readonly parameters: readonly Tensor[];
    }
  | undefined {
  const { add, sub, mul, sigmoid, tanh, split, matMul } = tf;
  if (cell === 'mingru') {
    const step: Step = (projected, [h]) => {
      const [z, n] = split(projected, 2, 1) as [Tensor, Tensor];
      return [add(h!, mul(sigmoid(z), sub(n, h!)))];
    };
    return { blocks: 2, states: 1, step, parameters: [] };
  }
  if (cell === 'gru') {
    const u = parameter(tf, [hidden, 3 * hidden], hidden);
    const inner = parameter(tf, [hidden], hidden);
    const step: Step = (projected, [h]) => {
      const [pz, pr, pn] = split(projected, 3, 1) as [Tensor, Tensor, Tensor];
      const [uz, ur, un] = split(matMul(h!, u), 3, 1) as [Tensor, Tensor, Tensor];
      const n = tanh(add(pn, mul(sigmoid(add(pr, ur)), add(un, inner))));
      return [add(n, mul(sigmoid(add(pz, uz)), sub(h!, n)))];
    };
    return { blocks: 3, states: 1, step, parameters: [u, inner] };
  }
  if (cell !== 'lstm' && cell !== 'peephole_lstm') return undefined;
  const u = parameter(tf, [hidden, 4 * hidden], hidden);
  const peepholes = Array.from({ length: cell === 'lstm' ? 0 : 3 }, () => parameter(tf, [hidden], hidden));
  const look = (gate: Tensor, at: number, c: Tensor) =>
    peepholes.length === 0 ? gate : add(gate, mul(peepholes[at]!, c));
  const step: Step = (projected, [h, c]) => {
    const [i, f, g, o] = split(add(projected, matMul(h!, u)), 4, 1) as [Tensor, Tensor, Tensor, Tensor];
    const kept = mul(sigmoid(look(f, 1, c!)), c!);
    const next = add(kept, mul(sigmoid(look(i, 0, c!)), tanh(g)));
    return [mul(sigmoid(look(o, 2, next)), tanh(next)), next];
  };
  return { blocks: 4, states: 2, step, parameters: [u, ...peepholes] };
}

function parameter(tf: Core, shape: readonly number[], hidden: number): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  return tf.variable(tf.tensor(randomValues(count, hidden ** -0.5), shape));
}

function trainer(tf: Core, forward: () => Tensor, target: Tensor, of?: readonly Tensor[]): Prepared {
  const loss = () => tf.mean(tf.square(tf.sub(forward(), target)));
  const run = () => {
    const { value, grads } = tf.variableGrads(loss, of);
    const gradients = Object.values(grads);
    gradients[0]!.dataSync();
    for (const gradient of [value, ...gradients]) gradient.dispose();
  };
  return { run };
}

function inference(tf: Core, forward: () => Tensor): Prepared {
  const run = () => {
    const output = tf.tidy(forward);
    output.dataSync();
    output.dispose();
  };
  return { run };
}

await serve(async () => {
  const tf = require('@tensorflow/tfjs') as TensorFlow;
  const back = require('@tensorflow/tfjs-backend-wasm') as { setWasmPaths(folder: string): void };
  const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  back.setWasmPaths(join(folder, 'dist/'));
  await tf.setBackend('wasm');
  await tf.ready();
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return {
    ready: `TensorFlow.js ${tf.version.tfjs}, wasm${simd === true ? ' with SIMD' : ''}`,
    prepare: (wanted) => (form === 'hand' ? byHand(tf, wanted) : ofLayers(tf, wanted)),
  };
});
