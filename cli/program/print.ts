import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import type { Finish } from './finish.ts';
import { compilation, examples } from './shared.ts';

export function addPrintCommand(program: Command, io: Io, finish: Finish): void {
  const command = program
    .command('print')
    .description('Any stage of the compilation as text.')
    .argument('<file>', '.rnn file, or - for standard input')
    .addOption(
      new Option('--stage <name>', 'which')
        .choices(['syntax', 'cell', 'graph', 'plan', 'program', 'js', 'wat'])
        .makeOptionMandatory(),
    );
  for (const option of compilation) command.addOption(option);
  command
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
      finish((await import('../commands/print.ts')).printStage(file, options, io)),
    );
}
