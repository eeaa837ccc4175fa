import type { Manifest, ManifestInput } from '../compiler/module/manifest.ts';
import { checkLength, checkNames, cutSteps, isArray, part, pick, type Values } from './arrays.ts';
import { fail, requireSetting, runtimeErrors } from './errors.ts';
import type { Instance } from './instance.ts';
import { checkOptions, type OptionNames } from './knownOptions.ts';
import {
  atOnce,
  inTurns,
  type LongCallOptions,
  longCallOptions,
  type Pieces,
  throwIfAborted,
} from './longCall.ts';
import { checkWeights, LossMean } from './loss.ts';
import { type Named, named } from './named.ts';
import type { Mode } from './noiseBuffers.ts';
import { checkRowTimes, cutRowTimes, type RowTimes, withoutPadding } from './rows.ts';
import { showShape, sizeOf } from './shapes.ts';

/** Arrays of the whole sequence, or a function that gives those of `steps` steps from step `first` on. */
export type InputSource = Values | ((first: number, steps: number) => Values);

/** Options of `evaluate`. */
export interface EvaluateOptions extends LongCallOptions, RowTimes {
  /** [steps, batch, ...shape] by name. Without them a loss that needs targets is left out. */
  readonly targets?: InputSource;
  /** [steps, batch], at least 0: how much the loss of each step and row counts; all alike by default. */
  readonly lossWeights?: ArrayLike<number>;
  /** Whether noise is its expectation (`evaluation`, the default) or drawn (`training`). */
  readonly mode?: Mode;
  /** Go on from the present state instead of beginning sequences in all rows. */
  readonly carry?: boolean;
  /** Steps run at once, 1 … window; the window by default. Changes no bit of any result. */
  readonly chunk?: number;
  /** Outputs to be collected: all, or those named; none by default. */
  readonly collect?: boolean | readonly string[];
  /** Called after each chunk with views of its outputs, [steps, batch, ...shape], valid until it returns. */
  readonly onChunk?: (outputs: Named<Float32Array>, first: number, steps: number) => void;
}

const optionNames: OptionNames<EvaluateOptions> = {
  targets: true,
  lossWeights: true,
  mode: true,
  carry: true,
  chunk: true,
  collect: true,
  onChunk: true,
  lengths: true,
  resets: true,
  ...longCallOptions,
};

/** What `evaluate` found. */
export interface Evaluation {
  /** Mean loss, in f64: steps in order, rows within them. Absent without loss or targets. */
  readonly loss?: number;
  /** Those asked for: [steps, batch, ...shape]. */
  readonly outputs: Named<Float32Array>;
}

/** What `evaluate` needs of an instance. */
export interface Evaluable {
  readonly manifest: Manifest;
  readonly losses: Float32Array;
  start(): void;
  forward(
    inputs: Values,
    steps: number,
    options?: RowTimes & { readonly targets?: Values; readonly mode?: Mode },
  ): Named<Float32Array>;
}

/**
 * Runs any number of steps forward, in chunks of the window, with the state carried from chunk to chunk. Memory does not
 * grow with the steps, outputs that are collected apart. Noise is its expectation, unless the mode is `training`. The bits
 * are those of `step` called in a row.
 *
 * Where the call ends early, by `signal` or an error, the states are those after the last chunk that was run.
 *
 * @param inputs  [steps, batch, ...shape] by name, or a function that is asked chunk by chunk
 * @param steps   whole, at least 1
 * @throws RuntimeError RNN501 to RNN505, RNN509, RNN518, RNN540, RNN550
 * @throws `signal.reason` when aborted. Nothing else runs meanwhile, so here only a callback can abort; timers and clicks
 *         need `evaluateAsync`.
 */
export function evaluate(
  instance: Evaluable,
  inputs: InputSource,
  steps: number,
  options: EvaluateOptions = {},
): Evaluation {
  return atOnce(evaluateByChunks(instance, inputs, steps, options));
}

/**
 * As `evaluate`, with the same bits, but between chunks timers, events and other promises have their turn, about every
 * 10 ms. Meanwhile the instance may be used otherwise: states are put back. Leave parameters and arrays given alone until
 * it is done.
 *
 * @throws what `evaluate` throws, as a rejection
 */
