import { exitCodes, Failure } from '../failure.ts';
import type { RunFolder } from './folder.ts';

/** What is known of an epoch: a line of `log.jsonl`. The same for a run in one go and one in pieces. */
export interface LogLine {
  readonly epoch: number;
  /** Mean of the losses as they were met, each with the parameters of its time. */
  readonly trainingLoss: number;
  /** Mean, with the parameters at the end of the epoch; absent where nothing is held out. */
  readonly heldOutLoss?: number;
  /** L2 norms of the whole gradient before clipping. */
  readonly gradientNorm: { readonly mean: number; readonly largest: number };
  readonly updates: number;
  /** Updates whose gradient was clipped. */
  readonly clipped: number;
  readonly learningRate: number;
  /** Whether the weights at its end are the best so far. */
  readonly best: boolean;
}

export function writeLog(folder: RunFolder, lines: readonly LogLine[]): void {
  folder.write('log', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/**
 * The log as it was after so many epochs; what a killed process has written beyond is left out.
 *
 * @throws Failure (failed) where there are fewer lines
 */
export function readLog(folder: RunFolder, epochs: number): LogLine[] {
  if (epochs === 0) return [];
  const texts = Buffer.from(folder.read('log')).toString('utf8').trimEnd().split('\n');
  const lines = texts.slice(0, epochs).map((text) => parseLine(text));
  if (lines.length === epochs && lines.every((line, i) => line?.epoch === i + 1)) return lines as LogLine[];
  throw new Failure(
    exitCodes.failed,
    `${folder.file('log')} is damaged: it must have a line for each of ${epochs} epochs.`,
  );
}

/** @returns undefined where it is not as `writeLog` writes it */
function parseLine(text: string): LogLine | undefined {
  try {
    const line = JSON.parse(text) as LogLine;
    const { trainingLoss, heldOutLoss = 0, gradientNorm, updates, clipped } = line;
    const numbers = [trainingLoss, heldOutLoss, gradientNorm.mean, gradientNorm.largest, updates, clipped];
    return numbers.every(Number.isFinite) ? line : undefined;
  } catch {
    return undefined;
  }
}
