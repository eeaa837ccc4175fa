import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CompileOptions, compile } from '../../compiler/compile.ts';
import type { CompiledCell } from '../../compiler/module/manifest.ts';
import type { Source } from '../../compiler/source/source.ts';

const folder = fileURLToPath(new URL('../../dsl-examples/', import.meta.url));
const sourceOf = (name: string): Source => ({
  name: join(folder, name),
  text: readFileSync(join(folder, name), 'utf8'),
});

/** Hidden states: the last input, and the last class. */
const lagged = `cell Lagged(I, V) {
  input x: [I], token: index(V) = 2
  param E: [V, I] ~ normal(0, 1)
  state h: [I]
  h = 0.5*h_prev + x_prev + E[token_prev]*E[token]
  output h
}
`;

/** A cell of dsl-examples/, or the one above. */
export function example(name: string, options: CompileOptions): CompiledCell {
  const load = (path: string, from: Source) => sourceOf(basename(join(dirname(from.name), path)));
  return compile(name === 'lagged' ? { name, text: lagged } : sourceOf(name), { ...options, load });
}
