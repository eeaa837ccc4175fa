import type { Command } from 'commander';
import type { Io } from '../io.ts';
import type { Finish } from './finish.ts';
import { examples, size } from './shared.ts';

export function addLintCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('lint')
    .description(
      'Warns of cells that are sound and may overflow, explode, never learn, or have parts of no use.',
    )
    .argument('<files...>', '.rnn files, or - for standard input')
    .addOption(size)
    .option('--strict', 'end with 1 where there is a warning', false)
    .addHelpText('after', examples('rnnc lint lstm.rnn', 'rnnc lint --strict cells/*.rnn'))
    .action(async (files: string[], options) =>
      finish((await import('../commands/lint.ts')).lintFiles(files, options, io)),
    );
}
