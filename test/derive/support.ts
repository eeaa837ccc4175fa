import { readFileSync } from 'node:fs';
import { type CompileOptions, checkedCell, frozenParameters } from '../../compiler/compile.ts';
import { derive } from '../../compiler/derive/derive.ts';
import { type DeriveFormat, printDerived } from '../../compiler/derive/print.ts';
import { unroll } from '../../compiler/derive/unroll.ts';
import { toGraph } from '../../compiler/graph/toGraph.ts';
import type { Source } from '../../compiler/source/source.ts';

/** A file of dsl-examples by its name or a path that ends in it. */
export function example(path: string): Source {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { name, text: readFileSync(new URL(`../../dsl-examples/${name}`, import.meta.url), 'utf8') };
}

export const source = (text: string): Source => ({ name: 'test.rnn', text });

const load: NonNullable<CompileOptions['load']> = (path) => example(path);

export function derivedText(from: Source, format: DeriveFormat = 'text'): string {
  const cell = checkedCell(from, { load });
  return printDerived(derive(toGraph(cell), frozenParameters(cell)), format);
}

export function unrolledText(from: Source, steps: number, format: DeriveFormat = 'text'): string {
  const cell = checkedCell(from, { load });
  return unroll(toGraph(cell), steps, format, frozenParameters(cell));
}

/** The equations of a printed text, without comments and empty lines. */
export const equationsOf = (text: string): readonly string[] =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
