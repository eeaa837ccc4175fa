import type { Instance } from '../../runtime/index.ts';
import type { Fill } from '../data/fill.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { beginRun } from '../run/begin.ts';
import type { OptimiserName, ScheduleName } from '../run/choices.ts';
import { optimisers } from '../run/optimisers.ts';
import { resumeRun } from '../run/resume.ts';
import { type Run, train } from '../run/training.ts';

export interface TrainCommand {
  readonly data?: string;
  readonly size: ReadonlyMap<string, number>;
  readonly cell?: string;
  readonly inputs: readonly string[];
  readonly targets: readonly string[];
  readonly forecast: readonly string[];
  readonly key?: string;
  readonly delimiter: string;
  readonly fill?: Fill;
  readonly holdout: number;
  readonly holdoutBy: 'time' | 'key';
  readonly raw: readonly string[];
  readonly normalise: boolean;
  readonly window: number;
  readonly updateEvery?: number;
  readonly clip: number | false;
  readonly optimiser: OptimiserName;
  readonly optimiserOptions: ReadonlyMap<string, number | boolean>;
  readonly learningRate?: number;
  readonly schedule: ScheduleName;
  readonly stepEpochs?: number;
  readonly stepFactor: number;
  readonly warmup: number;
  readonly epochs: number;
  readonly batch?: number;
  readonly seed: number;
  readonly patience?: number;
  readonly target: 'js' | 'wasm';
  readonly profile?: 'separate' | 'fused';
  readonly out?: string;
  readonly resume?: string;
  readonly checkpointEvery: number;
}

/** What may stand beside --resume. */
const retold = new Set(['resume', 'data', 'epochs', 'patience', 'checkpointEvery', 'color']);

/**
 * Trains a network, anew or from where a run was left.
 *
 * @param given  names of the options that the call holds, as opposed to defaults
 */
export async function trainFile(
  path: string | undefined,
  command: TrainCommand,
  given: ReadonlySet<string>,
  io: Io,
): Promise<ExitCode> {
  io.outlive?.();
  const { resume, data, epochs, patience, checkpointEvery } = command;
  if (resume !== undefined) {
    checkResume(path, given);
    const again = {
      ...(data !== undefined && { data }),
      ...(given.has('epochs') && { epochs }),
      ...(patience !== undefined && { patience }),
      ...(given.has('checkpointEvery') && { checkpointEvery }),
    };
    return await trainLocked(await resumeRun(resume, again, io), io);
  }
  return await trainLocked(await beginRun(requirePath(path), beginOptions(command, path, given), io), io);
}

async function trainLocked(
  { run, network }: { readonly run: Run; readonly network: Instance },
  io: Io,
): Promise<ExitCode> {
  try {
    return await train(run, network, io);
  } finally {
    run.folder.unlock();
  }
}

function checkResume(path: string | undefined, given: ReadonlySet<string>): void {
  const why = 'a run goes on with what it was told when it began';
  if (path !== undefined) refuse(`--resume takes no .rnn file: ${why}. Leave out ${path}.`);
  const other = [...given].find((name) => !retold.has(name));
  if (other === undefined) return;
  refuse(
    `--resume does not go with ${flagOf(other)}: ${why}. Only --epochs, --patience, --data and --checkpoint-every can be given anew.`,
  );
}

function requirePath(path: string | undefined): string {
  return path ?? refuse('Name a .rnn file, or a run to go on with: --resume RUN.');
}

function beginOptions(command: TrainCommand, path: string | undefined, given: ReadonlySet<string>) {
  const { data, window, updateEvery = window, clip, optimiser, learningRate, raw, normalise } = command;
  const { epochs, batch, seed, patience, holdout, holdoutBy, key } = command;
  const { optimiserOptions, schedule, stepEpochs, stepFactor, warmup } = command;
  if (data === undefined) return refuse('Name the data: --data FILE.csv');
  if (path === '-' && data === '-') return refuse('Only one of cell and data can come from standard input.');
  if (updateEvery > window) {
    refuse(
      `--update-every ${updateEvery} is more than --window ${window}: losses would be left out. Updates come after as many ` +
        'steps as the window has, or fewer.',
    );
  }
  if (!normalise && raw.length > 0) refuse('--no-normalise leaves all columns as they are: leave out --raw.');
  if (holdoutBy === 'key' && key === undefined) {
    refuse('--holdout-by key needs sequences: name the column that tells them apart with --key.');
  }
  if (holdoutBy === 'key' && holdout === 0 && given.has('holdout')) {
    refuse('--holdout 0 holds nothing out: leave out --holdout-by.');
  }
  if (optimiserOptions.has('learningRate')) {
    refuse('The learning rate is an option of its own: --learning-rate 0.01, for example.');
  }
  if (schedule === 'step' && stepEpochs === undefined) {
    refuse('--schedule step needs the epochs from one step to the next: --step-epochs 30, for example.');
  }
  const stray = ['stepEpochs', 'stepFactor'].find((name) => schedule !== 'step' && given.has(name));
  if (stray !== undefined) refuse(`${flagOf(stray)} goes with --schedule step only.`);
  const training = {
    window,
    updateEvery,
    ...(clip !== false && { clip }),
    optimiser,
    optimiserOptions: [...optimiserOptions],
    learningRate: learningRate ?? optimisers[optimiser].learningRate,
    schedule,
    stepEpochs: stepEpochs ?? epochs,
    stepFactor,
    warmup,
    epochs,
    ...(batch !== undefined && { batch }),
    seed,
    ...(patience !== undefined && { patience }),
  };
  return { ...command, data, training, raw: normalise ? raw : ('all' as const) };
}

const flagOf = (name: string): string =>
  name === 'normalise'
    ? '--no-normalise'
    : `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function refuse(message: string): never {
  throw new Failure(exitCodes.usage, message);
}
