import { type Options, SingleBar } from 'cli-progress';
import type { Progress } from './train.ts';

/** Shows how training goes: a bar on a terminal, now and then a line elsewhere. */
export interface ProgressView {
  show(progress: Progress): void;
  stop(): void;
}

export function progressView(label: string, epochs: number): ProgressView {
  return process.stdout.isTTY ? bar(label, epochs) : lines(label, epochs);
}

function bar(label: string, epochs: number): ProgressView {
  const options: Options = {
    format: `  ${label}  {bar} epoch {value}/{total}  training loss {loss}  validation RMSE {oneStep} and {closedLoop} ppm`,
    hideCursor: true,
    barsize: 20,
  };
  const view = new SingleBar(options);
  view.start(epochs, 0, { loss: '     ', oneStep: '     ', closedLoop: '     ' });
  return {
    show: (progress) => view.update(progress.epoch, texts(progress)),
    stop: () => view.stop(),
  };
}

function lines(label: string, epochs: number): ProgressView {
  return {
    show(progress) {
      if (progress.epoch % Math.ceil(epochs / 4) !== 0) return;
      const { loss, oneStep, closedLoop } = texts(progress);
      console.log(
        `  ${label}  epoch ${progress.epoch}/${epochs}  training loss ${loss}  validation RMSE ${oneStep} and ${closedLoop} ppm`,
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
