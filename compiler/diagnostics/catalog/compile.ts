import { entry } from './entry.ts';

/** RNN4xx as well: what is missing to compile a file that has no mistakes. */
export const compileCatalog = {
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
