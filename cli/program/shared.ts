import { type Command, Option } from 'commander';
import { collectSizes, wholeNumber } from '../options.ts';

/*
 * What several commands have.
 */

export const size = new Option(
  '-s, --size <NAME=VALUE>',
  'sizes and numbers of the cell, e.g. H=16,I=3; may be repeated',
)
  .argParser(collectSizes)
  .default(new Map(), 'those of the file');
export const cell = new Option('-c, --cell <name>', 'which cell of the file (default: the last)');
export const batch = new Option('-b, --batch <rows>', 'rows that run side by side')
  .argParser(wholeNumber(1))
  .default(1);
export const window = new Option(
  '-w, --window <steps>',
  'most steps of one sweep (default: 64, or 1 with --inference)',
).argParser(wholeNumber(1));
export const inference = new Option('--inference', 'without gradients').default(false);
export const inputCotangents = new Option(
  '--input-cotangents',
  "also the loss's derivative by the inputs",
).conflicts('inference');
export const lengths = new Option(
  '--lengths',
  'rows may end before the others, at lengths given with each call',
);
export const resets = new Option('--resets', 'rows may begin new sequences inside a window');
/** Lines below the help of a command. */
export const examples = (...lines: readonly string[]) =>
  ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');

/** A command whose option `--NAME` is refused beside `--no-NAME`; of the two the last would count. */
export function eitherOr(command: Command, name: string): Command {
  const said = new Set<string>();
  for (const one of [name, `no-${name}`]) {
    command.on(`option:${one}`, () => {
      said.add(one);
      if (said.size > 1) command.error(`error: option '--${name}' cannot be used with option '--no-${name}'`);
    });
  }
  return command;
}

/** What decides how a cell is compiled, for the commands that take all of it. */
export const compilation: readonly Option[] = [
  size,
  cell,
  batch,
  window,
  inference,
  inputCotangents,
  lengths,
  resets,
];
