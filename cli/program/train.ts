import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import {
  atLeastZero,
  collect,
  collectNames,
  collectOptions,
  delimiter,
  nonEmpty,
  positiveNumber,
  share,
  wholeNumber,
} from '../options.ts';
import { optimiserNames, scheduleNames } from '../run/choices.ts';
import type { Finish } from './finish.ts';
import { cell, eitherOr, examples, size } from './shared.ts';

export function addTrainCommand(program: Command, io: Io, finish: Finish): void {
  eitherOr(program.command('train'), 'clip')
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
      finish(await (await import('../commands/train.ts')).trainFile(file, options, given, io));
    });
}
