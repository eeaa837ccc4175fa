import { type Instance, instantiate, RuntimeError } from '../../runtime/index.ts';
import type { Prepared } from '../data/prepare.ts';
import type { Series } from '../data/split.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import type { Checkpoint } from './checkpoint.ts';
import { writeCheckpoint } from './checkpoint.ts';
import type { Configuration } from './configuration.ts';
import { writeCurves } from './curves.ts';
import { diverged } from './diverged.ts';
import type { RunFolder } from './folder.ts';
import { watchInterruption } from './interruption.ts';
import { type LogLine, readLog, writeLog } from './log.ts';
import { type Ending, type Outcome, trainLoop } from './loop.ts';
import { compileRun } from './network.ts';
import { optimiserOf } from './optimisers.ts';
import { poorResult } from './poor.ts';
import { restore } from './restore.ts';
import { resumeCommand } from './resumeCommand.ts';
import { short, trainingView } from './view.ts';
import { writeWeights } from './weights.ts';

export interface Run {
  readonly folder: RunFolder;
  readonly configuration: Configuration;
  readonly data: Prepared;
  /** What to go on from; absent at the beginning. */
  readonly from?: Checkpoint;
}

/**
 * A network of a run at its start, to be trained.
 *
 * @param series  what it will run over: memory for a window that reaches beyond them is not needed
 */
export async function networkOf(configuration: Configuration, series: readonly Series[]): Promise<Instance> {
  const { batch, window, seed } = configuration.training;
  const longest = series.reduce((most, { training }) => Math.max(most, training - configuration.ahead), 1);
  const options = { batch, window: Math.min(window, longest), training: true };
  return await instantiate(compileRun(configuration, options), { seed });
}

/**
 * Trains to the end, or until a signal comes. Whatever ends it, the folder holds a checkpoint (of the end of the last epoch
 * where the numbers leave their range, if one was done), and log and weights at least as new.
 *
 * @throws Failure (file) where a file cannot be written, (failed) where the numbers leave their range
 */
export async function train(run: Run, network: Instance, io: Io): Promise<ExitCode> {
  const { folder, configuration, data, from } = run;
  const { training, checkpointEvery = 10 } = configuration;
  const optimiser = optimiserOf(training);
  const log = readLog(folder, (from?.position.epoch ?? 1) - 1);
  if (from !== undefined) {
    restore(from, network, optimiser, folder.file('checkpoint'));
    network.updates = optimiser.updates;
  }
  const save = (checkpoint: Checkpoint) => {
    const { bestParameters } = checkpoint;
    writeLog(folder, log);
    if (bestParameters !== undefined) writeWeights(folder, bestParameters, network.manifest, configuration);
    writeCheckpoint(folder, checkpoint, network.manifest);
  };
  const interruption = watchInterruption();
  const view = trainingView(training, log, io);
  let saved = performance.now();
  let reached = from;
  try {
    const outcome = await trainLoop(network, optimiser, data, training, from, {
      updated: view.updated,
      logged: (line, checkpoint) => {
        log.push(line);
        reached = checkpoint;
        view.logged(line);
      },
      wantsCheckpoint: () => performance.now() - saved >= 1000 * checkpointEvery,
      checkpoint: (take) => {
        save(take());
        saved = performance.now();
      },
      interrupted: () => interruption.requested,
    });
    view.stop();
    save(outcome.checkpoint);
    writeCurves(folder, log, training.clip);
    return report(run, outcome, log, io);
  } catch (error) {
    view.stop();
    if (!(error instanceof RuntimeError)) throw withCheckpoint(error, folder);
    throw diverged(error, run, reached, optimiser.updates, () => {
      if (reached === undefined) return;
      save(reached);
      writeCurves(folder, log, training.clip);
    });
  } finally {
    interruption.stop();
  }
}

function report(run: Run, outcome: Outcome, log: readonly LogLine[], io: Io): ExitCode {
  const { folder, configuration, from } = run;
  const { ending, checkpoint } = outcome;
  const { epochs, patience } = configuration.training;
  const { best, epoch } = checkpoint.position;
  if (ending === 'interrupted') {
    io.err(`Interrupted in epoch ${epoch}; everything is kept. Go on with: ${resumeCommand(folder)}\n`);
    return exitCodes.interrupted;
  }
  const heldOut = log.at(-1)?.heldOutLoss !== undefined;
  const what = heldOut ? 'held-out loss' : 'training loss';
  if (from?.position.epoch === epoch) io.out(`There was nothing left to do${further(run, ending)}.\n`);
  if (ending === 'patience') {
    io.out(`Stopped after epoch ${epoch - 1} of ${epochs}: no better ${what} in ${patience} epochs.\n`);
  }
  if (best !== undefined) io.out(`Best: epoch ${best.epoch}, ${what} ${short(best.loss)}.\n`);
  const poor = best !== undefined && heldOut ? poorResult(run, best.loss) : undefined;
  if (poor !== undefined) io.err(`${poor}\n`);
  io.out(`${folder.file('weights')}\n${folder.file('log')}\n${folder.file('lossCurve')}\n`);
  return exitCodes.fine;
}

/** How a run that has ended goes on. */
function further({ folder, configuration: { training } }: Run, ending: Ending): string {
  const { epochs, patience, schedule } = training;
  const more = `; ${resumeCommand(folder)} goes on with`;
  if (ending === 'patience') return `${more} --patience above ${patience}`;
  if (schedule !== 'cosine') return `${more} --epochs above ${epochs}`;
  return `: the learning rate has gone down to 0 at epoch ${epochs}. For more epochs begin a new run, with another --out`;
}

function withCheckpoint(error: unknown, folder: RunFolder): unknown {
  if (!(error instanceof Failure) || !folder.has('checkpoint')) return error;
  return new Failure(
    error.exitCode,
    `${error.message}\nThe last checkpoint is kept: ${resumeCommand(folder)}`,
  );
}
