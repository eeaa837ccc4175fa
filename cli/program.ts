import { Command, CommanderError, Option } from 'commander';
import { type ExitCode, exitCodes } from './failure.ts';
import type { Io } from './io.ts';
import {
  atLeastZero,
  collect,
  collectNames,
  collectOptions,
  collectSizes,
  delimiter,
  nonEmpty,
  positiveNumber,
  share,
  wholeNumber,
} from './options.ts';
import { optimiserNames, scheduleNames } from './run/choices.ts';

/**
 * The command line: its words, and which function of `commands/` does the work. Commands are imported when they run, so
 * that `rnnc check` starts without the back end.
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

function commandLine(io: Io, finish: (code: ExitCode) => void): Command {
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

  const size = new Option(
    '-s, --size <NAME=VALUE>',
    'sizes and numbers of the cell, e.g. H=16,I=3; may be repeated',
  )
    .argParser(collectSizes)
    .default(new Map(), 'those of the file');
  const cell = new Option('-c, --cell <name>', 'which cell of the file (default: the last)');
  const batch = new Option('-b, --batch <rows>', 'rows that run side by side')
    .argParser(wholeNumber(1))
    .default(1);
  const window = new Option(
    '-w, --window <steps>',
    'most steps of one sweep (default: 64, or 1 with --inference)',
  ).argParser(wholeNumber(1));
  const inference = new Option('--inference', 'without gradients').default(false);
  const inputCotangents = new Option(
    '--input-cotangents',
    "also the loss's derivative by the inputs",
  ).conflicts('inference');
  const profile = new Option(
    '--profile <name>',
    'rounding of multiply-adds (default: both, for the host to choose; in a .wasm file separate)',
  ).choices(['separate', 'fused']);
  const block = new Option(
    '--block <name>',
    'register block of matrix products in WebAssembly, e.g. 4x2 (default: the host measures)',
  );
  const keyOption = new Option('-k, --key <column>', "tells sequences apart (default: the run's)");
  const delimiterOption = new Option(
    '--delimiter <mark>',
    "between fields, or tab (default: the run's)",
  ).argParser(delimiter);
  const fillOption = new Option('--fill <how>', "where a value is missing (default: the run's)").choices([
    'previous',
    'zero',
    'mean',
  ]);
  const examples = (...lines: readonly string[]) =>
    ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');

  program
    .command('new')
    .description('Writes a cell from a template, to begin with.')
    .argument('[name]', 'of the cell and its file: GRU writes GRU.rnn; folders may stand before it')
    .addOption(new Option('-t, --template <name>', 'which (rnnc new --list shows them)').default('elman'))
    .option('--list', 'shows the templates and writes nothing', false)
    .option('--force', 'overwrites a file that is there', false)
    .addHelpText('after', examples('rnnc new Memory --template lstm', 'rnnc new --list'))
    .action(async (name: string | undefined, options) =>
      finish((await import('./commands/new.ts')).newCell(name, options, io)),
    );

  program
    .command('check')
    .description('Names, shapes and sizes of every cell: all mistakes at once.')
    .argument('<files...>', '.rnn files, or - for standard input')
    .addHelpText('after', examples('rnnc check lstm.rnn', 'rnnc check cells/*.rnn'))
    .action(async (files: string[]) => finish((await import('./commands/check.ts')).checkFiles(files, io)));

  program
    .command('compile')
    .description('Compiles a cell to one ES module with its types, or to a .wasm file.')
    .argument('<file>', '.rnn file, or - for standard input')
    .addOption(size)
    .addOption(cell)
    .addOption(batch)
    .addOption(window)
    .addOption(inference)
    .addOption(inputCotangents)
    .addOption(
      new Option('-t, --target <name>', 'what the module holds').choices(['wasm', 'js']).default('wasm'),
    )
    .addOption(profile)
    .addOption(block)
    .option('--standalone', 'a script with the runtime in it, for a page opened from a file', false)
    .addOption(
      new Option('-o, --out <file>', 'ends in .js, .mjs or .wasm (default: the name of the source, .js)'),
    )
    .addHelpText(
      'after',
      examples(
        'rnnc compile lstm.rnn -s I=3,H=8',
        'rnnc compile lstm.rnn -s I=3,H=8 --batch 16 -o lstm.wasm',
      ),
    )
    .action(async (file: string, options) =>
      finish(await (await import('./commands/compile.ts')).compileFile(file, options, io)),
    );

  program
    .command('derive')
    .description('The backward equations, as a lecture on back-propagation through time derives them.')
    .argument('<file>', '.rnn file, or - for standard input')
    .addOption(cell)
    .addOption(size)
    .option('--latex', 'as LaTeX', false)
    .addOption(
      new Option('--unroll <steps>', 'the nested form over so many steps').argParser(wholeNumber(1, 1000)),
    )
    .addHelpText(
      'after',
      examples('rnnc derive elman.rnn', 'rnnc derive gru.rnn --latex', 'rnnc derive elman.rnn --unroll 3'),
    )
    .action(async (file: string, options) =>
      finish((await import('./commands/derive.ts')).deriveFile(file, options, io)),
    );

  program
    .command('gradcheck')
    .description('The symbolic gradient against central differences, entry by entry, in 64-bit arithmetic.')
    .argument('<file>', '.rnn file, or - for standard input')
    .addOption(
      new Option('-s, --size <NAME=VALUE>', 'sizes and numbers, e.g. H=5; sizes not given are chosen small')
        .argParser(collectSizes)
        .default(new Map(), 'small ones'),
    )
    .addOption(cell)
    .addOption(new Option('-b, --batch <rows>', 'rows').argParser(wholeNumber(1)).default(2))
    .addOption(new Option('-n, --steps <steps>', 'steps').argParser(wholeNumber(1)).default(3))
    .addOption(
      new Option('--seed <number>', 'draws values and cotangents').argParser(wholeNumber(0)).default(1),
    )
    .addOption(
      new Option('--tolerance <error>', 'largest relative error').argParser(positiveNumber).default(1e-6),
    )
    .addHelpText(
      'after',
      examples('rnnc gradcheck my.rnn', 'rnnc gradcheck my.rnn --size H=5 --steps 4 --seed 7'),
    )
    .action(async (file: string, options) =>
      finish((await import('./commands/gradcheck.ts')).gradcheckFile(file, options, io)),
    );

  program
    .command('run')
    .description('Numbers in, numbers out: outputs, loss and gradients for a case written as JSON.')
    .argument('<file>', '.rnn file, or - for standard input')
    .requiredOption('-d, --data <case.json>', 'the case; docs/case-format.md describes it')
    .option('-o, --out <result.json>', 'where the result goes (default: standard output)')
    .addOption(
      new Option('-t, --target <name>', 'what computes: evaluate in f64, the others in f32')
        .choices(['evaluate', 'interpreter', 'js', 'wasm'])
        .default('evaluate'),
    )
    .addOption(cell)
    .option('--values', 'also every named value (evaluate only)', false)
    .option('--wide', 'have the engine join vectors to 256 bits, an experiment of V8 (wasm only)', false)
    .addHelpText(
      'after',
      examples(
        'rnnc run elman.rnn --data case.json',
        'rnnc run elman.rnn --data case.json --target wasm --out result.json',
      ),
    )
    .action(async (file: string, options) =>
      finish((await import('./commands/run.ts')).runFile(file, options, io)),
    );

  program
    .command('train')
    .description('Trains a cell with a loss on a CSV file; --resume goes on with a run.')
    .argument('[file]', '.rnn file, or - for standard input')
    .option('-d, --data <file.csv>', 'UTF-8, the first line names the columns; - for standard input')
    .addOption(
      new Option(
        '-i, --inputs <columns>',
        'x=a,b: the columns of input x; x= may be left out if there is one input',
      )
        .argParser(collect)
        .default([], 'the columns of the same names'),
    )
    .addOption(
      new Option('--targets <columns>', 'y=a: the columns of target y, likewise')
        .argParser(collect)
        .default([], 'the columns of the same names'),
    )
    .addOption(
      new Option('-f, --forecast <columns>', "the target is the column's value in the next row")
        .argParser(collect)
        .default([], 'none'),
    )
    .option('-k, --key <column>', 'tells sequences apart, e.g. a name; else all rows are one sequence')
    .addOption(new Option('--delimiter <mark>', 'between fields, or tab').argParser(delimiter).default(','))
    .addOption(
      new Option('--fill <how>', 'where a value is missing (default: that is an error)').choices([
        'previous',
        'zero',
        'mean',
      ]),
    )
    .addOption(
      new Option('--holdout <share>', 'of the rows, not learned from but scored')
        .argParser(share)
        .default(0.2),
    )
    .addOption(
      new Option('--holdout-by <what>', 'the last rows of every sequence, or whole sequences')
        .choices(['time', 'key'])
        .default('time'),
    )
    .addOption(
      new Option('--raw <columns>', 'columns that are not normalised')
        .argParser(collectNames)
        .default([], 'none'),
    )
    .option('--no-normalise', 'no column is')
    .addOption(size)
    .addOption(cell)
    .addOption(
      new Option('-w, --window <steps>', 'steps that losses go back through (k2)')
        .argParser(wholeNumber(1))
        .default(32),
    )
    .addOption(
      new Option(
        '--update-every <steps>',
        'steps from one update to the next (k1; default: the window)',
      ).argParser(wholeNumber(1)),
    )
    .addOption(
      new Option('--clip <norm>', 'largest L2 norm of the whole gradient')
        .argParser(positiveNumber)
        .default(1),
    )
    .option('--no-clip', 'the gradient is taken as it is')
    .addOption(new Option('--optimiser <name>', 'what updates').choices(optimiserNames).default('adam'))
    .addOption(
      new Option('-r, --learning-rate <rate>', "(default: the optimiser's)").argParser(positiveNumber),
    )
    .addOption(
      new Option(
        '--optimiser-options <NAME=VALUE>',
        'e.g. beta1=0.8,epsilon=1e-7; docs/runtime.md names them',
      )
        .argParser(collectOptions)
        .default(new Map(), 'the usual'),
    )
    .addOption(
      new Option('--schedule <name>', 'of the learning rate: down a step at a time, or half a cosine to 0')
        .choices(scheduleNames)
        .default('constant'),
    )
    .addOption(new Option('--step-epochs <count>', 'from one step to the next').argParser(wholeNumber(1)))
    .addOption(
      new Option('--step-factor <factor>', 'on the rate at each step').argParser(positiveNumber).default(0.1),
    )
    .addOption(
      new Option('--warmup <updates>', 'in which the learning rate rises')
        .argParser(wholeNumber(0))
        .default(0),
    )
    .addOption(
      new Option('-e, --epochs <count>', 'times to go through the data')
        .argParser(wholeNumber(1))
        .default(100),
    )
    .addOption(
      new Option('-b, --batch <rows>', 'sequences side by side (default: all, at most 16)').argParser(
        wholeNumber(1),
      ),
    )
    .addOption(
      new Option('--seed <number>', 'draws the first weights and the order')
        .argParser(wholeNumber(0))
        .default(1),
    )
    .addOption(
      new Option('--patience <epochs>', 'stop after so many without a better held-out loss').argParser(
        wholeNumber(1),
      ),
    )
    .addOption(new Option('-t, --target <name>', 'what computes').choices(['wasm', 'js']).default('wasm'))
    .addOption(
      new Option('--profile <name>', "rounding of multiply-adds (default: the host's choice)").choices([
        'separate',
        'fused',
      ]),
    )
    .addOption(
      new Option(
        '-o, --out <folder>',
        'of the run, a new one (default: the name of the source, -run)',
      ).argParser(nonEmpty),
    )
    .option('--resume <run>', 'goes on with a run, as if it had never stopped')
    .addOption(
      new Option('--checkpoint-every <seconds>', 'what a crash can lose at most')
        .argParser(atLeastZero)
        .default(10),
    )
    .addHelpText(
      'after',
      examples(
        'rnnc train model.rnn --data tides.csv --forecast height',
        'rnnc train model.rnn --data patients.csv --key patient --inputs x=dose,weight --targets y=level',
        'rnnc train --resume model-run --epochs 200',
      ),
    )
    .action(async (file: string | undefined, options, command: Command) => {
      const given = new Set(
        Object.keys(options).filter((name) => command.getOptionValueSource(name) === 'cli'),
      );
      finish(await (await import('./commands/train.ts')).trainFile(file, options, given, io));
    });

  program
    .command('predict')
    .description('The next rows after a history, or a prediction for each row that comes.')
    .argument('<run>', 'folder of a run of rnnc train')
    .option('-d, --data <file.csv>', "the history, - for standard input (default: the run's data)")
    .addOption(
      new Option('-n, --steps <count>', 'rows to predict, each from those before (default: 1)').argParser(
        wholeNumber(1),
      ),
    )
    .option('--observed [file.csv]', 'a prediction for each of these rows (default: standard input)')
    .addOption(keyOption)
    .option('--no-key', 'all rows are one sequence')
    .addOption(delimiterOption)
    .addOption(fillOption)
    .addHelpText(
      'after',
      examples(
        'rnnc predict tides-run --steps 24',
        'rnnc predict tides-run --data newer.csv --steps 24',
        'tail -n +1 -f sensor.csv | rnnc predict tides-run --observed',
      ),
    )
    .action(async (run: string, options) =>
      finish(await (await import('./commands/predict.ts')).predictRun(run, options, io)),
    );

  program
    .command('evaluate')
    .description('Errors on rows that a run has not learned from, beside forecasts that need no network.')
    .argument('<run>', 'folder of a run of rnnc train')
    .option('-d, --data <file.csv>', "the run's data, where they are now (default: where they were)")
    .option('--unseen', 'the data are others, which the run has never seen: all rows are scored', false)
    .addOption(
      new Option('--horizon <rows>', 'also so many rows ahead, its forecasts fed back').argParser(
        wholeNumber(1),
      ),
    )
    .addOption(
      new Option('--season <rows>', 'also beside the value of a season before').argParser(wholeNumber(1)),
    )
    .addOption(new Option('--plot <file.svg>', 'forecasts and truth as a picture').argParser(nonEmpty))
    .addHelpText(
      'after',
      examples(
        'rnnc evaluate tides-run',
        'rnnc evaluate tides-run --horizon 12 --season 25 --plot tides.svg',
        'rnnc evaluate tides-run --data next-year.csv --unseen',
      ),
    )
    .action(async (run: string, options) =>
      finish(await (await import('./commands/evaluate.ts')).evaluateRun(run, options, io)),
    );

  program
    .command('print')
    .description('Any stage of the compilation as text.')
    .argument('<file>', '.rnn file, or - for standard input')
    .addOption(
      new Option('--stage <name>', 'which')
        .choices(['syntax', 'cell', 'graph', 'plan', 'program', 'js', 'wat'])
        .makeOptionMandatory(),
    )
    .addOption(size)
    .addOption(cell)
    .addOption(batch)
    .addOption(window)
    .addOption(inference)
    .addOption(inputCotangents)
    .addOption(
      new Option('--profile <name>', 'rounding of multiply-adds')
        .choices(['separate', 'fused'])
        .default('separate'),
    )
    .option('--block <name>', 'register block of matrix products', '4x2')
    .addOption(
      new Option(
        '--plan <name>',
        'how kernels are chosen: naive is one per operation, the judge of the other',
      )
        .choices(['fast', 'naive'])
        .default('fast'),
    )
    .addHelpText(
      'after',
      examples('rnnc print lstm.rnn --stage graph', 'rnnc print lstm.rnn --stage wat -s I=3,H=8'),
    )
    .action(async (file: string, options) =>
      finish((await import('./commands/print.ts')).printStage(file, options, io)),
    );

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
