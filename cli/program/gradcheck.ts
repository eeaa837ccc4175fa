import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { collectSizes, positiveNumber, wholeNumber } from '../options.ts';
import type { Finish } from './finish.ts';
import { cell, examples } from './shared.ts';

export function addGradcheckCommand(program: Command, io: Io, finish: Finish): void {
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
      finish((await import('../commands/gradcheck.ts')).gradcheckFile(file, options, io)),
    );
}
