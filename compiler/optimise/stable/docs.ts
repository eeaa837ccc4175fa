import { stableRewrites } from './rewrites.ts';

/** What papers write as well, and what to write for it. */
const notRecognised: readonly (readonly [pattern: string, instead: string])[] = [
  [
    'for k in 0..K { w[k] = exp(z[k]) }',
    'entry by entry, then `w/sum(w)`; write `softmax(z)`, or `exp(z)/sum(exp(z))` of the whole vector.',
  ],
  ['exp(a)/(exp(b) + exp(c))', 'an exponent above that is not below; write `exp(a - b)/(1 + exp(c - b))`.'],
  [
    '2/(exp(x) + exp(-x))',
    'the value is right, its derivative infinity*0; write `2*exp(-abs(x))/(1 + exp(-2*abs(x)))`.',
  ],
  ['exp(-x)/(1 + exp(-x))^2', 'write `sigmoid(x)*(1 - sigmoid(x))`.'],
  [
    'log(1 + 2*exp(x))',
    'becomes `log1p(2*exp(x))`, exact for small exp(x), which overflows; write `softplus(x + log(2))`.',
  ],
  ['log(exp(a) - exp(b))', 'write `a + log(-expm1(b - a))`.'],
  ['log(exp(a) + u*exp(b))', 'where u is no constant; write `log(exp(a) + exp(b + log(u)))`.'],
  ['log(sigmoid(x)*sigmoid(y))', 'write the sum of the logarithms.'],
  ['(exp(M).T @ z)/sum(exp(M).T, 1)', 'write `sum(exp(M), 0)` below.'],
  [
    '(exp(a)*u + n)/(exp(a) + d)',
    'running sums n and d of exponentials: carry their largest exponent in a state, as RWKV does.',
  ],
];

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
    '## Not recognised',
    [
      'These are computed as they are written:',
      ...notRecognised.map(([pattern, instead]) => `- \`${pattern}\`: ${instead}`),
    ].join('\n'),
    '',
  ].join('\n\n');
}
