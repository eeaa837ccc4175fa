import type { Cell } from '../../compiler/cell/cell.ts';
import { type CheckOptions, check } from '../../compiler/cell/check.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import type { Source } from '../../compiler/source/source.ts';
import { parse } from '../../compiler/syntax/parse.ts';

export type Files = Readonly<Record<string, string>>;

/** Parses and checks a text that is expected to parse; `files` are what it may import. */
export function checkText(
  text: string,
  files: Files = {},
  options: CheckOptions = {},
): { readonly cells: ReadonlyMap<string, Cell>; readonly diagnostics: readonly Diagnostic[] } {
  const texts = new Map(Object.entries(files));
  const load = (path: string): Source | undefined => {
    const found = texts.get(path);
    return found === undefined ? undefined : { name: path, text: found };
  };
  const { tree, diagnostics } = parse({ name: 'main.rnn', text });
  if (diagnostics.length > 0) {
    throw new Error(
      `does not parse: ${diagnostics.map((d) => `${d.code} ${d.message}`).join('; ')}\n${text}`,
    );
  }
  return check(tree, { load, ...options });
}

/** The last cell of a text without mistakes. */
export function soundCell(text: string, files: Files = {}): Cell {
  const { cells, diagnostics } = checkText(text, files);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new Error(
      `${errors.map((d) => `${d.code} ${d.message} (${d.label ?? ''})`).join('\n')}\nin\n${text}`,
    );
  }
  const cell = [...cells.values()].at(-1);
  if (cell === undefined) throw new Error('no cell');
  return cell;
}

/** A cell's body as a whole text. */
export const inCell = (body: string, header = 'I, H'): string => `cell Test(${header}) {\n${body}\n}\n`;
