// Learns the parity of bit strings (parity.rnn) on strings of at most 20 bits, and tries it on strings of 200.
//
//     node dsl-examples/lectures/learn_parity.mjs           seeds 1 to 5
//     node dsl-examples/lectures/learn_parity.mjs 6 7 8     these seeds
//
// Strings get longer as the network gets better: after ten updates in a row with a small loss come longer ones. At 20 bits
// it is tried, every 50 updates, on 10,000 validation strings of 200 bits, new ones each time, and is done when it makes
// no mistake on them at any step. The 1,000 strings of the result are others again.
import { readFileSync } from 'node:fs';
import { adam, clipByGlobalNorm, instantiateSync, Random, update } from 'rnnc';
import { compile } from 'rnnc/compiler';

const trainingLengths = [3, 6, 12, 20];
const rows = 32; // strings of an update
const testRows = 1000;
const testLength = 200;
const smallLoss = 0.1;
const mostUpdates = 10_000;

const name = 'parity.rnn';
const source = { name, text: readFileSync(new URL(name, import.meta.url), 'utf8') };
// The profile is named, so that the numbers are the same on every machine.
const learning = compile(source, { batch: rows, window: 20, profile: 'separate' });
const trying = compile(source, { batch: testRows, window: 20, profile: 'separate', training: false });

/** Bits and the parity so far, both [length, count]. */
function strings(random, length, count) {
  const bits = Float32Array.from({ length: length * count }, () => random.bits() >>> 31);
  const parity = bits.slice();
  for (let i = count; i < parity.length; i++) parity[i] = (bits[i] + parity[i - count]) % 2;
  return { bits, parity };
}

/** Steps at which the sign of the logit is not the parity, of 1,000 strings of 200 bits. */
function mistakes(cell, random) {
  const { bits, parity } = strings(random, testLength, testRows);
  const { logit } = cell.evaluate(bits, testLength, { collect: true }).outputs;
  return logit.reduce((wrong, value, i) => wrong + (value > 0 === (parity[i] === 1) ? 0 : 1), 0);
}

/** Ten times 1,000 strings, up to the first with a mistake. */
function passes(cell, random) {
  return Array.from({ length: 10 }).every(() => mistakes(cell, random) === 0);
}

function learn(seed) {
  const cell = instantiateSync(learning, { seed });
  const trial = instantiateSync(trying, { weights: cell.parameters });
  const optimiser = adam({ learningRate: 0.01 });
  const clip = clipByGlobalNorm(1);
  const random = new Random(seed, 'training');
  const validation = new Random(seed, 'validation');
  let stage = 0;
  let good = 0;
  let done = false;
  while (!done && optimiser.updates < mostUpdates) {
    const length = trainingLengths[stage];
    const { bits, parity } = strings(random, length, rows);
    cell.start();
    cell.forward(bits, length, { targets: parity });
    cell.backward();
    good = cell.meanLoss() < smallLoss ? good + 1 : 0;
    update(cell, optimiser, clip);
    if (good < 10) continue;
    if (stage < trainingLengths.length - 1) {
      stage++;
      good = 0;
    } else if (optimiser.updates % 50 === 0) {
      trial.setParameters(cell.parameters);
      done = passes(trial, validation);
    }
  }
  trial.setParameters(cell.parameters);
  return { updates: optimiser.updates, done, wrong: mistakes(trial, new Random(seed, 'unseen')) };
}

const seeds = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 2, 3, 4, 5];
console.log('| seed | updates | mistakes in 200,000 |\n|---|---|---|');
for (const seed of seeds) {
  const { updates, done, wrong } = learn(seed);
  console.log(`| ${seed} | ${done ? updates : `${updates}, not done`} | ${wrong} |`);
}
