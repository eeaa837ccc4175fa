import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import type { Finish } from './finish.ts';
import { compilation, examples } from './shared.ts';

export function addCompileCommand(program: Command, io: Io, finish: Finish): void {
  const command = program
    .command('compile')
    .description('Compiles a cell to one ES module with its types, or to a .wasm file.')
    .argument('<file>', '.rnn file, or - for standard input');
  for (const option of compilation) command.addOption(option);
  command
    .addOption(
      new Option('-t, --target <name>', 'what the module holds').choices(['wasm', 'js']).default('wasm'),
    )
    .addOption(
      new Option(
        '--profile <name>',
        'rounding of multiply-adds (default: both, for the host to choose; in a .wasm file separate)',
      ).choices(['separate', 'fused']),
    )
    .addOption(
      new Option(
        '--block <name>',
        'register block of matrix products in WebAssembly, e.g. 4x2 (default: the host measures)',
      ),
    )
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
      finish(await (await import('../commands/compile.ts')).compileFile(file, options, io)),
    );
}
