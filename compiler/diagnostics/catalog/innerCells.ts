import { didYouMean, entry, hinted, inCell } from './entry.ts';

const inner = `cell Inner(H; gain = 1) {
  input x: [H]
  state h: [H]
  h = 0.5*h_prev + gain*x
}

`;

const withInner = (...lines: readonly string[]): string => inner + inCell(...lines);

/** RNN3xx: imports, and cells in cells. */
export const innerCellCatalog = {
  cannotLoad: entry<{ path: string }>(
    'RNN301',
    'An import from a file that cannot be read.',
    'import { LSTM } from "./nowhere.rnn"\n\ncell Example(H) {\n  state h: [H]\n  h = 0.5*h_prev\n}\n',
    ({ path }) => ({ message: `There is no file ${path}`, hint: 'The path is relative to this file.' }),
  ),
  notInFile: entry<{ name: string; path: string; nearest?: string | undefined }>(
    'RNN302',
    'An import of a name that the other file does not define.',
    'import { GRU } from "./lstm.rnn"\n\ncell Example(H) {\n  state h: [H]\n  h = 0.5*h_prev\n}\n',
    ({ name, path, nearest }) => ({
      message: `${path} has no cell or function ${name}`,
      ...didYouMean(nearest),
    }),
    { files: { './lstm.rnn': 'cell LSTM(H) {\n  state h: [H]\n  h = 0.5*h_prev\n}\n' } },
  ),
  cyclicImport: entry<{ paths: readonly string[] }>(
    'RNN303',
    'Files that import each other.',
    'import { A } from "./a.rnn"\n\ncell Example(H) {\n  state h: [H]\n  h = 0.5*h_prev\n}\n',
    ({ paths }) => ({ message: `These files import each other: ${paths.join(' -> ')}` }),
    { files: { './a.rnn': 'import { A } from "./a.rnn"\n' } },
  ),
  unknownCell: entry<{
    name: string;
    known: readonly string[];
    nearest?: string | undefined;
    hint?: string | undefined;
  }>(
    'RNN304',
    'A cell that is neither in this file nor imported.',
    inCell('cell inner: LSTN(H, H)', 'input x: [H]', 'n = inner(x)', 'output y = n.h'),
    ({ name, known, nearest, hint }) => ({
      message: `There is no cell ${name}`,
      hint: hint ?? `${nearest === undefined ? '' : `Did you mean ${nearest}? `}${whatThereIs(known)}`,
    }),
  ),
  recursiveCell: entry<{ names: readonly string[] }>(
    'RNN305',
    'A cell that contains itself.',
    'cell Example(H) {\n  input x: [H]\n  cell inner: Example(H)\n  n = inner(x)\n  output y = n.y\n}\n',
    ({ names }) => ({ message: `A cell cannot contain itself: ${names.join(' -> ')}` }),
  ),
  innerSizes: entry<{ cell: string; message: string; hint?: string | undefined }>(
    'RNN306',
    'An inner cell with too many or too few sizes, or sizes that it cannot have.',
    withInner('cell inner: Inner(H, H)', 'input x: [H]', 'n = inner(x)', 'output y = n.h'),
    ({ message, hint }) => ({ message, ...hinted(hint) }),
  ),
  innerNumber: entry<{ cell: string; name: string; nearest?: string | undefined; missing: boolean }>(
    'RNN307',
    'A number that the inner cell does not have, or one it needs and is not given.',
    withInner('cell inner: Inner(H; gian = 2)', 'input x: [H]', 'n = inner(x)', 'output y = n.h'),
    ({ cell, name, nearest, missing }) => ({
      message: missing ? `${cell} needs the number ${name}` : `${cell} has no number ${name}`,
      ...(missing ? { hint: `Give it behind a semicolon: ${cell}(...; ${name} = 1).` } : didYouMean(nearest)),
    }),
  ),
  appliedTwice: entry<{ name: string }>(
    'RNN308',
    'An inner cell that is applied more than once per step.',
    withInner(
      'cell inner: Inner(H)',
      'input x: [H]',
      'a = inner(x)',
      'b = inner(2*x)',
      'output y = a.h + b.h',
    ),
    ({ name }) => ({
      message: `${name} is applied a second time; it has one state and takes one step`,
      label: 'second application',
      hint: 'Declare another cell for the second one.',
    }),
  ),
  neverApplied: entry<{ name: string }>(
    'RNN309',
    'An inner cell that is never applied.',
    withInner('cell inner: Inner(H)', 'input x: [H]', 'output x'),
    ({ name }) => ({
      message: `The cell ${name} is never applied`,
      hint: `Apply it once per step: n = ${name}(...), then read n.h.`,
    }),
  ),
  applicationMisplaced: entry<{ name: string }>(
    'RNN310',
    'An inner cell applied inside an expression.',
    withInner('cell inner: Inner(H)', 'input x: [H]', 'y = 2*inner(x)', 'output y'),
    ({ name }) => ({
      message: `${name}(...) stands alone on the right of an equation`,
      hint: `Name it first: n = ${name}(...), then use n.h.`,
    }),
  ),
  innerInputs: entry<{ cell: string; takes: readonly string[]; given: number }>(
    'RNN311',
    'An inner cell applied to too many or too few inputs.',
    withInner('cell inner: Inner(H)', 'input x: [H]', 'n = inner(x, x)', 'output y = n.h'),
    ({ cell, takes, given }) => ({
      message: `${cell} takes ${takes.length} ${takes.length === 1 ? 'input' : 'inputs'} (${takes.join(', ')}), not ${given}`,
    }),
  ),
  innerInputShape: entry<{ cell: string; name: string; needs: string; found: string }>(
    'RNN312',
    'An input or previous value of another shape than the inner cell takes.',
    withInner('cell inner: Inner(H)', 'input x: [I]', 'n = inner(x)', 'output y = n.h'),
    ({ cell, name, needs, found }) => ({
      message: `These shapes differ: ${name} of ${cell} is ${needs} here, and is given ${found}`,
      label: `this is ${found}`,
    }),
  ),
  innerPrevious: entry<{ cell: string; name: string; nearest?: string | undefined }>(
    'RNN313',
    'A named argument of an inner cell that is not the previous value of one of its states.',
    withInner('cell inner: Inner(H)', 'input x: [H]', 'n = inner(x, hh_prev = x)', 'output y = n.h'),
    ({ cell, name, nearest }) => ({
      message: `${cell} has no ${name}`,
      hint:
        nearest === undefined ? 'By name go the previous values of its states.' : `Did you mean ${nearest}?`,
    }),
  ),
  innerLag: entry<{ cell: string; name: string }>(
    'RNN370',
    'The previous value of an inner state given from outside, where the inner cell looks further back than that.',
    'cell Inner(H) {\n  input x: [H]\n  state h: [H]\n  h = x + 0.5*prev(h, 2)\n}\n\ncell Example(H) {\n  input x: [H]\n  cell inner: Inner(H)\n  n = inner(x, h_prev = x)\n  output y = n.h\n}\n',
    ({ cell, name }) => ({
      message: `${cell} looks more than one step back at ${name}, so ${name}_prev cannot be given`,
      hint: `Let ${cell} keep ${name} itself, or give what it needs as an input.`,
    }),
  ),
  cellAsValue: entry<{ name: string; members: readonly string[] }>(
    'RNN314',
    'A cell, or its step, where a value is needed.',
    withInner('cell inner: Inner(H)', 'input x: [H]', 'n = inner(x)', 'output y = 2*n'),
    ({ name, members }) => ({
      message: `${name} is the step of a cell, not a value`,
      ...(members.length === 0
        ? {}
        : { hint: `Read one of its values: ${members.map((m) => `${name}.${m}`).join(', ')}.` }),
    }),
  ),
  unknownMember: entry<{
    object: string;
    name: string;
    nearest?: string | undefined;
    known: readonly string[];
    hint?: string | undefined;
  }>(
    'RNN315',
    'A member that is not there: of a cell its outputs and states, of a matrix .T.',
    withInner('cell inner: Inner(H)', 'input x: [H]', 'n = inner(x)', 'output y = n.hh'),
    ({ object, name, nearest, known, hint }) => ({
      message: `${object} has no ${name}`,
      ...(hint !== undefined
        ? { hint }
        : nearest !== undefined
          ? didYouMean(nearest)
          : known.length === 0
            ? {}
            : { hint: `It has ${known.join(', ')}.` }),
    }),
  ),
  innerTarget: entry<{ cell: string; name: string; target: string }>(
    'RNN316',
    'A state or output of an inner cell that depends on a target, which is not there inside another cell.',
    'cell Inner(H) {\n  target y: [H]\n  state h: [H]\n  h = 0.5*h_prev + y\n}\n\ncell Example(H) {\n  cell inner: Inner(H)\n  n = inner()\n  output z = n.h\n}\n',
    ({ cell, name, target }) => ({
      message: `${cell} cannot stand inside a cell: its ${name} depends on the target ${target}`,
      hint: 'Make the target an input.',
    }),
  ),
};

function whatThereIs(names: readonly string[]): string {
  if (names.length === 0) return 'There are none here.';
  return names.length === 1 ? `There is ${names[0]}.` : `There are ${names.join(', ')}.`;
}
