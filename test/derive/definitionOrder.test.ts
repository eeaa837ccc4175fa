import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../../compiler/cell/cell.ts';
import { sizesOfLags } from '../../compiler/cell/lags.ts';
import { checkedCell, frozenParameters, stepGraph } from '../../compiler/compile.ts';
import { derive } from '../../compiler/derive/derive.ts';
import { printMath } from '../../compiler/derive/latex.ts';
import { latexSpelling } from '../../compiler/derive/latexNames.ts';
import { printDerived } from '../../compiler/derive/print.ts';
import { unroll } from '../../compiler/derive/unroll.ts';
import { CompileError } from '../../compiler/diagnostics/compileError.ts';
import type { Source } from '../../compiler/source/source.ts';
import { example } from './support.ts';
import { undefinedUses } from './undefinedUses.ts';

const folder = new URL('../../dsl-examples/', import.meta.url);
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.rnn'))
  .toSorted();

/** The page of the cell, plain and unrolled; none of a cell that has no page. */
function pagesOf(source: Source): { readonly cell: Cell; readonly pages: readonly string[] } {
  const cell = checkedCell(source, { load: example });
  const sizes = new Map([...sizesOfLags(cell)].map((name) => [name, 2]));
  const graph = stepGraph(cell, { sizes });
  const frozen = frozenParameters(cell);
  try {
    const plain = printDerived(derive(graph, frozen), 'text');
    return { cell, pages: [plain, unroll(graph, 2, 'text', frozen)] };
  } catch (error) {
    if (error instanceof CompileError) return { cell, pages: [] };
    throw error;
  }
}

describe('every name is defined before it is used', () => {
  it.each(names)('%s', (name) => {
    const { cell, pages } = pagesOf({ name, text: readFileSync(new URL(name, folder), 'utf8') });
    for (const page of pages) expect(undefinedUses(page, cell), page).toEqual([]);
  });
});

it('the list is not empty, and most cells have a page', () => {
  const found = names.map((name) => pagesOf({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
  expect(found.filter(({ pages }) => pages.length === 2).length).toBeGreaterThan(90);
});

describe('the page says no more than it can', () => {
  const refused = (...lines: string[]) => {
    const text = `cell C(I, H, S) {\n  ${lines.join('\n  ')}\n}\n`;
    const cell = checkedCell({ name: 'c.rnn', text });
    return () => derive(stepGraph(cell));
  };
  const start = ['input x: [I]', 'state h: [H]', 'param W, V: [H, I] ~ glorot'];

  it.each([
    [
      'an input per sequence',
      'input m: [I] per sequence',
      'h = tanh(W @ x + V @ m)',
      /RNN237 .*derive.*\(m\)/,
    ],
    [
      'an input over a size',
      'input m: [I] over S',
      'h = tanh(W @ x) + sum(V @ m over S)',
      /RNN237 .*derive.*\(m\)/,
    ],
    [
      'a value made of noise per sequence',
      'noise e: [I] ~ normal(0, 1) per sequence',
      'h = tanh(W @ x + V @ e)',
      undefined,
    ],
  ])('%s', (_, declaration, equation, wanted) => {
    const act = refused(...start, declaration, equation);
    if (wanted === undefined) expect(act).not.toThrow();
    else expect(act).toThrow(wanted);
  });
});

it('an infinity is a sign in LaTeX', () => {
  const infinity = { kind: 'number', value: Infinity, rank: 0 } as const;
  const spelling = latexSpelling([]);
  expect(printMath(infinity, spelling)).toBe('\\infty');
});

describe('sizes that a page needs', () => {
  const text = `cell C(I, P) {
  input x: [I]
  state h: [I]
  h = tanh(x + prev(h, P))
}
`;
  const cell = checkedCell({ name: 'c.rnn', text });

  it('are those that lags are made of', () => {
    expect(printDerived(derive(stepGraph(cell, { sizes: { P: 3 } })), 'text')).toContain('prev(h, 3)');
    expect(() => stepGraph(cell, { sizes: { I: 3 } })).toThrow(/needs the size P/);
    expect(() => stepGraph(cell, {})).not.toThrow(/needs the size I/);
  });

  it('have to be whole numbers, and names of the cell', () => {
    expect(() => stepGraph(cell, { sizes: { P: 0 } })).toThrow(/RNN403|whole/);
    expect(() => stepGraph(cell, { sizes: { P: 2, Q: 3 } })).toThrow(/no size or number Q/);
  });
});
