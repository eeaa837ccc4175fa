import {
  type Abort,
  adam,
  clipByGlobalNorm,
  type Epoch,
  type Instance,
  instantiate,
  type Progress,
  type TrainOptions,
  trainEpoch,
  update,
  type Window,
  windows,
} from 'rnnc';
import { openStream } from 'rnnc/realtime';
import tide, { type Inputs, type Parameters } from './tide.js';

/*
 * What somebody writes who has installed the package: ten updates, the first by hand. Type-checked and run in an
 * empty folder by package.test.ts.
 */

declare const console: { log(text: string): void };

const cell = await instantiate(tide, { seed: 1 });
const { batch, window: most } = cell.manifest;
const steps = 9 * most;
const series = Float32Array.from({ length: (steps + 1) * batch }, (_, i) => Math.sin(i / 3));
const sequence = { inputs: series.subarray(0, steps * batch), targets: series.subarray(batch), steps };

const optimiser = adam({ learningRate: 0.01 });
const clip = clipByGlobalNorm(1);
const losses: number[] = [];
for (const part of windows(cell, sequence, { k1: most })) {
  const { loss }: Window = part;
  losses.push(loss);
  update(cell, optimiser, clip);
  if (losses.length === 1) break;
}

const reports: Progress[] = [];
const signal: Abort = { aborted: false, reason: undefined };
const options: TrainOptions = {
  k1: most,
  optimiser,
  clip,
  signal,
  onWindow: ({ loss }) => void losses.push(loss),
  onProgress: (progress) => void reports.push(progress),
};
const epoch: Epoch = trainEpoch(cell, sequence, options);

const names: readonly (keyof Parameters)[] = ['w_z', 'U_z', 'v'];
const input: keyof Inputs = 'x';
const sizes = names.map((name) => cell.parameters[name].length);

// @ts-expect-error  a number of steps is a number
const wrongSteps = () => trainEpoch(cell, { ...sequence, steps: '3' }, options);
// @ts-expect-error  an optimiser is needed
const noOptimiser = () => trainEpoch(cell, sequence, { k1: 3 });
// @ts-expect-error  what was compiled, and not its text
const noCell = () => instantiate('cell A() {}');
// @ts-expect-error  what the cell says of itself stays as it is
cell.manifest.batch = batch;

// @ts-expect-error  the cell has no such parameter
const misspelled = () => cell.parameters.W_z.length;
// @ts-expect-error  nor such an output
const noOutput = () => cell.step([0.5, 0.25]).forecasts;
const forecasts: Float32Array = cell.outputs.forecast;
const state: Float32Array = cell.states.h.current;
/** Where any cell will do. */
const any: Instance = cell;

const unused = [any, forecasts, state, misspelled, noOutput, wrongSteps, noOptimiser, noCell, openStream]
  .length;
console.log(JSON.stringify({ losses, updates: optimiser.updates, epoch, reports, sizes, input, unused }));
