import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import type { Finish } from './finish.ts';
import { examples } from './shared.ts';

export function addNewCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('new')
    .description('Writes a cell from a template, to begin with.')
    .argument('[name]', 'of the cell and its file: GRU writes GRU.rnn; folders may stand before it')
    .addOption(new Option('-t, --template <name>', 'which (rnnc new --list shows them)').default('elman'))
    .option('--list', 'shows the templates and writes nothing', false)
    .option('--force', 'overwrites a file that is there', false)
    .addHelpText('after', examples('rnnc new Memory --template lstm', 'rnnc new --list'))
    .action(async (name: string | undefined, options) =>
      finish((await import('../commands/new.ts')).newCell(name, options, io)),
    );
}
