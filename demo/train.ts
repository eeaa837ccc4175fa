import { adam, clipByGlobalNorm, cosineSchedule, type Instance, trainEpoch } from '../runtime/index.ts';
import { errorsOf, networkForecasts } from './evaluate.ts';
import { examplesOf, type Scale } from './features.ts';
import type { Series, Split } from './series.ts';

/** Chosen on the validation part, together with the number of epochs and the hidden size. */
export interface Settings {
  readonly epochs: number;
  /** Epochs from one look at the validation part to the next. */
  readonly lookEvery: number;
  /** Truncated BPTT: months between updates, and months a loss goes back through. */
  readonly k1: number;
  readonly k2: number;
  /** At first; it falls along half a cosine over all epochs. */
  readonly learningRate: number;
  readonly clipNorm: number;
  /** Months ahead of the closed-loop forecasts. */
  readonly horizon: number;
}

/** A look at the validation part. Root mean squared errors in ppm. */
export interface Look {
  readonly epoch: number;
  readonly oneStep: number;
  readonly closedLoop: number;
}

export interface Progress {
  readonly epoch: number;
  readonly trainingLoss: number;
  readonly look: Look;
}

/** What both forecasts are off by: the smaller, the better the choice. */
export function validationScore({ oneStep, closedLoop }: Look): number {
  return oneStep + closedLoop;
}

/**
 * Trains on the months before `split.validationFrom`, in their order, and leaves the network with the parameters that
 * scored best on the validation part.
 *
 * @returns the best look
 */
export function train(
  network: Instance,
  series: Series,
  scale: Scale,
  split: Split,
  settings: Settings,
  onLook: (progress: Progress) => void,
): Look {
  const { steps, inputs, targets, weights } = examplesOf(series, scale, split.validationFrom);
  const { k1, k2, horizon } = settings;
  const optimiser = adam({ learningRate: settings.learningRate });
  const schedule = cosineSchedule({ period: settings.epochs });
  const options = {
    k1,
    k2,
    optimiser,
    clip: clipByGlobalNorm(settings.clipNorm),
  };
  let best: { look: Look; parameters: Map<string, Float32Array> } | undefined;
  for (let epoch = 1; epoch <= settings.epochs; epoch++) {
    optimiser.learningRate = settings.learningRate * schedule(epoch - 1);
    const { loss } = trainEpoch(network, { inputs, targets, steps, lossWeights: weights }, options);
    if (epoch % settings.lookEvery !== 0) continue;
    const look = { epoch, ...validationErrors(network, series, scale, split, horizon) };
    if (best === undefined || validationScore(look) < validationScore(best.look)) {
      best = { look, parameters: copyOf(network) };
    }
    onLook({ epoch, trainingLoss: loss, look });
  }
  if (best === undefined) throw new RangeError('train needs at least `lookEvery` epochs');
  network.setParameters(best.parameters);
  return best.look;
}

function validationErrors(
  network: Instance,
  series: Series,
  scale: Scale,
  split: Split,
  horizon: number,
): Omit<Look, 'epoch'> {
  const part = { horizon, from: split.validationFrom, end: split.heldOutFrom };
  const truth = series.values.subarray(part.from, part.end);
  const { oneStep, closedLoop } = networkForecasts(network, series, scale, part);
  return { oneStep: errorsOf(oneStep, truth).rmse, closedLoop: errorsOf(closedLoop, truth).rmse };
}

function copyOf({ parameters }: Instance): Map<string, Float32Array> {
  return new Map(Object.entries(parameters).map(([name, values]) => [name, values.slice()]));
}
