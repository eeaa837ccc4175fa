import { type Command, Option } from 'commander';
import type { Io } from '../io.ts';
import { nonEmpty, wholeNumber } from '../options.ts';
import type { Finish } from './finish.ts';
import { examples } from './shared.ts';

export function addEvaluateCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('evaluate')
    .description('Errors on rows that a run has not learned from, beside forecasts that need no network.')
    .argument('<run>', 'folder of a run of rnnc train')
    .option('-d, --data <file.csv>', "the run's data, where they are now (default: where they were)")
    .option('--unseen', 'the data are others, which the run has never seen: all rows are scored', false)
    .addOption(
      new Option('--horizon <rows>', 'also so many rows ahead, its forecasts fed back').argParser(
        wholeNumber(1),
      ),
    )
    .addOption(
      new Option('--season <rows>', 'also beside the value of a season before').argParser(wholeNumber(1)),
    )
    .addOption(new Option('--plot <file.svg>', 'forecasts and truth as a picture').argParser(nonEmpty))
    .addHelpText(
      'after',
      examples(
        'rnnc evaluate tides-run',
        'rnnc evaluate tides-run --horizon 12 --season 25 --plot tides.svg',
        'rnnc evaluate tides-run --data next-year.csv --unseen',
      ),
    )
    .action(async (run: string, options) =>
      finish(await (await import('../commands/evaluate.ts')).evaluateRun(run, options, io)),
    );
}
