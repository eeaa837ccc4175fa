import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder } from './files.ts';
import { readHeader } from './header.ts';

const page = readFileSync(join(folder, 'CONTRIBUTING.md'), 'utf8');
const [, example] = /```rnn\n([^`]*)```/.exec(page)!;

test('the example of CONTRIBUTING.md is read as it is meant', () => {
  expect(readHeader(`${example}cell MGU(I, H) {`)).toEqual({
    title: 'Minimal gated unit',
    years: [2016],
    remarks: 'A GRU with one gate for both jobs: f = 1 takes the candidate, f = 0 keeps the old state.',
    papers: [
      {
        authors: 'Zhou, Wu, Zhang & Zhou',
        year: 2016,
        title: 'Minimal gated unit for recurrent neural networks',
        venue: 'arXiv 1603.09420',
      },
    ],
    follows: "the paper's equations, with one bias for each gate.",
    variants: 'some published code has f and 1 - f exchanged in the last line, beside the right equations.',
    sizes: { I: 3, H: 5 },
    values: new Map(),
    needs: 'nothing else.',
  });
});

test('fields go on over lines; values have ranges; papers may be several, or none with a reason', () => {
  const header = readHeader(`# Clock.
# Paper: none, made
#   for a test.
# Follows: itself.
# Variants: none known.
# Sizes: I = 3 inputs, H_2 = 4 units.
# Values: elapsed from 0.1 to 2.5, inner.mask 0 or 1, decay from -1 to -0.5.
# Needs: nothing else.
#
fn f(x) = x`);
  expect(header.years).toEqual([]);
  expect(header.papers).toEqual([]);
  expect(header.sizes).toEqual({ I: 3, H_2: 4 });
  expect(header.values).toEqual(
    new Map([
      ['elapsed', { low: 0.1, high: 2.5, only: false }],
      ['inner.mask', { low: 0, high: 1, only: true }],
      ['decay', { low: -1, high: -0.5, only: false }],
    ]),
  );
  const both = example!.replace('# Follows', '# Paper: Ho et al. 2017, "B", C 2(1).\n# Follows');
  expect(readHeader(both).papers.map(({ authors }) => authors)).toEqual([
    'Zhou, Wu, Zhang & Zhou',
    'Ho et al.',
  ]);
});

test.each([
  [/# Needs.*\n/, '', /no Needs/],
  [/# Paper.*\n/, '', /no Paper/],
  [/^.*\n/, '# MGU\n', /first line/],
  [/ \(2016\)/, '', /first line/],
  [/"/, '', /Authors year, "Title", where/],
  [/ 2016, "/, ', "', /Authors year, "Title", where/],
  [/# Follows/, '# Sizes: A = 1 cell.\n# Follows', /in this order/],
  [/# Follows/, '# Follows: x.\n# Follows', /in this order/],
  [/# Needs/, '# Values: tau > 0.\n# Needs', /not: tau > 0/],
  [/nothing else\./, 'nothing else', /full stop/],
])('%s → %j is refused', (part, instead, message) => {
  expect(() => readHeader(example!.replace(part, instead))).toThrow(message);
});
