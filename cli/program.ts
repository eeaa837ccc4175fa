import { Command, CommanderError } from 'commander';
import { type ExitCode, exitCodes } from './failure.ts';
import type { Io } from './io.ts';
import { addCheckCommand } from './program/check.ts';
import { addCompileCommand } from './program/compile.ts';
import { addDeriveCommand } from './program/derive.ts';
import { addEvaluateCommand } from './program/evaluate.ts';
import type { Finish } from './program/finish.ts';
import { addFormatCommand } from './program/format.ts';
import { addGradcheckCommand } from './program/gradcheck.ts';
import { addLintCommand } from './program/lint.ts';
import { addNewCommand } from './program/new.ts';
import { addPredictCommand } from './program/predict.ts';
import { addPrintCommand } from './program/print.ts';
import { addRunCommand } from './program/run.ts';
import { addTrainCommand } from './program/train.ts';

/**
 * The command line. The words of each command stand in `program/`, and which function of `commands/` does the work; these
 * are imported when they run, so that `rnnc check` starts without the back end.
 *
 * @returns what the shell is told; a wrong call is reported here
 */
export async function runProgram(args: readonly string[], io: Io): Promise<ExitCode> {
  let result: ExitCode = exitCodes.fine;
  const program = commandLine(io, (code) => {
    result = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  }
  return result;
}

/** In the order in which help lists them. */
const commands = [
  addNewCommand,
  addCheckCommand,
  addLintCommand,
  addFormatCommand,
  addCompileCommand,
  addDeriveCommand,
  addGradcheckCommand,
  addRunCommand,
  addTrainCommand,
  addPredictCommand,
  addEvaluateCommand,
  addPrintCommand,
];

function commandLine(io: Io, finish: Finish): Command {
  const program = new Command('rnnc')
    .description(
      'The compiler for recurrent networks: cells as equations, gradients checked, modules that train.',
    )
    .version('0.1.0', '-v, --version')
    .option('--no-color', 'no colours, on a terminal either')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      outputError: (text, write) => write(withOwner(text, program.commands)),
    })
    .showHelpAfterError('(rnnc --help, or rnnc COMMAND --help, says more)')
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  rnnc check lstm.rnn',
        '  rnnc lint lstm.rnn',
        '  rnnc derive elman.rnn',
        '  rnnc gradcheck gru.rnn --size H=5',
        '  rnnc compile lstm.rnn --size I=3,H=8 -o lstm.js',
        '  rnnc train model.rnn --data tides.csv --forecast height',
        '  rnnc predict model-run --steps 24',
        '',
        'Exit codes: 0 fine, 1 errors in the source, the data or the gradient, 2 wrong call, 3 file cannot be read or',
        'written, 70 a mistake of rnnc itself, 130 ended by Ctrl-C. NO_COLOR=1 switches colours off, too.',
      ].join('\n'),
    );

  for (const add of commands) add(program, io, finish);
  return program;
}

/** What is to be said of an option that another command lacks. */
const remarks: Readonly<Record<string, string>> = {
  '--wide': ': a switch of the host, not of the module',
};

/** Of an option of other commands it is said which have it, instead of another of a similar name. */
function withOwner(error: string, commands: readonly Command[]): string {
  const [head, flag] = /^error: unknown option '(-[^'=]+)(?:=[^']*)?'/.exec(error) ?? [];
  const owners = commands.filter(({ options }) =>
    options.some(({ short, long }) => flag === long || flag === short),
  );
  if (flag === undefined || owners.length === 0) return error;
  const names = owners.map((command) => `rnnc ${command.name()}`).join(', ');
  return `${head}\nIt is an option of ${names}${remarks[flag] ?? ''}.\n`;
}
