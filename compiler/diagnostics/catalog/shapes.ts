import { entry, hinted, inCell } from './entry.ts';

export interface Mismatch {
  readonly left: string;
  readonly right: string;
  readonly label: string;
  readonly hint?: string | undefined;
}

/** Shapes and sizes. */
export const shapeCatalog = {
  shapesDiffer: entry<Mismatch>(
    'RNN204',
    'Two shapes that should agree do not: entry by entry, in a product, in a stack.',
    inCell('input x: [I]', 'state h: [H]', 'param U: [H, I] ~ glorot', 'h = tanh(U @ h_prev + U @ x)'),
    ({ left, right, label, hint }) => ({
      message: `These shapes differ: ${left} and ${right}`,
      label,
      ...hinted(hint),
    }),
  ),
  notASize: entry<{ text: string; why: string; hint?: string | undefined }>(
    'RNN205',
    'Something in a shape, slice or split that is not built from sizes and whole numbers.',
    'cell Example(H; dt = 0.1) {\n  state h: [dt]\n  h = 0.5*h_prev\n}\n',
    ({ text, why, hint }) => ({ message: `${text} is not a size: ${why}`, ...hinted(hint) }),
  ),
  sizeTooSmall: entry<{ what: string; text: string }>(
    'RNN206',
    'A size that cannot be a positive whole number.',
    inCell('state h: [H - H]', 'h = 0.5*h_prev'),
    ({ what, text }) => ({ message: what, label: `this is ${text}` }),
  ),
  stateShape: entry<{ name: string; declared: string; found: string; hint?: string | undefined }>(
    'RNN210',
    'The equation of a state gives another shape than the state is declared with.',
    inCell('input x: [I]', 'state h: [H]', 'h = tanh(x)'),
    ({ name, declared, found, hint }) => ({
      message: `These shapes differ: the state ${name} is ${declared}, its equation gives ${found}`,
      label: `this is ${found}`,
      ...hinted(hint),
    }),
  ),
  wrongRank: entry<{ what: string; needs: string; found: string; hint?: string | undefined }>(
    'RNN212',
    'A scalar, vector or matrix where another of these is needed.',
    inCell('input x: [I]', 'y = outer(x, 2)', 'output y'),
    ({ what, needs, found, hint }) => ({
      message: `${what} needs ${needs}`,
      label: `this is ${found}`,
      ...hinted(hint),
    }),
  ),
  vectorTimesVector: entry<{ left: string; right: string; leftText: string; rightText: string }>(
    'RNN213',
    'The matrix product of two vectors.',
    inCell('input x: [I]', 'y = x @ x', 'output y'),
    ({ left, right, leftText, rightText }) => ({
      message: `@ needs a matrix on one side: these are the vectors ${left} and ${right}`,
      hint: `For a number write dot(${leftText}, ${rightText}), for a matrix outer(${leftText}, ${rightText}).`,
    }),
  ),
  sliceOutside: entry<{ text: string; shape: string; why: string; hint?: string | undefined }>(
    'RNN215',
    'A slice or an index that reaches outside its vector.',
    inCell('input x: [I]', 'y = x[0:2*I]', 'output y'),
    ({ text, shape, why, hint }) => ({
      message: `${text} reaches outside ${shape}`,
      label: why,
      ...hinted(hint),
    }),
  ),
  splitMisplaced: entry<{ isList?: boolean | undefined }>(
    'RNN219',
    'split anywhere but as the right side of a list of names, or such a list without split.',
    inCell('input x: [2*H]', 'y = tanh(split(x, 2))', 'output y'),
    ({ isList }) => ({
      message: isList
        ? 'A list with commas is the sizes of split, nothing else'
        : 'split and a list of names belong together',
      hint: isList ? 'To stack, write [a; b].' : 'Write [a, b] = split(z, 2); there are no tuples.',
    }),
  ),
  splitCount: entry<{ names: number; parts: number }>(
    'RNN220',
    'split makes another number of parts than there are names.',
    inCell('input x: [3*H]', '[a, b] = split(x, 3)', 'output a, b'),
    ({ names, parts }) => ({
      message: `There are ${names} names for ${parts} ${parts === 1 ? 'part' : 'parts'}`,
    }),
  ),
  splitSizes: entry<{ sum: string; length: string }>(
    'RNN221',
    'The parts of split do not add up to the length.',
    inCell('input x: [3*H]', '[a, b] = split(x, [H, H])', 'output a, b'),
    ({ sum, length }) => ({ message: `The parts add up to ${sum}, but there are ${length} entries` }),
  ),
  axis: entry<{ message: string; hint?: string | undefined }>(
    'RNN222',
    'An axis that is missing, not a constant, or not there.',
    inCell('param W: [H, I] = 1', 'y = softmax(W)', 'output y'),
    ({ message, hint }) => ({ message, ...hinted(hint) }),
  ),
  stretchAlone: entry<{ word: string; example: string }>(
    'RNN223',
    'col(a) or row(v) that does not meet a matrix.',
    inCell('input x: [I]', 'y = col(x)', 'output y'),
    ({ word, example }) => ({
      message: `${word} stretches a vector along a matrix, and there is none here`,
      hint: `It stands beside a matrix, entry by entry: ${example}.`,
    }),
  ),
  indexValue: entry<{ text: string }>(
    'RNN224',
    'A class number (an index input) used as if it were a quantity.',
    'cell Example(V) {\n  input token: index(V)\n  y = 2*token\n  output y\n}\n',
    ({ text }) => ({
      message: `${text} is a class number, not a quantity`,
      hint: `Look up a row, E[${text}], or write one_hot(${text}).`,
    }),
  ),
  notAnIndex: entry<{ text: string; hint: string }>(
    'RNN230',
    'A real value in the place of a class number or a constant index.',
    inCell('input x: [I], k: []', 'y = x[k]', 'output y'),
    ({ text, hint }) => ({ message: `${text} is not an index`, hint }),
  ),
  classesDiffer: entry<{ text: string; classes: string; rows: string; shape: string }>(
    'RNN226',
    'A class number of other classes than the array has rows.',
    'cell Example(V, K, D) {\n  input token: index(V)\n  param E: [K, D] ~ glorot\n  y = E[token]\n  output y\n}\n',
    ({ text, classes, rows, shape }) => ({
      message: `${text} counts ${classes} classes, but the first axis of ${shape} has ${rows} entries`,
    }),
  ),
  lossNotScalar: entry<{ found: string }>(
    'RNN227',
    'A loss that is not a single number per step.',
    inCell('state h: [H]', 'h = 0.5*h_prev', 'loss h*h'),
    ({ found }) => ({
      message: `A loss is one number per step, and this is ${found}`,
      hint: 'Add up its entries: sum(...).',
    }),
  ),
  vectorBesideMatrix: entry<Mismatch>(
    'RNN225',
    'A vector and a matrix, entry by entry: no vector stretches silently.',
    inCell('param W: [H, I] ~ glorot', 'input v: [H]', 'y = v*W', 'output y'),
    ({ left, right, label, hint }) => ({
      message: `These shapes differ: ${left} and ${right}`,
      label,
      ...hinted(hint),
    }),
  ),
};