export async function evaluateAsync(
  instance: Instance,
  inputs: InputSource,
  steps: number,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  return inTurns(instance, evaluateByChunks(instance, inputs, steps, options));
}

function* evaluateByChunks(
  instance: Evaluable,
  inputs: InputSource,
  steps: number,
  options: EvaluateOptions,
): Pieces<Evaluation> {
  checkOptions('evaluate', optionNames, options);
  const { manifest } = instance;
  const { batch, window } = manifest;
  const chunk = options.chunk ?? window;
  requireSetting('steps', steps, Number.isInteger(steps) && steps >= 1, 'a whole number of at least 1');
  requireSetting(
    'chunk',
    chunk,
    Number.isInteger(chunk) && chunk >= 1 && chunk <= window,
    `whole, from 1 to ${window}`,
  );
  const inputsOf = chunks('input', inputs, manifest.inputs, batch, steps);
  const targetsOf = options.targets && chunks('target', options.targets, manifest.targets, batch, steps);
  const { mode = 'evaluation' } = options;
  if (options.lossWeights !== undefined) checkWeights(options.lossWeights, steps, batch);
  checkRowTimes(manifest, options, steps);
  const lossWeights = withoutPadding(options.lossWeights, options.lengths, steps, batch);
  const collected = collectors(manifest, options.collect ?? false, steps);
  const hasLoss = manifest.loss !== undefined && (targetsOf !== undefined || manifest.targets.length === 0);
  const mean = new LossMean();

  throwIfAborted(options.signal);
  if (options.carry !== true) instance.start();
  for (let first = 0; first < steps; first += chunk) {
    const count = Math.min(chunk, steps - first);
    const targets = targetsOf?.(first, count);
    const outputs = instance.forward(inputsOf(first, count), count, {
      ...(targets && { targets }),
      ...cutRowTimes(options, batch, first, count),
      mode,
    });
    if (hasLoss) {
      mean.add(instance.losses, lossWeights && part(lossWeights, first * batch, (first + count) * batch));
    }
    for (const { name, stride, values } of collected) values.set(outputs[name]!, first * stride);
    options.onChunk?.(outputs, first, count);
    options.onProgress?.({ done: first + count, total: steps });
    if (first + count === steps) break;
    yield;
    throwIfAborted(options.signal);
  }
  const outputs = named(collected.map(({ name, values }) => [name, values]));
  return hasLoss ? { loss: mean.mean, outputs } : { outputs };
}

/** A source as a function; the length of whole arrays is checked here, before anything runs. */
export function chunks(
  what: 'input' | 'target',
  source: InputSource,
  inputs: readonly ManifestInput[],
  batch: number,
  steps: number,
): (first: number, steps: number) => Values {
  if (typeof source === 'function') return source;
  if (source === undefined || source === null) {
    const [first] = inputs;
    if (first === undefined) return () => [];
    const shape = showShape(
      [
        ['steps', steps],
        ['batch', batch],
      ],
      first,
    );
    fail(runtimeErrors.missing, { what, name: first.name, shape });
  }
  checkNames(
    source,
    what,
    inputs.map(({ name }) => name),
  );
  if (isArray(source) && inputs.length !== 1) return () => source;
  const outer = [
    ['steps', steps],
    ['batch', batch],
  ] as const;
  for (const input of inputs) {
    const { name } = input;
    const value = pick(source, name, inputs.length);
    if (value !== undefined) checkLength(`${what} ${name}`, value, outer, input);
  }
  return (first, count) => cutSteps(source, inputs, batch, first, count);
}

interface Collector {
  readonly name: string;
  /** Entries of one step. */
  readonly stride: number;
  /** [steps, batch, ...shape] */
  readonly values: Float32Array;
}

function collectors(
  manifest: Manifest,
  collect: boolean | readonly string[],
  steps: number,
): readonly Collector[] {
  const known = manifest.outputs.map(({ name }) => name);
  const names = collect === true ? known : collect === false ? [] : collect;
  return names.map((name) => {
    const output = manifest.outputs.find((candidate) => candidate.name === name);
    if (output === undefined) fail(runtimeErrors.unknownName, { what: 'output', name, known });
    const stride = manifest.batch * sizeOf(output.shape);
    return { name, stride, values: new Float32Array(steps * stride) };
  });
}
