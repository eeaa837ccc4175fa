import { advice } from '../../runtime/errors.ts';
import type { RuntimeError } from '../../runtime/index.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Checkpoint } from './checkpoint.ts';
import { runFiles } from './folder.ts';
import type { Run } from './training.ts';

/**
 * What to say where the numbers of a run have left their range: why, what is kept, and how to begin anew. To go on would
 * meet the same numbers.
 *
 * @param reached  the end of the last epoch; undefined where none was done
 * @param keep     writes it; where it fails, that is said besides
 */
export function diverged(
  error: RuntimeError,
  { folder, configuration: { training } }: Run,
  reached: Checkpoint | undefined,
  keep: () => void,
): Failure {
  const clip = training.clip === undefined ? '--clip 1, for example' : `--clip below ${training.clip}`;
  const parts = [
    error.message.replace(
      advice,
      `Lower the learning rate (--learning-rate), or clip the gradient (${clip}).`,
    ),
  ];
  try {
    keep();
  } catch (second) {
    if (!(second instanceof Failure)) throw second;
    parts.push(second.message);
  }
  const done = (reached?.position.epoch ?? 1) - 1;
  const best = reached?.position.best;
  const epochs = done === 0 ? 'No epoch was' : done === 1 ? '1 epoch was' : `${done} epochs were`;
  parts.push(
    best === undefined || !folder.has('weights')
      ? `${epochs} done.`
      : `${epochs} done; the weights of the best, epoch ${best.epoch}, are in ${folder.file('weights')}, losses and ` +
          `gradient norms in ${runFiles.log}.`,
  );
  parts.push(
    folder.isFree()
      ? `Begin anew with other options; ${folder.path} can be used again.`
      : `Begin anew with other options, and with --out FOLDER, or delete ${folder.path} before.`,
  );
  return new Failure(exitCodes.failed, parts.join('\n'));
}
