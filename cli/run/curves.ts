import { chart, colours } from '../../plot/chart.ts';
import type { RunFolder } from './folder.ts';
import type { LogLine } from './log.ts';

/** Loss and gradient norm by epoch, as pictures beside the log. */
export function writeCurves(folder: RunFolder, log: readonly LogLine[], clip: number | undefined): void {
  if (log.length === 0) return;
  const line = (name: string, colour: string, of: (line: LogLine) => number | undefined) => ({
    name,
    colour,
    points: log.map((entry) => [entry.epoch, of(entry) ?? Number.NaN] as const),
  });
  const losses = [line('training', colours.blue, ({ trainingLoss }) => trainingLoss)];
  if (log[0]!.heldOutLoss !== undefined) {
    losses.push(line('held out', colours.vermilion, ({ heldOutLoss }) => heldOutLoss));
  }
  const norms = [
    line('mean', colours.blue, ({ gradientNorm }) => gradientNorm.mean),
    line('largest', colours.vermilion, ({ gradientNorm }) => gradientNorm.largest),
  ];
  if (clip !== undefined) norms.push(line('clipped above', colours.grey, () => clip));
  const logarithmic = log.every((entry) => scorable(entry.trainingLoss) && scorable(entry.heldOutLoss ?? 1));
  folder.write(
    'lossCurve',
    chart({ title: 'Loss', across: 'epoch', up: 'mean loss', lines: losses, logarithmic }),
  );
  const about = { title: 'Gradient norm before clipping', across: 'epoch', up: 'L2 norm', logarithmic: true };
  folder.write('gradientCurve', chart({ ...about, lines: norms }));
}

/** A logarithmic axis has a place for it. */
const scorable = (loss: number): boolean => loss > 0;
