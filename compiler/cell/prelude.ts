import type { Source } from '../source/source.ts';
import { invariant } from '../support/invariant.ts';
import { parse } from '../syntax/parse.ts';
import type { FunctionHome, Module } from './env.ts';

/*
 * Library functions that are formulas of the language itself, one per entry, so that only those a cell calls are parsed.
 */

interface LibraryFunction {
  readonly doc: string;
  readonly text: string;
}

const library: ReadonlyMap<string, LibraryFunction> = new Map([
  [
    'cross_entropy',
    {
      doc: 'Minus the logarithm of the probability that softmax(logits) gives to the class.',
      text: 'fn cross_entropy(logits, class) = logsumexp(logits) - logits[class]',
    },
  ],
  [
    'binary_cross_entropy',
    {
      doc: 'Minus the logarithm of the probability that sigmoid(logit) gives to y, which is 0 or 1; summed over entries.',
      text: 'fn binary_cross_entropy(logit, y) = sum(softplus(logit) - y*logit)',
    },
  ],
  [
    'squared_error',
    {
      doc: 'Sum of the squared differences.',
      text: 'fn squared_error(prediction, y) = sum((prediction - y)^2)',
    },
  ],
  [
    'huber_error',
    {
      doc: 'Sum of half the squared differences, linear from a difference of delta on. Huber 1964.',
      text: [
        'fn huber_error(prediction, y, delta) = sum(if abs(prediction - y) <= delta',
        '  then 0.5*(prediction - y)^2 else delta*(abs(prediction - y) - 0.5*delta))',
      ].join('\n'),
    },
  ],
]);

export const libraryNames: readonly string[] = [...library.keys()];

/** Documentation of a library function, by name. */
export const libraryFunctions: ReadonlyMap<string, LibraryFunction> = library;

const parsed = new Map<string, FunctionHome>();

/** A library function, parsed when it is first called. */
export function libraryFunction(name: string): FunctionHome | undefined {
  const entry = library.get(name);
  if (entry === undefined) return undefined;
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const source: Source = { name: 'prelude.rnn', text: entry.text };
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
