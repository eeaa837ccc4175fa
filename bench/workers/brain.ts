import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Case } from '../cases.ts';
import { type Prepared, randomValues, serve } from './protocol.ts';

/*
 * brain.js, in plain JavaScript, one row at a time. Its training step includes an output layer and the update, so it does
 * a little more than asked; nothing nearer can be had of it. Version 1 has token models (one-hot in, soft-max out),
 * version 2 a model of vectors.
 */

interface TokenNet {
  trainPattern?(tokens: readonly number[], rate: number): void;
  initialize?(): void;
  trainInput(tokens: readonly number[]): void;
  backpropagate(tokens: readonly number[]): void;
  adjustWeights(rate: number): void;
}
interface VectorNet {
  initialize(): void;
  trainPattern(steps: readonly Float32Array[], rate: number): void;
}
type Make<Net> = new (options: object) => Net;
interface Brain {
  readonly recurrent: {
    readonly LSTM: Make<TokenNet>;
    readonly GRU: Make<TokenNet>;
    readonly LSTMTimeStep: Make<VectorNet>;
    readonly GRUTimeStep: Make<VectorNet>;
  };
}

const name = process.argv[2]!;
const rate = 0.01;

function prepare({ recurrent }: Brain, version: string, wanted: Case): Prepared | undefined {
  const { cell, operation, batch } = wanted;
  if (operation !== 'train' || batch !== 1 || (cell !== 'lstm' && cell !== 'gru')) return undefined;
  const isOld = version.startsWith('1.');
  if (isOld) return ofTokens(cell === 'lstm' ? recurrent.LSTM : recurrent.GRU, wanted);
  return ofVectors(cell === 'lstm' ? recurrent.LSTMTimeStep : recurrent.GRUTimeStep, wanted);
}

function ofTokens(Net: Make<TokenNet>, { inputs, hidden, steps }: Case): Prepared {
  const sizes = { inputSize: inputs, inputRange: inputs, outputSize: inputs, hiddenLayers: [hidden] };
  const net = new Net(sizes);
  net.initialize?.();
  const tokens = Array.from(randomValues(steps - 1), (v) => Math.floor(((v + 1) / 2) * (inputs - 1)));
  const run = () => {
    if (net.trainPattern !== undefined) return net.trainPattern(tokens, rate);
    net.trainInput(tokens);
    net.backpropagate(tokens);
    net.adjustWeights(rate);
  };
  return { run };
}

function ofVectors(Net: Make<VectorNet>, { inputs, hidden, steps }: Case): Prepared {
  const net = new Net({ inputSize: inputs, outputSize: inputs, hiddenLayers: [hidden] });
  net.initialize();
  // One more: each step is trained to foretell the next.
  const sequence = Array.from({ length: steps + 1 }, () => randomValues(inputs));
  return { run: () => net.trainPattern(sequence, rate) };
}

await serve(() => {
  const require = createRequire(import.meta.url);
  const brain = require(name) as Brain;
  let folder = dirname(require.resolve(name));
  while (!folder.endsWith(name)) folder = dirname(folder);
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { ready: `brain.js ${version}`, prepare: (wanted) => prepare(brain, version, wanted) };
});
