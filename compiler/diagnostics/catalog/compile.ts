import { entry, numberAsText, shown } from './entry.ts';

const example = 'cell Example() {\n  state h: []\n  h = 0.5*h_prev\n}\n';

/** RNN4xx as well: what is missing to compile a file that has no mistakes. */
export const compileCatalog = {
  badExtent: entry<{ what: 'batch' | 'window'; value: unknown }>(
    'RNN407',
    'A batch or a window that is not a positive whole number.',
    example,
    ({ what, value }) => ({
      message: `The ${what} cannot be ${shown(value)}`,
      hint: `${numberAsText(value)}The ${what === 'batch' ? 'rows of a batch' : 'steps of a window'} are a whole number of at least 1.`,
    }),
  ),
  badOption: entry<{ name: string; value: unknown; range: string; nearest?: string | undefined }>(
    'RNN408',
    'An option of the compiler that has a value it cannot have.',
    example,
    ({ name, value, range, nearest }) => ({
      message: `The ${name} cannot be ${shown(value)}`,
      hint: `${nearest === undefined ? '' : `Did you mean ${shown(nearest)}? `}It is ${range}.`,
    }),
  ),
  unknownOption: entry<{ name: string; known: readonly string[]; nearest?: string | undefined }>(
    'RNN409',
    'An option that the compiler does not have.',
    example,
    ({ name, known, nearest }) => ({
      message: `There is no option ${name}`,
      hint: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}There are ${known.join(', ')}.`,
    }),
  ),
  noText: entry<{ what: string }>(
    'RNN410',
    'Something that is no text with a name, where a text is to be compiled.',
    example,
    ({ what }) => ({
      message: `A text under a name is needed, and ${what}`,
      hint: "Give { name: 'cell.rnn', text: … }: what messages call it, and all of it.",
    }),
  ),
  noCell: entry<{ file: string }>(
    'RNN400',
    'A file without a cell, where one is to be compiled.',
    'fn swish(x) = x*sigmoid(x)\n',
    ({ file }) => ({
      message: `${file} has no cell to compile`,
      hint: 'Write one: cell Name(I, H) { … }.',
    }),
  ),
};
