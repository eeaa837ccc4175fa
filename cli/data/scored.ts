import { dataFailure } from './dataFailure.ts';
import type { Prepared } from './prepare.ts';

/** How many targets count: they were in the file, and have an input to be predicted from. */
export interface Scored {
  readonly training: number;
  readonly heldOut: number;
}

export function scoredTargets({ series, ahead, counts }: Prepared): Scored {
  let training = 0;
  let heldOut = 0;
  for (const { first, rows, training: learned } of series) {
    for (let row = ahead; row < rows; row++) {
      if (row < learned) training += counts[first + row]!;
      else heldOut += counts[first + row]!;
    }
  }
  return { training, heldOut };
}

/**
 * @param file     its name, for messages
 * @param holdout  the share that was to be held out
 * @throws Failure (failed) where nothing can be learned from, or nothing held out would be scored
 */
export function checkScored({ training, heldOut }: Scored, file: string, holdout: number): void {
  if (training === 0) {
    throw dataFailure(
      file,
      'there is nothing to learn from: every row of the training part lacks a target. A row counts where all of its ' +
        'targets are in the file.',
    );
  }
  if (holdout > 0 && heldOut === 0) {
    throw dataFailure(
      file,
      'nothing that is held out can be scored: every row of it lacks a target. Give a greater --holdout, or --holdout 0 ' +
        'to learn from all.',
    );
  }
}
