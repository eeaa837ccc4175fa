import type { Source } from '../source/source.ts';
import { invariant } from '../support/invariant.ts';
import { parse } from '../syntax/parse.ts';
import type { FunctionHome, Module } from './env.ts';
import { preludeText } from './prelude.generated.ts';

/** The text of each function of prelude.rnn, comments included, by name. */
const library: ReadonlyMap<string, string> = new Map(
  preludeText.split(/\n{2,}/).flatMap((text) => {
    const name = /^fn (\w+)/m.exec(text)?.[1];
    return name === undefined ? [] : [[name, text] as const];
  }),
);

export const libraryNames: readonly string[] = [...library.keys()];

const parsed = new Map<string, FunctionHome>();

/** A library function, parsed when it is first called. */
export function libraryFunction(name: string): FunctionHome | undefined {
  const text = library.get(name);
  if (text === undefined) return undefined;
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const source: Source = { name: 'prelude.rnn', text };
  const { tree, diagnostics } = parse(source);
  const definition = tree.items[0];
  invariant(
    diagnostics.length === 0 && definition?.kind === 'function',
    `the library function ${name} does not parse`,
  );
  const module: Module = { source, cells: new Map(), functions: new Map(), failed: new Set() };
  const home: FunctionHome = { definition, module, library: true };
  parsed.set(name, home);
  return home;
}
