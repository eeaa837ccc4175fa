import { drift, persistence, seasonal } from '../evaluate/baselines.ts';
import { networkForecasts } from '../evaluate/forecasts.ts';
import { readHeldOut } from '../evaluate/held.ts';
import { picture } from '../evaluate/picture.ts';
import { errorTable, verdict } from '../evaluate/report.ts';
import { type Score, score } from '../evaluate/scores.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { writeAtomically } from '../files.ts';
import type { Io } from '../io.ts';
import { feedbackOf } from '../predict/feedback.ts';
import { Forecaster } from '../predict/forecaster.ts';
import { openRun } from '../predict/openRun.ts';

export interface EvaluateCommand {
  /** The run's own where absent. */
  readonly data?: string;
  readonly unseen: boolean;
  readonly horizon?: number;
  readonly season?: number;
  readonly plot?: string;
}

/** Scores a run's forecasts of rows it has not learned from, beside forecasts that need no network. */
export async function evaluateRun(path: string, command: EvaluateCommand, io: Io): Promise<ExitCode> {
  const { data, unseen, horizon = 1, season, plot } = command;
  if (plot !== undefined && !plot.endsWith('.svg')) {
    throw new Failure(
      exitCodes.usage,
      `Cannot write ${plot}: the picture is SVG. Name a file that ends in .svg.`,
    );
  }
  const forecaster = new Forecaster(await openRun(path, io));
  const { configuration, predicts } = forecaster;
  const feedback =
    horizon > 1 ? feedbackOf(forecaster, `Nothing can be forecast ${horizon} rows ahead`) : undefined;
  const held = await readHeldOut(configuration, data, unseen);
  const baselines = [persistence, drift, ...(season === undefined ? [] : [seasonal(season)])];
  const horizons = horizon > 1 ? [1, horizon] : [1];
  const scores: Score[] = [];
  for (const ahead of horizons) {
    const forecasts = networkForecasts(forecaster, held, ahead, feedback);
    for (const [i, predicted] of predicts.entries()) {
      scores.push(score(held, predicted, forecasts[i]!, ahead, baselines));
    }
  }
  io.out(`${scores.map((one) => `${errorTable(one)}\n`).join('\n')}\n`);
  io.out('* the least of its column\n\n');
  for (const one of scores) for (const sentence of verdict(one)) io.out(`${sentence}\n`);
  if (plot !== undefined) {
    writeAtomically(plot, picture(held, scores, configuration.cell.name));
    io.out(`${plot}\n`);
  }
  return exitCodes.fine;
}
