import { noRows } from '../data/columns.ts';
import type { Fill } from '../data/fill.ts';
import { piecesOf, readLive } from '../data/live.ts';
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
    const options = rowOptions(file);
    const rows = new InputRows(forecaster, sequences, options);
    await readLive(piecesOf(file), options.file, delimiter, rows);
    if (rows.rows === 0) throw noRows(options.file, rows.names);
  };

  /** A prediction for each row of a file or stream. */
  const follow = async (file: string) => {
    const options = rowOptions(file);
    const rows = new InputRows(forecaster, sequences, options, (sequence, line) =>
      printer.row(sequence.key, () => `${options.file}: line ${line}`),
    );
    const header = (names: readonly string[]) => {
      rows.header(names);
      printer.header();
    };
    const row = (fields: readonly string[], line: number) => rows.row(fields, line);
    await readLive(piecesOf(file), options.file, delimiter, { header, row }, () => printer.flush());
  };
  /** The rows after the last of every sequence. */
  const goOn = async (feedback: readonly number[], count: number) => {
    const values = new Float32Array(feedback.length);
    printer.header();
    for (const { key: name } of sequences.all) {
      sequences.enter(name);
      for (let step = 1; step <= count; step++) {
        if (step > 1 || configuration.ahead === 0) {
          for (const [i, from] of feedback.entries()) values[i] = forecaster.said[from]!;
          forecaster.step(values);
        }
        printer.row(name, () => `step ${step}`);
        if (printer.waiting > 2 ** 16) await printer.flush();
      }
    }
  };

  // What is refused is refused before the history is read.
  const feedback =
    observed === undefined ? feedbackOf(forecaster, 'The next rows cannot be predicted') : undefined;
  const history = data ?? (observed === undefined ? ownData(configuration.data.file) : undefined);
  if (history !== undefined) await warmUp(history);
  try {
    if (feedback !== undefined) await goOn(feedback, steps ?? 1);
    else await follow(observed!);
  } finally {
    await printer.flush();
  }
  return exitCodes.fine;
}

function ownData(file: string): string {
  if (file !== '-') return file;
  return refuse('The data of this run came from standard input. Name a history: --data FILE.csv');
}

function refuse(message: string): never {
  throw new Failure(exitCodes.usage, message);
}
