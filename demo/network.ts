import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compile, type Source } from '../compiler/index.ts';
import { type Instance, instantiateSync } from '../runtime/index.ts';

/**
 * Compiles the forecaster to WebAssembly and gives it parameters.
 *
 * @param hidden  size of the LSTM's state
 * @param window  most steps that a loss goes back through
 * @param seed    of the parameters' start
 * @throws CompileError, were there a mistake in `dsl-examples/`
 */
export function createNetwork(hidden: number, window: number, seed: number): Instance {
  const compiled = compile(example('./forecaster.rnn'), {
    sizes: { H: hidden },
    window,
    target: 'wasm',
    // The same numbers on every host.
    profile: 'separate',
    load: example,
  });
  return instantiateSync(compiled, { seed });
}

/** Where the project is, both from its sources and from what is built of them. */
export const projectFolder = dirname(createRequire(import.meta.url).resolve('rnnc/package.json'));

/** A file of `dsl-examples/`, all of which import only their neighbours. */
function example(path: string): Source {
  const name = join('dsl-examples', path);
  return { name, text: readFileSync(join(projectFolder, name), 'utf8') };
}
