import type { Command } from 'commander';
import type { Io } from '../io.ts';
import type { Finish } from './finish.ts';
import { examples, size } from './shared.ts';

export function addCheckCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('check')
    .description('Names, shapes and sizes of every cell: all mistakes at once.')
    .argument('<files...>', '.rnn files, or - for standard input')
    .addOption(size)
    .addHelpText('after', examples('rnnc check lstm.rnn', 'rnnc check cells/*.rnn'))
    .action(async (files: string[], options) =>
      finish((await import('../commands/check.ts')).checkFiles(files, options, io)),
    );
}
