import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import type { Finish } from './finish.ts';
import { cell, examples } from './shared.ts';

export function addRunCommand(program: Command, io: Io, finish: Finish): void {
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
      finish((await import('../commands/run.ts')).runFile(file, options, io)),
    );
}
