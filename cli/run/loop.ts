import { setImmediate } from 'node:timers/promises';
import {
  type Abort,
  type Instance,
  type Optimiser,
  update,
  type WindowPosition,
} from '../../runtime/index.ts';
import { stepsOf as stepsOfWindow, uncheckedWindows } from '../../runtime/window.ts';
import { endsOf, sequenceOf } from '../data/feed.ts';
import { trainingGroups } from '../data/groups.ts';
import type { Prepared } from '../data/prepare.ts';
import {
  type Best,
  type Checkpoint,
  copyParameters,
  noSums,
  type Position,
  takeCheckpoint,
} from './checkpoint.ts';
import type { TrainingOptions } from './configuration.ts';
import { copyEnded } from './ended.ts';
import { watchedClip } from './gradient.ts';
import { heldOutLoss } from './heldOut.ts';
import type { LogLine } from './log.ts';
import { learningRates } from './schedules.ts';
import { updatesByEpoch } from './updates.ts';

/** Whom the loop tells how it goes. */
export interface Listener {
  /** After every update. */
  updated(progress: {
    readonly epoch: number;
    readonly share: number;
    readonly loss: number;
    readonly norm: number;
  }): void;
  /** After every epoch, with where the run stands then. */
  logged(line: LogLine, reached: Checkpoint): void;
  /** Whether a checkpoint is wanted now; asked after every update. */
  wantsCheckpoint(): boolean;
  checkpoint(take: () => Checkpoint): void;
  /** Whether to stop, after this update or while the held-out rows are scored. */
  interrupted(): boolean;
}

export type Ending = 'interrupted' | 'epochs' | 'patience';

export interface Outcome {
  readonly ending: Ending;
  readonly checkpoint: Checkpoint;
}

/**
 * Trains from a checkpoint, or from the beginning. Wherever it is interrupted and gone on with, the numbers are those of
 * one go: order, windows and held-out losses depend on the position alone.
 *
 * @throws RuntimeError RNN510 to RNN512 where numbers leave the range of f32
 */
export async function trainLoop(
  instance: Instance,
  optimiser: Optimiser,
  data: Prepared,
  options: TrainingOptions,
  from: Checkpoint | undefined,
  listener: Listener,
): Promise<Outcome> {
  const { updateEvery: k1, window: k2, batch, seed, epochs } = options;
  const clip = watchedClip(options.clip);
  let bestParameters = from?.bestParameters;
  let position: Position = from?.position ?? { epoch: 1, group: 0, sums: noSums };
  const rateAfter = learningRates(options, updatesByEpoch(data, options));
  const signal: Abort = {
    reason: new Error('Training was interrupted.'),
    get aborted() {
      return listener.interrupted();
    },
  };
  const checkpoint = () => takeCheckpoint(position, instance, optimiser, bestParameters);
  const breath = breathing();
  const worthwhile = async (): Promise<boolean> => {
    if (listener.wantsCheckpoint()) listener.checkpoint(checkpoint);
    await breath();
    return listener.interrupted();
  };

  while (position.epoch <= epochs && !outOfPatience(position, options)) {
    const { epoch } = position;
    const groups = trainingGroups(data, batch, seed, epoch);
    const steps = groups.reduce((sum, group) => sum + group.steps, 0);
    let before = 0;
    for (const [g, group] of groups.entries()) {
      if (g < position.group) {
        before += group.steps;
        continue;
      }
      const at: WindowPosition | undefined = position.window;
      if (at === undefined)
        instance.start(undefined, sequenceNumbers(group.members, data.series.length, epoch));
      const sequence = sequenceOf(data, group, 'training');
      const ends = endsOf(data, group, 'training');
      const place = at === undefined ? { carry: true } : { at };
      for (const window of uncheckedWindows(instance, sequence, { k1, k2, ...place })) {
        if (window.next !== undefined) copyEnded(window.next, ends);
        const { sums } = position;
        const share = (before + window.first + window.steps) / steps;
        let { updates, clipped, norms, largestNorm } = sums;
        if (window.count > 0) {
          optimiser.learningRate = rateAfter(optimiser.updates);
          if (update(instance, optimiser, clip, stepsOfWindow(window))) clipped++;
          updates++;
          norms += clip.norm;
          largestNorm = Math.max(largestNorm, clip.norm);
        }
        const { window: _, ...rest } = position;
        position = {
          ...rest,
          group: window.next === undefined ? g + 1 : g,
          ...(window.next && { window: window.next }),
          sums: {
            loss: sums.loss + window.loss * window.count,
            count: sums.count + window.count,
            updates,
            clipped,
            norms,
            largestNorm,
          },
        };
        listener.updated({ epoch, share, loss: window.loss, norm: clip.norm });
        if (await worthwhile()) return { ending: 'interrupted', checkpoint: checkpoint() };
      }
      before += group.steps;
    }
    const rate = rateAfter(Math.max(0, optimiser.updates - 1));
    const line = await finishEpoch(instance, data, position, rate, signal).catch((error: unknown) => {
      if (error === signal.reason) return undefined;
      throw error;
    });
    if (line === undefined) return { ending: 'interrupted', checkpoint: checkpoint() };
    if (line.best) bestParameters = copyParameters(instance);
    const best: Best | undefined = line.best ? { epoch, loss: scoreOf(line) } : position.best;
    position = { epoch: epoch + 1, group: 0, sums: noSums, ...(best && { best }) };
    listener.logged(line, checkpoint());
    if (await worthwhile()) return { ending: 'interrupted', checkpoint: checkpoint() };
  }
  return { ending: position.epoch > epochs ? 'epochs' : 'patience', checkpoint: checkpoint() };
}

function outOfPatience({ epoch, best }: Position, { patience }: TrainingOptions): boolean {
  return patience !== undefined && epoch - 1 - (best?.epoch ?? 0) >= patience;
}

/** @throws the signal's reason; the epoch can be finished later then */
async function finishEpoch(
  instance: Instance,
  data: Prepared,
  { epoch, sums, best }: Position,
  learningRate: number,
  signal: Abort,
): Promise<LogLine> {
  const { loss, count, updates, clipped, norms, largestNorm } = sums;
  const heldOut = await heldOutLoss(instance, data, signal);
  const line = {
    epoch,
    trainingLoss: loss / count,
    ...(heldOut === undefined ? {} : { heldOutLoss: heldOut }),
    gradientNorm: { mean: norms / updates, largest: largestNorm },
    updates,
    clipped,
    learningRate,
  };
  return { ...line, best: scoreOf(line) < (best?.loss ?? Number.POSITIVE_INFINITY) };
}

/** What the best weights have least of. */
export function scoreOf({
  heldOutLoss: heldOut,
  trainingLoss,
}: Pick<LogLine, 'heldOutLoss' | 'trainingLoss'>): number {
  return heldOut ?? trainingLoss;
}

/** Every sequence has a number of its own in every epoch, for noise. */
function sequenceNumbers(
  members: readonly (number | undefined)[],
  count: number,
  epoch: number,
): readonly number[] {
  return members.map((member) => (epoch * count + (member ?? members[0]!)) % 2 ** 31);
}

/** Now and then lets signals and timers have their turn. */
function breathing(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 50) return;
    await setImmediate();
    last = performance.now();
  };
}
