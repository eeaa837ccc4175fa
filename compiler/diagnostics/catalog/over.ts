import { entry, hinted } from './entry.ts';

const inAttention = (...lines: readonly string[]): string =>
  ['cell Example(D, S) {', ...lines.map((line) => `  ${line}`), '}', ''].join('\n');

/** Values that vary over a size (`over S`), and values given once per sequence. */
export const overCatalog = {
  notOver: entry<{ message: string; label?: string; hint?: string | undefined }>(
    'RNN280',
    'Something is taken `over` what is no size, or over a size along which it does not vary.',
    inAttention('input x: [D]', 'y = sum(x over S)', 'output y'),
    ({ message, label, hint }) => ({ message, ...(label === undefined ? {} : { label }), ...hinted(hint) }),
  ),
  stillOver: entry<{ what: string; over: readonly string[]; hint?: string | undefined }>(
    'RNN281',
    'One value for every entry of a size, where a single value is needed.',
    inAttention('input M: [D] over S', 'state h: [D]', 'h = tanh(M)'),
    ({ what, over, hint }) => ({
      message: `${what} is one value, and this is one for every entry of ${over.join(' and ')}`,
      hint: hint ?? `Sum it up: sum(… over ${over[0]}), or mean, max, logsumexp.`,
    }),
  ),
  givenMisplaced: entry<{ message: string; hint?: string | undefined }>(
    'RNN282',
    '`over` or `per` where it does not belong, or the previous value of what is given once per sequence.',
    inAttention('input x: [D] per sequence', 'y = x - x_prev', 'output y'),
    ({ message, hint }) => ({ message, ...hinted(hint) }),
  ),
  innerOver: entry<{ cell: string; message: string; hint?: string | undefined }>(
    'RNN283',
    'A cell in a cell whose values over a size do not fit what it is given.',
    'cell Sum(D, S) {\n  input M: [D] over S\n  y = sum(M over S)\n  output y\n}\n' +
      'cell Example(D, N) {\n  input M: [D] over N\n  cell inner: Sum(D, 2*N)\n  a = inner(M)\n  output y = a.y\n}\n',
    ({ message, hint }) => ({ message, ...hinted(hint) }),
  ),
};
