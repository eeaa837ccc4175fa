import { exitCodes, Failure } from '../failure.ts';
import { optimiserNames, scheduleNames } from './choices.ts';
import type { Configuration, TrainingOptions } from './configuration.ts';

/**
 * Holds what was read against what `writeConfiguration` writes; somebody may have edited it.
 *
 * @throws Failure (failed) that names the part
 */
export function checkConfiguration(configuration: Configuration, file: string): void {
  const wrong =
    firstWrong(parts, configuration) ??
    firstWrong(trainingParts, configuration.training, 'training.') ??
    firstWrong(optionalParts, configuration);
  if (wrong === undefined) return;
  throw new Failure(exitCodes.failed, `${file} is damaged: ${wrong} is not as rnnc train writes it.`);
}

/** By name in the file. A part that is missing throws, which counts as wrong. */
type Parts<T> = readonly (readonly [name: string, holds: (whole: T) => boolean])[];

function firstWrong<T>(parts: Parts<T>, whole: T, path = ''): string | undefined {
  const wrong = parts.find(([, holds]) => {
    try {
      return !holds(whole);
    } catch {
      return true;
    }
  });
  return wrong && `${path}${wrong[0]}`;
}

const isText = (value: unknown): boolean => typeof value === 'string';

const parts: Parts<Configuration> = [
  [
    'cell',
    ({ cell }) =>
      isText(cell.name) &&
      cell.sources.length > 0 &&
      cell.sources.every(({ name, text }) => isText(name) && isText(text)) &&
      Array.isArray(cell.imports) &&
      cell.sizes.every(([name, value]) => isText(name) && Number.isFinite(value)),
  ],
  [
    'data',
    ({ data }) =>
      isText(data.file) &&
      data.delimiter.length === 1 &&
      isText(data.fingerprint) &&
      data.holdout >= 0 &&
      data.holdout < 1 &&
      (data.key === undefined || isText(data.key)) &&
      (data.fill === undefined || ['previous', 'zero', 'mean'].includes(data.fill)) &&
      ['time', 'key'].includes(data.holdoutBy),
  ],
  [
    'columns',
    ({ columns }) =>
      columns.every(
        ({ column, mean, deviation, average }) =>
          isText(column) && Number.isFinite(mean) && Number.isFinite(average) && deviation > 0,
      ),
  ],
  ...(['inputs', 'targets'] as const).map(
    (which) =>
      [
        which,
        (configuration: Configuration) =>
          configuration[which].every(
            ({ name, columns }) =>
              isText(name) &&
              columns.every((name) => configuration.columns.some(({ column }) => column === name)),
          ),
      ] as const,
  ),
  ['ahead', ({ ahead }) => ahead === 0 || ahead === 1],
  ['training', ({ training }) => typeof training === 'object' && training !== null],
  ['target', ({ target }) => ['js', 'wasm'].includes(target)],
];

const isWhole = (value: unknown, least: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least;
const isPositive = (value: unknown): boolean =>
  typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY;

const trainingParts: Parts<TrainingOptions> = [
  ['window', ({ window }) => isWhole(window, 1)],
  ['updateEvery', ({ updateEvery, window }) => isWhole(updateEvery, 1) && updateEvery <= window],
  ['clip', ({ clip }) => clip === undefined || isPositive(clip)],
  ['optimiser', ({ optimiser }) => optimiserNames.includes(optimiser)],
  [
    'optimiserOptions',
    ({ optimiserOptions }) =>
      optimiserOptions.every(
        ([name, value]) => isText(name) && (typeof value === 'boolean' || Number.isFinite(value)),
      ),
  ],
  ['learningRate', ({ learningRate }) => isPositive(learningRate)],
  ['schedule', ({ schedule }) => scheduleNames.includes(schedule)],
  ['stepEpochs', ({ stepEpochs }) => isWhole(stepEpochs, 1)],
  ['stepFactor', ({ stepFactor }) => isPositive(stepFactor)],
  ['warmup', ({ warmup }) => isWhole(warmup, 0)],
  ['epochs', ({ epochs }) => isWhole(epochs, 1)],
  ['batch', ({ batch }) => isWhole(batch, 1)],
  ['seed', ({ seed }) => isWhole(seed, 0)],
  ['patience', ({ patience }) => patience === undefined || isWhole(patience, 1)],
];

const optionalParts: Parts<Configuration> = [
  ['profile', ({ profile }) => profile === undefined || ['separate', 'fused'].includes(profile)],
  [
    'checkpointEvery',
    ({ checkpointEvery }) =>
      checkpointEvery === undefined || (Number.isFinite(checkpointEvery) && checkpointEvery >= 0),
  ],
];
