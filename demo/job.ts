import type { Instance } from '../runtime/index.ts';
import { drift, forecastsOf, meanChangeOfMonth, persistence, seasonalNaiveWithDrift } from './baselines.ts';
import { errorsOf, networkForecasts } from './evaluate.ts';
import { fitScale, type Scale } from './features.ts';
import { createNetwork } from './network.ts';
import { plot } from './plot.ts';
import { progressView, type Say } from './progress.ts';
import { errorTable, type Row, verdict } from './report.ts';
import { monthName, type Reading, type Series, type Split, splitAt, withoutGaps } from './series.ts';
import { type Look, type Settings, train, validationScore } from './train.ts';

const january = (year: number) => 12 * year;
const validationFrom = january(2000);
const heldOutFrom = january(2008);

/** What was chosen on the validation part; of the hidden sizes the run itself chooses one. */
export interface Choices extends Settings {
  readonly hiddenSizes: readonly number[];
  readonly seed: number;
}

const choices: Choices = {
  hiddenSizes: [8, 16, 32],
  seed: 1,
  epochs: 120,
  lookEvery: 5,
  k1: 24,
  k2: 48,
  learningRate: 0.005,
  clipNorm: 1,
  horizon: 12,
};

export interface Outcome {
  /** Held-out errors of every baseline. */
  readonly baselines: readonly Row[];
  /** Held-out errors of the network. */
  readonly network: Row;
  /** Forecasts against the truth, as an SVG. */
  readonly picture: string;
}

/**
 * The main job: an LSTM written as equations (dsl-examples/forecaster.rnn) is compiled and learns to forecast the CO2
 * series of Mauna Loa. Three parts in time, never shuffled: it learns on the first, all choices are made on the second,
 * the third is looked at once, at the end. The same bits at every run.
 *
 * @throws DataError, ForecastError, RuntimeError with a message for the user
 */
export function forecastCo2(readings: readonly Reading[], say: Say, chosen: Choices = choices): Outcome {
  const { horizon } = chosen;
  const series = withoutGaps(readings, validationFrom);
  const split = splitAt(series, validationFrom, heldOutFrom);
  const scale = fitScale(series, split.validationFrom);
  say.line(describe(series, split, scale, readings.length));

  const { network, hidden, look } = chooseNetwork(series, split, scale, chosen, say);
  say.line(
    `\nChosen on the validation part: ${hidden} hidden units, epoch ${look.epoch}. Now, once, the held-out part:\n`,
  );

  const part = { horizon, from: split.heldOutFrom, end: split.end };
  const truth = series.values.subarray(part.from, part.end);
  const { oneStep, closedLoop } = networkForecasts(network, series, scale, part);
  const own: Row = {
    name: `LSTM, ${hidden} hidden units`,
    oneStep: errorsOf(oneStep, truth),
    closedLoop: errorsOf(closedLoop, truth),
  };
  const baselines = baselineErrors(series, split, horizon);
  say.line(errorTable([...baselines, own], horizon));
  say.line(`\n${verdict(own, baselines, horizon).join('\n')}`);
  const rmse = { oneStepError: own.oneStep.rmse, closedLoopError: own.closedLoop.rmse };
  return { baselines, network: own, picture: plot({ series, split, oneStep, closedLoop, horizon, ...rmse }) };
}

function describe(series: Series, split: Split, scale: Scale, readings: number): string {
  const month = (i: number) => monthName(series.firstMonth + i);
  const part = (from: number, end: number) => `${month(from)} to ${month(end - 1)} (${end - from} months)`;
  const filled = [...series.filled].map(month).join(', ');
  return `Monthly CO2 at Mauna Loa, in ppm: ${readings} months, and ${series.missing.length} missing (${series.missing.map(monthName).join(', ')}).
  The first ${series.leftOut} months are left out: their gaps have no year before them to be filled from.
  ${filled} are filled with the mean of the same month a year before and after; they are not learned from.
  training    ${part(0, split.validationFrom)}
  validation  ${part(split.validationFrom, split.heldOutFrom)}
  held out    ${part(split.heldOutFrom, split.end)}
The held-out years lie above all that is learned from, so the network reads and forecasts changes from month to month,
normalised with the training part's mean ${scale.mean.toFixed(3)} and deviation ${scale.deviation.toFixed(3)} ppm, beside sine and cosine of the month.
`;
}

/** Trains one network for each hidden size. */
function chooseNetwork(
  series: Series,
  split: Split,
  scale: Scale,
  chosen: Choices,
  say: Say,
): { readonly network: Instance; readonly hidden: number; readonly look: Look } {
  const { hiddenSizes, seed, epochs, k1, k2, horizon } = chosen;
  say.line(
    `Training by truncated BPTT (an update every ${k1} months, ${k2} months back), Adam with a cosine schedule, seed ${seed}.
Validation errors are the RMSE of forecasts made 1 and ${horizon} months before.`,
  );
  const tried = hiddenSizes.map((hidden) => {
    const network = createNetwork(hidden, k2, seed);
    const view = progressView(`${String(hidden).padStart(2)} hidden units`, epochs, say);
    const look = train(network, series, scale, split, chosen, view.show);
    view.stop();
    return { network, hidden, look };
  });
  return tried.reduce((a, b) => (validationScore(b.look) < validationScore(a.look) ? b : a));
}

/** Held-out errors of the baselines, for the same months as the network's. */
function baselineErrors({ values, filled }: Series, split: Split, horizon: number): readonly Row[] {
  const { validationFrom: trainingEnd, heldOutFrom: from, end } = split;
  const truth = values.subarray(from, end);
  return [
    persistence,
    drift,
    seasonalNaiveWithDrift(1),
    seasonalNaiveWithDrift(5),
    meanChangeOfMonth(values, trainingEnd, filled),
  ].map((baseline) => ({
    name: baseline.name,
    oneStep: errorsOf(forecastsOf(baseline, values, 1, from, end), truth),
    closedLoop: errorsOf(forecastsOf(baseline, values, horizon, from, end), truth),
  }));
}
