// Writes tensorflow.json: outputs and gradients of TensorFlow.js's recurrent layers, in f32 on its plain CPU backend.
//
// Obtained with Node 20 and, in an empty folder, npm install @tensorflow/tfjs@4.22.0:
//   NODE_PATH=node_modules node make_tensorflow.mjs tensorflow.json
// L = sum(output * output cotangent); starts are zero. Its GRU has the reset before the product only. Parameters are
// written under the names of the .rnn files in dsl-examples, turned from [columns, gates * rows] to [rows, columns].
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const tf = createRequire(join(process.cwd(), 'here.js'))('@tensorflow/tfjs');
await tf.setBackend('cpu');
const [T, B, I, H] = [5, 2, 3, 4];
let seed = 1;
const normal = (...shape) => tf.randomNormal(shape, 0, 1, 'float32', seed++);
const rows = (tensor) => ({ shape: tensor.shape, data: Array.from(tensor.dataSync()) });

/** `gates`: letters in TensorFlow's order; names of matrices and biases as our files have them. */
function recurrent(
  file,
  layer,
  gates,
  names = { W: (g) => `W_${g}`, U: (g) => `U_${g}`, b: (g) => `b_${g}` },
) {
  const x = tf.variable(normal(B, T, I));
  layer.apply(tf.zeros(x.shape));
  const weights = [normal(I, gates.length * H), normal(H, gates.length * H), normal(gates.length * H)];
  layer.setWeights(weights);
  const bar = normal(B, T, H);
  const output = layer.apply(x);
  const variables = [...layer.trainableWeights.map((weight) => weight.read()), x];
  const found = tf.variableGrads(() => layer.apply(x).mul(bar).sum(), variables).grads;
  const gradients = variables.map(({ name }) => found[name]);
  const named = ([W, U, b]) => ({
    ...parts(W, names.W),
    ...parts(U, names.U),
    ...parts(b, names.b),
  });
  const parts = (tensor, name) =>
    Object.fromEntries(
      tf
        .split(tensor, gates.length, tensor.rank - 1)
        .map((part, k) => [name(gates[k]), rows(part.transpose())]),
    );
  const inTime = (tensor) => rows(tensor.transpose([1, 0, 2]));
  return {
    file,
    sizes: { I, H },
    steps: T,
    batch: B,
    parameters: named(weights),
    inputs: { x: inTime(x) },
    starts: {},
    cotangents: { outputs: { h: inTime(bar) }, finals: {} },
    expected: {
      outputs: { h: inTime(output) },
      finals: {},
      gradients: { parameters: named(gradients), inputs: { x: inTime(gradients[3]) }, starts: {} },
    },
  };
}

const options = { units: H, returnSequences: true, recurrentActivation: 'sigmoid' };
const cases = [
  recurrent('elman.rnn', tf.layers.simpleRNN(options), 'h', {
    W: () => 'W_xh',
    U: () => 'W_hh',
    b: () => 'b',
  }),
  recurrent('lstm.rnn', tf.layers.lstm(options), 'ifgo'),
  recurrent('gru.rnn', tf.layers.gru(options), 'zrn'),
];
writeFileSync(process.argv[2], `${JSON.stringify({ tensorflow: tf.version.tfjs, cases })}\n`);
