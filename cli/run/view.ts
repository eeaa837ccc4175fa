import { SingleBar } from 'cli-progress';
import type { Io } from '../io.ts';
import type { TrainingOptions } from './configuration.ts';
import type { LogLine } from './log.ts';
import type { Listener } from './loop.ts';

/** Shows how training goes: a bar on a terminal, a line per epoch elsewhere. */
export interface TrainingView extends Pick<Listener, 'updated'> {
  logged(line: LogLine): void;
  stop(): void;
}

/** @param before  the log so far */
export function trainingView(
  { epochs, clip }: TrainingOptions,
  before: readonly LogLine[],
  io: Io,
): TrainingView {
  return io.terminal ? bar(epochs, clip, before.at(-1)) : lines(epochs, clip, io);
}

function lines(epochs: number, clip: number | undefined, io: Io): TrainingView {
  const width = String(epochs).length;
  return {
    updated: () => {},
    logged: (line) => {
      const { epoch, trainingLoss, heldOutLoss, gradientNorm, best } = line;
      const parts = [
        `epoch ${String(epoch).padStart(width)}/${epochs}`,
        `loss ${short(trainingLoss)}`,
        ...(heldOutLoss === undefined ? [] : [`held out ${short(heldOutLoss)}`]),
        `gradient norm ${short(gradientNorm.mean)}, largest ${short(gradientNorm.largest)}`,
        ...(clip === undefined ? [] : [`clipped ${clippedOf(line)}`]),
        ...(best ? ['best'] : []),
      ];
      io.out(`${parts.join('  ')}\n`);
    },
    stop: () => {},
  };
}

function bar(epochs: number, clip: number | undefined, before: LogLine | undefined): TrainingView {
  const format = [
    '{epoch} {bar}',
    'loss {loss}',
    'held out {heldOut}',
    'gradient {norm}',
    ...(clip === undefined ? [] : ['clipped {clipped}']),
    '{left} left',
  ].join('  ');
  const view = new SingleBar({ format, hideCursor: true, barsize: 16, fps: 5 });
  const began = performance.now();
  let first: number | undefined;
  let texts = {
    epoch: '',
    loss: '-',
    heldOut: before?.heldOutLoss === undefined ? '-' : short(before.heldOutLoss),
    norm: '-',
    clipped: before === undefined ? '-' : clippedOf(before),
    left: '-',
  };
  view.start(1, 0, texts);
  return {
    updated({ epoch, share, loss, norm }) {
      const done = (epoch - 1 + share) / epochs;
      first ??= done;
      const seconds = (((performance.now() - began) / 1000) * (1 - done)) / (done - first);
      texts = {
        ...texts,
        epoch: `epoch ${epoch}/${epochs}`,
        loss: short(loss),
        norm: short(norm),
        left: duration(seconds),
      };
      view.update(done, texts);
    },
    logged: (line) => {
      const heldOut = line.heldOutLoss === undefined ? '-' : short(line.heldOutLoss);
      texts = { ...texts, heldOut, clipped: clippedOf(line) };
    },
    stop: () => view.stop(),
  };
}

const clippedOf = ({ clipped, updates }: LogLine): string => `${clipped}/${updates}`;

export const short = (value: number): string => String(Number(value.toPrecision(4)));

/** `1 h 05 min`, `4 min 10 s`, `12 s`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '-';
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  if (whole >= 3600) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  if (whole >= 60) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${whole} s`;
}
