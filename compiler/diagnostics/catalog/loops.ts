import { entry, hinted, inCell } from './entry.ts';

/** RNN260-RNN269: loops, and what is defined entry by entry. */
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
    'A loop, or a list of cells, whose extent is not a whole number that follows from sizes.',
    inCell('input x: [H]', 'for l in 0..x {', '  t = x', '}', 'output x'),
    ({ text, hint }) => ({
      message: `${text} is not a whole number that is known when the cell is compiled`,
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
  entryMissing: entry<{ name: string; entry: number; known: string; isState: boolean }>(
    'RNN264',
    'An entry that is read, or needed for the whole, and that no equation defines.',
    inCell('input x: [H]', 's[0] = x', 'for l in 0..2 {', '  s[l + 1] = 2*s[l]', '}', 'output y = s[3]'),
    ({ name, entry: which, known, isState }) => ({
      message: isState ? `${name}[${which}] has no equation` : `Nothing defines ${name}[${which}]`,
      ...hinted(known),
    }),
  ),
  entryIndex: entry<{ text: string; why: string }>(
    'RNN265',
    'An entry whose index is not a whole number from 0, known when the cell is compiled.',
    inCell('input x: [H], k: []', 's[k] = x', 'output x'),
    ({ text, why }) => ({
      message: `${text} cannot be the index of an entry that is defined: ${why}`,
      hint: 'It is a whole number from 0, of numbers, sizes and indices of loops.',
    }),
  ),
  entryOutside: entry<{ name: string; entry: number; count: number }>(
    'RNN266',
    'An entry beyond the first axis of the state, or beyond the list of cells.',
    inCell('input x: [H]', 'state S: [2, H]', 'for n in 0..3 {', '  S[n] = x', '}'),
    ({ name, entry: which, count }) => ({
      message: `${name}[${which}] is outside of ${name}, which has ${count} ${count === 1 ? 'entry' : 'entries'}`,
      ...(count === 0 ? {} : { hint: `Entries are counted from 0 to ${count - 1}.` }),
    }),
  ),
  cellList: entry<{ name: string; count: number; isList: boolean }>(
    'RNN267',
    'One of several inner cells without its number, or a number where there is one cell or function.',
    'cell Inner(H) {\n  input x: [H]\n  state h: [H]\n  h = 0.5*h_prev + x\n}\n\n' +
      inCell('input x: [H]', 'cell layer[2]: Inner(H)', 'n = layer(x)', 'output y = n.h'),
    ({ name, count, isList }) => ({
      message: isList ? `${name} is a list of ${count} cells` : `${name} is not a list of cells`,
      hint: isList ? `Say which: ${name}[0](...).` : `Declare one: cell ${name}[L]: ....`,
    }),
  ),
  tooManyIterations: entry<{ what: string }>(
    'RNN268',
    'Loops that come to more than 5000 equations, or to expressions past any use.',
    inCell('input x: [H]', 'for l in 0..1000000 {', '  t = x', '}', 'output x'),
    ({ what }) => ({
      message: what,
      hint: 'Loops are written out; take a smaller size, or say it with matrices and vectors.',
    }),
  ),
};
