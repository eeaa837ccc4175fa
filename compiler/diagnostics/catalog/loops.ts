import { entry, inCell } from './entry.ts';

/** RNN260-RNN264, RNN360-RNN361: loops, and what is defined entry by entry. */
export const loopCatalog = {
  stateInLoop: entry<{ name: string; index: string }>(
    'RNN260',
    'A state that every iteration of a loop defines.',
    inCell('state h: [H]', 'for l in 0..2 {', '  h = 0.5*h_prev', '}'),
    ({ name, index }) => ({
      message: `${name} is a state, which one equation defines, not one in each iteration`,
      hint: `Define it entry by entry, ${name}[${index}] = ..., or after the loop.`,
    }),
  ),
  loopBound: entry<{ text: string; hint?: string | undefined }>(
    'RNN261',
    'A bound of a loop, the number of cells of a list or the index of an entry that is defined: not a whole number from 0 that follows from sizes.',
    inCell('input x: [H]', 'for l in 0..x {', '  t = x', '}', 'output x'),
    ({ text, hint }) => ({
      message: `${text} is not a whole number from 0 that is known when the cell is compiled`,
      hint: hint ?? 'It may hold numbers, sizes, and indices of the loops around.',
    }),
  ),
  outsideIteration: entry<{ name: string; index: string; isIndex: boolean }>(
    'RNN262',
    'A value of one iteration, or the index of a loop, read where there is no such iteration.',
    inCell('input x: [H]', 'for l in 0..2 {', '  t = x*l', '}', 'output y = t'),
    ({ name, index, isIndex }) => ({
      message: isIndex
        ? `${name} is the index of a loop, and has a value inside it alone`
        : `${name} belongs to one iteration, and is read outside of it`,
      ...(isIndex ? {} : { hint: `To read it elsewhere, let it carry the index: ${name}[${index}] = ....` }),
    }),
  ),
  entryTwice: entry<{ name: string; entry: number }>(
    'RNN263',
    'An entry that is defined twice.',
    inCell('input x: [H]', 's[0] = x', 'for l in 0..2 {', '  s[l] = 2*x', '}', 'output y = s[1]'),
    ({ name, entry: which }) => ({
      message: `${name}[${which}] is defined twice`,
      label: 'second definition',
      hint: 'Nothing is assigned twice: what changes from one iteration to the next carries its index, s[l + 1] = ... s[l].',
    }),
  ),
  entryMissing: entry<{ name: string; entry: number; known: string; why: 'read' | 'state' | 'outside' }>(
    'RNN264',
    'An entry that is read and that no equation defines, one that a state lacks, or one beyond its first axis.',
    inCell('input x: [H]', 's[0] = x', 'for l in 0..2 {', '  s[l + 1] = 2*s[l]', '}', 'output y = s[3]'),
    ({ name, entry: which, known, why }) => ({
      message: {
        read: `Nothing defines ${name}[${which}]`,
        state: `${name}[${which}] has no equation`,
        outside: `${name} has no entry ${name}[${which}]`,
      }[why],
      hint: known,
    }),
  ),
  blocksMisplaced: entry<Record<never, never>>(
    'RNN361',
    'block_diagonal(R) elsewhere than on the left of @.',
    inCell('input x: [2*H]', 'param R: [2, H, H] ~ orthogonal', 'output y = sum(block_diagonal(R)) + x'),
    () => ({
      message: 'block_diagonal(R) stands on the left of @, and nowhere else',
      hint: 'Write block_diagonal(R) @ x. No matrix is made of it: each block is multiplied with its part of x.',
    }),
  ),
  cellList: entry<{ name: string; count: number; isList: boolean }>(
    'RNN360',
    'One of several inner cells without its number, or a number where there is one cell or function.',
    'cell Inner(H) {\n  input x: [H]\n  state h: [H]\n  h = 0.5*h_prev + x\n}\n\n' +
      inCell('input x: [H]', 'cell layer[2]: Inner(H)', 'n = layer(x)', 'output y = n.h'),
    ({ name, count, isList }) => ({
      message: isList ? `${name} is a list of ${count} cells` : `${name} is not a list of cells`,
      hint: isList ? `Say which: ${name}[0](...).` : `Declare one: cell ${name}[L]: ....`,
    }),
  ),
};
