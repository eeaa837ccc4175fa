import type { Fill } from '../data/fill.ts';
import { readLive } from '../data/live.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { feedbackOf } from '../predict/feedback.ts';
import { Forecaster } from '../predict/forecaster.ts';
import { InputRows } from '../predict/inputRows.ts';
import { openRun } from '../predict/openRun.ts';
import { Printer } from '../predict/printer.ts';
import { Sequences } from '../predict/sequences.ts';

export interface PredictCommand {
  /** The history; the run's own data where neither is given. */
  readonly data?: string;
  /** A file, or `true` for standard input. */
  readonly observed?: string | true;
  readonly steps?: number;
  /** `false`: all rows are one sequence. */
  readonly key?: string | false;
  readonly delimiter?: string;
  readonly fill?: Fill;
}

/** Predicts the rows after a history, or each next one of rows that come one after another. */
export async function predictRun(path: string, command: PredictCommand, io: Io): Promise<ExitCode> {
  const { steps, data } = command;
  const observed = command.observed === true ? '-' : command.observed;
  if (observed !== undefined && steps !== undefined) {
    refuse('--observed prints one prediction for each row: leave out --steps.');
  }
  if (observed === '-' && data === '-') {
    refuse('Only one of --data and --observed can come from standard input.');
  }
  const forecaster = new Forecaster(await openRun(path, io));
  const { configuration } = forecaster;
  for (const { name, output } of configuration.targets) {
    if (output === undefined) io.err(`No output says what ${name} will be; it is left out.\n`);
  }
  const sequences = new Sequences(forecaster);
  const key = command.key === false ? undefined : (command.key ?? configuration.data.key);
  const delimiter = command.delimiter ?? configuration.data.delimiter;
  const fill = command.fill ?? configuration.data.fill;
  const rowOptions = (file: string) => ({
    file: file === '-' ? 'standard input' : file,
    delimiter,
    ...(key !== undefined && { key }),
    ...(fill !== undefined && { fill }),
  });
  const printer = new Printer(forecaster, delimiter, key, io);
  const warmUp = async (file: string) => {
    const rows = new InputRows(forecaster, sequences, rowOptions(file));
    await readLive(file, delimiter, rows);
    if (rows.rows === 0) {
      throw new Failure(exitCodes.failed, `${file}: there are no rows, only the line of column names.`);
    }
  };

  if (observed !== undefined) {
    if (data !== undefined) await warmUp(data);
    const options = rowOptions(observed);
    const rows = new InputRows(forecaster, sequences, options, (sequence, line) =>
      printer.row(sequence.key, () => `${options.file}: line ${line}`),
    );
    const header = (names: readonly string[]) => {
      rows.header(names);
      printer.header();
    };
    try {
      await readLive(observed, delimiter, { header, row: (fields, line) => rows.row(fields, line) }, () =>
        printer.flush(),
      );
    } finally {
      await printer.flush();
    }
    return exitCodes.fine;
  }

  const feedback = feedbackOf(forecaster, 'The next rows cannot be predicted');
  await warmUp(data ?? ownData(configuration.data.file));
  printer.header();
  const values = new Float32Array(feedback.length);
  for (const { key: name } of sequences.all) {
    sequences.enter(name);
    for (let step = 1; step <= (steps ?? 1); step++) {
      if (step > 1 || configuration.ahead === 0) {
        for (const [i, from] of feedback.entries()) values[i] = forecaster.said[from]!;
        forecaster.step(values);
      }
      printer.row(name, () => `step ${step}`);
      if (printer.waiting > 2 ** 16) await printer.flush();
    }
  }
  await printer.flush();
  return exitCodes.fine;
}

function ownData(file: string): string {
  if (file !== '-') return file;
  return refuse('The data of this run came from standard input. Name a history: --data FILE.csv');
}

function refuse(message: string): never {
  throw new Failure(exitCodes.usage, message);
}
