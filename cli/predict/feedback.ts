import { exitCodes, Failure } from '../failure.ts';
import type { Forecaster } from './forecaster.ts';

/**
 * For every number that the network reads, which of its predictions stands for it in the next row.
 *
 * @param wanted  what cannot be done otherwise, for the message
 * @returns one index into `predicts` per entry of `reads`
 * @throws Failure (failed) that says why the next row cannot be known
 */
export function feedbackOf(
  { configuration, reads, predicts }: Forecaster,
  wanted: string,
): readonly number[] {
  if (configuration.ahead === 0 && reads.length > 0) {
    const { inputs } = configuration;
    refuse(
      wanted,
      `the run was trained with --targets, so a prediction goes with its own row, and the ` +
        `${reads.length === 1 ? 'column' : 'columns'} ${reads.map(({ column }) => column).join(', ')} of rows to come, ` +
        `which ${inputs.map(({ name }) => name).join(', ')} reads, ${reads.length === 1 ? 'is' : 'are'} not known`,
    );
  }
  return reads.map(({ input, column, classes }) => {
    const found = predicts.findIndex((one) => one.column === column && one.classes === classes);
    if (found < 0) {
      const known = predicts.map((one) => one.column).join(', ');
      refuse(wanted, `${input} reads the column ${column}, and the network predicts ${known} only`);
    }
    return found;
  });
}

function refuse(wanted: string, why: string): never {
  throw new Failure(
    exitCodes.failed,
    `${wanted}: ${why}. For rows that are known, give them with --observed: each gets its prediction.`,
  );
}
