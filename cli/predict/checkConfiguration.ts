import { exitCodes, Failure } from '../failure.ts';
import type { Configuration } from '../run/configuration.ts';

/**
 * Holds what was read against what predicting relies on; somebody may have edited it.
 *
 * @throws Failure (failed) that names the part
 */
export function checkConfiguration(configuration: Configuration, file: string): void {
  const wrong = parts.find(([, holds]) => {
    try {
      return !holds(configuration);
    } catch {
      return true;
    }
  });
  if (wrong === undefined) return;
  throw new Failure(exitCodes.failed, `${file} is damaged: ${wrong[0]} is not as rnnc train writes it.`);
}

const isText = (value: unknown): boolean => typeof value === 'string';

/** By name in the file. A part that is missing throws, which counts as wrong. */
const parts: readonly (readonly [name: string, holds: (configuration: Configuration) => boolean])[] = [
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
  ['training', ({ training }) => Number.isSafeInteger(training.seed) && training.seed >= 0],
  ['target', ({ target }) => ['js', 'wasm'].includes(target)],
];
