import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { delimiter, wholeNumber } from '../options.ts';
import type { Finish } from './finish.ts';
import { eitherOr, examples } from './shared.ts';

export function addPredictCommand(program: Command, io: Io, finish: Finish): void {
  eitherOr(program.command('predict'), 'key')
    .description('The next rows after a history, or a prediction for each row that comes.')
    .argument('<run>', 'folder of a run of rnnc train')
    .option('-d, --data <file.csv>', "the history, - for standard input (default: the run's data)")
    .addOption(
      new Option('-n, --steps <count>', 'rows to predict, each from those before (default: 1)').argParser(
        wholeNumber(1),
      ),
    )
    .option('--observed [file.csv]', 'a prediction for each of these rows (default: standard input)')
    .addOption(new Option('-k, --key <column>', "tells sequences apart (default: the run's)"))
    .option('--no-key', 'all rows are one sequence')
    .addOption(
      new Option('--delimiter <mark>', "between fields, or tab (default: the run's)").argParser(delimiter),
    )
    .addOption(
      new Option('--fill <how>', "where a value is missing (default: the run's)").choices([
        'previous',
        'zero',
        'mean',
      ]),
    )
    .addHelpText(
      'after',
      examples(
        'rnnc predict tides-run --steps 24',
        'rnnc predict tides-run --data newer.csv --steps 24',
        'tail -n +1 -f sensor.csv | rnnc predict tides-run --observed',
      ),
    )
    .action(async (run: string, options) =>
      finish(await (await import('../commands/predict.ts')).predictRun(run, options, io)),
    );
}
