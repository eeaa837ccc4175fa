import { CompileError } from '../diagnostics/compileError.ts';
import type { Source } from '../source/source.ts';
import { parse } from './parse.ts';
import { print } from './print.ts';

/**
 * The text of a file in canonical form: what it means and its comments stay, line ends, spaces and brackets follow from
 * the tree. Formatting twice is formatting once.
 *
 * @param source  only its syntax is looked at; names and shapes may be wrong
 * @throws CompileError with every mistake of syntax
 */
export function format(source: Source): string {
  const { tree, diagnostics } = parse(source);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new CompileError(errors);
  return print(tree);
}
