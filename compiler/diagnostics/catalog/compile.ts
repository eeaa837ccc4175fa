import { entry } from './entry.ts';

/** RNN4xx as well: what is missing to compile a file that has no mistakes. */
export const compileCatalog = {
  badExtent: entry<{ what: 'batch' | 'window'; value: number }>(
    'RNN407',
    'A batch or a window that is not a positive whole number.',
    'cell Example() {\n  state h: []\n  h = 0.5*h_prev\n}\n',
    ({ what, value }) => ({
      message: `The ${what} cannot be ${value}`,
      hint: `The ${what === 'batch' ? 'rows of a batch' : 'steps of a window'} are a whole number of at least 1.`,
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
