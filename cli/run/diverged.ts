import { advice } from '../../runtime/errors.ts';
import type { RuntimeError } from '../../runtime/index.ts';
import { quoted } from '../data/columns.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Checkpoint } from './checkpoint.ts';
import { runFiles } from './folder.ts';
import { isRaw } from './poor.ts';
import type { Run } from './training.ts';
import { short } from './view.ts';

/**
 * What to say where the numbers of a run have left their range: why, what is kept, and how to begin anew. To go on would
 * meet the same numbers.
 *
 * @param reached  the end of the last epoch; undefined where none was done
 * @param updates  that were made
 * @param keep     writes it; where it fails, that is said besides
 */
export function diverged(
  error: RuntimeError,
  run: Run,
  reached: Checkpoint | undefined,
  updates: number,
  keep: () => void,
): Failure {
  const { folder, configuration } = run;
  const { training } = configuration;
  const clip = training.clip === undefined ? '--clip 1, for example' : `--clip below ${training.clip}`;
  const parts = [
    error.message.replace(
      advice,
      updates === 0
        ? 'This is before the first update: look at the cell, what its state starts with, and its data.'
        : `Lower the learning rate (--learning-rate), or clip the gradient (${clip}).`,
    ),
    ...largeColumns(run),
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

/** From here on a column that is not normalised may be what makes the numbers large. */
const large = 100;

function largeColumns({ configuration, data }: Run): readonly string[] {
  const raw = new Set(configuration.columns.filter(isRaw).map(({ column }) => column));
  const reach = new Map<string, number>();
  for (const [bound, prepared] of [
    [configuration.inputs, data.inputs],
    [configuration.targets, data.targets],
  ] as const) {
    for (const [i, { columns, classes }] of bound.entries()) {
      for (const [k, column] of columns.entries()) {
        if (classes !== undefined || !raw.has(column)) continue;
        const most = prepared[i]!.columns[k]!.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
        if (most >= large) reach.set(column, most);
      }
    }
  }
  return [...reach].map(
    ([column, most]) =>
      `Column ${quoted(column)} is not normalised, and reaches ${short(most)}: leave out --no-normalise or --raw.`,
  );
}
