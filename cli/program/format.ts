import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import type { Finish } from './finish.ts';
import { examples } from './shared.ts';

export function addFormatCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('format')
    .description('Writes files in canonical form; comments stay.')
    .argument('<files...>', '.rnn files, or - for standard input, whose text goes to standard output')
    .addOption(
      new Option('--check', 'writes nothing; names the files that are not in canonical form').default(false),
    )
    .addOption(
      new Option('--stdout', 'the text of one file to standard output instead')
        .default(false)
        .conflicts('check'),
    )
    .addHelpText('after', examples('rnnc format lstm.rnn', 'rnnc format --check cells/*.rnn'))
    .action(async (files: string[], options) =>
      finish((await import('../commands/format.ts')).formatFiles(files, options, io)),
    );
}
