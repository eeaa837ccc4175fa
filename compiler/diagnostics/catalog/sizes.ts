import { didYouMean, entry, numberAsText, shown } from './entry.ts';

const example = 'cell Example(H; dt = 0.1) {\n  state h: [H]\n  h = dt*h_prev\n}\n';

/** RNN4xx: the sizes and numbers that a cell is bound with. */
export const sizeCatalog = {
  missing: entry<{ what: string; name: string; cell: string }>(
    'RNN401',
    'A size or number without a default that is not given.',
    example,
    ({ what, name, cell }) => ({
      message: `${cell} needs the ${what} ${name}`,
      label: `${name} has no default`,
      hint: `Give it: --size ${name}=${what === 'size' ? '16' : '0.1'}, or sizes: { ${name}: … } in a program or a case.`,
    }),
  ),
  unknown: entry<{ name: string; cell: string; known: readonly string[]; nearest?: string | undefined }>(
    'RNN402',
    'A size or number that the cell does not have.',
    example,
    ({ name, cell, known, nearest }) => ({
      message: `${cell} has no size or number ${name}`,
      ...(nearest === undefined ? { hint: `It has ${known.join(', ') || 'none'}.` } : didYouMean(nearest)),
    }),
    { given: { H: 4, hidden: 8 } },
  ),
  noise: entry<{ name: string; problem: string }>(
    'RNN475',
    'A size or number that noise cannot be drawn with.',
    'cell Example(H; keep = 0.9) {\n  input x: [H]\n  noise m: [H] ~ bernoulli(keep) per step\n  output y = m*x\n}\n',
    ({ name, problem }) => ({ message: `The noise ${name} cannot be drawn: ${problem}` }),
    { given: { H: 4, keep: 1.5 } },
  ),
  notWhole: entry<{ name: string; value: unknown }>(
    'RNN403',
    'A size that is not a positive whole number.',
    example,
    ({ name, value }) => ({
      message: `The size ${name} cannot be ${shown(value)}`,
      hint: `${numberAsText(value)}A size is a whole number of at least 1.`,
    }),
    { given: { H: 2.5 } },
  ),
  tooLarge: entry<{ what: string; value: number | string; limit: number | string; remedy: string }>(
    'RNN404',
    'A size, or an array, too large to have room in memory.',
    example,
    ({ what, value, limit, remedy }) => ({
      message: `${what} is too large: ${value}, and the limit is ${limit}`,
      hint: remedy,
    }),
    { given: { H: 2 ** 31 } },
  ),
  constraint: entry<{ reason: string; text: string; value: number; given: string }>(
    'RNN405',
    'Sizes that do not fit together: a division that does not come out whole, a slice that reaches outside.',
    'cell Example(H) {\n  state h: [H]\n  [a, b] = split(h_prev, 2)\n  h = [b; a]\n}\n',
    ({ reason, text, value, given }) => ({
      message: `${reason}, and ${text} is ${value} with ${given}`,
      label: 'needed here',
    }),
    { given: { H: 3 } },
  ),
  notFinite: entry<{ name: string; value: unknown }>(
    'RNN406',
    'A number that is not finite.',
    example,
    ({ name, value }) => ({
      message: `The number ${name} cannot be ${shown(value)}`,
      hint: `${numberAsText(value)}It is a finite number.`,
    }),
    { given: { H: 4, dt: Number.NaN } },
  ),
};
