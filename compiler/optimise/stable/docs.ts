import { stableRewrites } from './rewrites.ts';

/** docs/numerics.md, from the table. */
export function numericsPage(): string {
  const sections = stableRewrites.map(({ pattern, result, why, cures, except }) =>
    [
      `### \`${pattern}\``,
      `is computed as \`${result}\`.`,
      `As written, ${cures}. The same function: ${why}${except === undefined ? '' : ` Done ${except}.`.replace('Done not', 'Not done')}`,
    ].join('\n\n'),
  );
  return [
    '# Numerical care',
    'Made from the table in `compiler/optimise/stable`; to change it, change that and run `UPDATE=1 npx vitest run test/optimise/stable.test.ts`.',
    'A paper writes `log(1 + exp(x))`. Computed so it is infinite from x = 89 on in 32 bits, and 0 below x = -17. The compiler computes the same function in another way where it recognises an expression of the list below, before it differentiates, so that the derivative is computed with care, too. What is written decides what is meant, not how it is computed: no program that neither overflows nor cancels changes by more than roundings.',
    'An intermediate value that has a name and is used elsewhere, as an output for instance, is still computed there as it is written. `rnnc print --stage graph` lists at its end what was recognised, with the line; `rnnc derive` shows the derivative of the equations as they are written.',
    'Each has a test against arithmetic with 2600 bits, value and derivative, for arguments from -800 to 800. The functions of the library (`softmax`, `logsumexp`, `log_softmax`, `cross_entropy`, `binary_cross_entropy`, `softplus`, `log_sigmoid`, `norm`) are computed with such care themselves.',
    'Infinities are numbers here: a probability of 0 has the logarithm -infinity. `logsumexp`, and every sum of exponentials under a logarithm, is -infinity where all of them are 0, and its derivative there is 0 (as written it would be 0/0); where one argument is infinite the value is infinite, and the derivative is NaN. A masked entry, -infinity, is 0 in `softmax` and -infinity in `log_softmax`; where all entries are masked both are NaN, since no share of nothing is more right than another.',
    '## The list',
    ...sections,
    '',
  ].join('\n\n');
}
