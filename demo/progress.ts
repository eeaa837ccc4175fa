import { type Options, SingleBar } from 'cli-progress';
import type { Progress } from './train.ts';

/** Where words go. */
export interface Say {
  line(text: string): void;
  /** Whether a bar can be drawn (on standard output). */
  readonly terminal: boolean;
}

/** Shows how training goes: a bar on a terminal, now and then a line elsewhere. */
export interface ProgressView {
  show(progress: Progress): void;
  stop(): void;
}

export function progressView(label: string, epochs: number, say: Say): ProgressView {
  return say.terminal ? bar(label, epochs) : lines(label, epochs, say);
}

function bar(label: string, epochs: number): ProgressView {
  const options: Options = {
    format: `${label} {bar} {value}/{total}  loss {loss}  validation {oneStep}, {closedLoop} ppm`,
    stream: process.stdout,
    hideCursor: true,
    barsize: 12,
  };
  const view = new SingleBar(options);
  view.start(epochs, 0, { loss: '     ', oneStep: '     ', closedLoop: '     ' });
  return {
    show: (progress) => view.update(progress.epoch, texts(progress)),
    stop: () => view.stop(),
  };
}

function lines(label: string, epochs: number, say: Say): ProgressView {
  return {
    show(progress) {
      if (progress.epoch % Math.max(1, Math.floor(epochs / 4)) !== 0) return;
      const { loss, oneStep, closedLoop } = texts(progress);
      say.line(
        `${label}  epoch ${progress.epoch}/${epochs}  loss ${loss}  validation ${oneStep}, ${closedLoop} ppm`,
      );
    },
    stop: () => {},
  };
}

function texts({ trainingLoss, look }: Progress) {
  return {
    loss: trainingLoss.toFixed(3),
    oneStep: look.oneStep.toFixed(3),
    closedLoop: look.closedLoop.toFixed(3),
  };
}
