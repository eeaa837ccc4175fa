import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { wholeNumber } from '../options.ts';
import type { Finish } from './finish.ts';
import { cell, examples, size } from './shared.ts';

export function addDeriveCommand(program: Command, io: Io, finish: Finish): void {
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
      finish((await import('../commands/derive.ts')).deriveFile(file, options, io)),
    );
}
