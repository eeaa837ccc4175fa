import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CompileError } from '../compiler/index.ts';
import { type Instance, RuntimeError } from '../runtime/index.ts';
import { drift, forecastsOf, meanChangeOfMonth, persistence, seasonalNaiveWithDrift } from './baselines.ts';
import { errorsOf, ForecastError, networkForecasts } from './evaluate.ts';
import { fitScale, type Scale } from './features.ts';
import { createNetwork, projectFolder } from './network.ts';
import { plot } from './plot.ts';
import { progressView } from './progress.ts';
import { errorTable, type Row, verdict } from './report.ts';
import { DataError, monthName, readCo2, type Series, type Split, splitAt, withoutGaps } from './series.ts';
import { type Look, type Settings, train, validationScore } from './train.ts';

/*
 * The main job: an LSTM written as equations (dsl-examples/forecaster.rnn) is compiled and learns to forecast the CO2
 * series of Mauna Loa. Three parts in time, never shuffled: it learns on the first, all choices are made on the second,
 * the third is looked at once, at the end. Equal bits at every run.
 */

const january = (year: number) => 12 * year;
const validationFrom = january(2000);
const heldOutFrom = january(2008);
const hiddenSizes = [8, 16, 32];
const seed = 1;
const settings: Settings = {
  epochs: 120,
  lookEvery: 5,
  k1: 24,
  k2: 48,
  learningRate: 0.005,
  clipNorm: 1,
  horizon: 12,
};

function main(): void {
  const readings = readCo2();
  const series = withoutGaps(readings, validationFrom);
  const split = splitAt(series, validationFrom, heldOutFrom);
  const scale = fitScale(series, split.validationFrom);
  console.log(describe(series, split, scale, readings.length));

  const { network, hidden, look } = chooseNetwork(series, split, scale);
  console.log(
    `\nChosen on the validation part: ${hidden} hidden units, epoch ${look.epoch}. Now, once, the held-out part:\n`,
  );

  const { rows, oneStep, closedLoop } = holdOut(
    network,
    `LSTM, ${hidden} hidden units`,
    series,
    split,
    scale,
  );
  console.log(errorTable(rows, settings.horizon));
  const [own, ...baselines] = [rows.at(-1)!, ...rows.slice(0, -1)] as const;
  console.log(`\n${verdict(own, baselines, settings.horizon).join('\n')}`);

  const path = join('out', 'forecast.svg');
  const picture = { series, split, oneStep, closedLoop, horizon: settings.horizon };
  const errors = { oneStepError: own.oneStep.rmse, closedLoopError: own.closedLoop.rmse };
  write(join(projectFolder, path), plot({ ...picture, ...errors }));
  console.log(`\nForecast against truth: ${path}`);
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
): { readonly network: Instance; readonly hidden: number; readonly look: Look } {
  console.log(
    `Training by truncated BPTT (an update every ${settings.k1} months, ${settings.k2} months back), Adam, seed ${seed}.
Validation errors are those of forecasts made 1 and ${settings.horizon} months before.`,
  );
  const tried = hiddenSizes.map((hidden) => {
    const network = createNetwork(hidden, settings.k2, seed);
    const view = progressView(`${String(hidden).padStart(2)} hidden units`, settings.epochs);
    const look = train(network, series, scale, split, settings, view.show);
    view.stop();
    return { network, hidden, look };
  });
  return tried.reduce((a, b) => (validationScore(b.look) < validationScore(a.look) ? b : a));
}

/** Errors of the baselines and, last, of the network on the held-out part; every forecast of a month counts alike. */
function holdOut(network: Instance, name: string, series: Series, split: Split, scale: Scale) {
  const { horizon } = settings;
  const { values, filled } = series;
  const part = { horizon, from: split.heldOutFrom, end: split.end };
  const truth = values.subarray(part.from, part.end);
  const baselines = [
    persistence,
    drift,
    seasonalNaiveWithDrift(1),
    seasonalNaiveWithDrift(5),
    meanChangeOfMonth(values, split.validationFrom, filled),
  ];
  const rows: Row[] = baselines.map((baseline) => ({
    name: baseline.name,
    oneStep: errorsOf(forecastsOf(baseline, values, 1, part.from, part.end), truth),
    closedLoop: errorsOf(forecastsOf(baseline, values, horizon, part.from, part.end), truth),
  }));
  const { oneStep, closedLoop } = networkForecasts(network, series, scale, part);
  rows.push({ name, oneStep: errorsOf(oneStep, truth), closedLoop: errorsOf(closedLoop, truth) });
  return { rows, oneStep, closedLoop };
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

try {
  main();
} catch (error) {
  const known = [DataError, ForecastError, RuntimeError, CompileError].some((kind) => error instanceof kind);
  if (!known) throw error;
  console.error(`forecast: ${(error as Error).message}`);
  process.exitCode = 1;
}
