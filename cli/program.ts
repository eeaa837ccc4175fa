import { Command, CommanderError, Option } from 'commander';
import { type ExitCode, exitCodes } from './failure.ts';
import type { Io } from './io.ts';
import { collectSizes, positiveNumber, wholeNumber } from './options.ts';

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
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
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
        '',
        'Exit codes: 0 fine, 1 errors in the source, the data or the gradient, 2 wrong call, 3 file cannot be read or',
        'written, 70 a mistake of rnnc itself. NO_COLOR=1 switches colours off, too.',
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
    .option('--input-cotangents', "also the loss's derivative by the inputs")
    .addOption(
      new Option('-t, --target <name>', 'what the module holds').choices(['wasm', 'js']).default('wasm'),
    )
    .addOption(
      new Option(
        '--profile <name>',
        'rounding of multiply-adds (default: both, for the host to choose; in a .wasm file separate)',
      ).choices(['separate', 'fused']),
    )
    .option('--block <name>', 'register block of matrix products, e.g. 4x2 (default: the host measures)')
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
      finish((await import('./commands/compile.ts')).compileFile(file, options, io)),
    );

  program
    .command('derive')
    .description('The backward equations, as a lecture on back-propagation through time derives them.')
    .argument('<file>', '.rnn file, or - for standard input')
    .addOption(cell)
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
    .addHelpText(
      'after',
      examples('rnnc print lstm.rnn --stage graph', 'rnnc print lstm.rnn --stage wat -s I=3,H=8'),
    )
    .action(async (file: string, options) =>
      finish((await import('./commands/print.ts')).printStage(file, options, io)),
    );

  return program;
}
