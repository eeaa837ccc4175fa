import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Identifier } from '../syntax/tree.ts';
import type { TypedExpression } from './cell.ts';
import { type Dim, namedDim, namesOf, sameDim } from './dim.ts';
import { type Env, report } from './env.ts';
import { kindInWords } from './scope.ts';
import { oversOf } from './type.ts';

/*
 * Values that are there once for every entry of a size: `input M: [D] over S`. How many entries a row has, at most S, it
 * says when it runs.
 */

/** The size that `over S` names. */
export function sizeNamed({ name, span }: Identifier, env: Env): string | undefined {
  const local = env.locals.get(name);
  if (local?.kind === 'size') {
    const size = nameOf(local.dim);
    if (size !== undefined) return size;
  } else if (!env.locals.has(name)) {
    const symbol = env.scope?.symbols.get(name);
    if (symbol?.kind === 'size') return name;
    if (symbol !== undefined) {
      const message = `over ${name}: ${name} is ${kindInWords(symbol)}, not a size`;
      return report(env, cellCatalog.notOver, span, { message });
    }
  }
  const message = `over ${name}: there is no size ${name} here`;
  const hint =
    env.scope === undefined
      ? 'A function outside a cell takes the size as an argument.'
      : 'Sizes stand in the header of the cell: cell Decoder(I, H, D, S).';
  return report(env, cellCatalog.notOver, span, { message, hint });
}

/** The name of a size that is nothing but a name. */
export function nameOf(dim: Dim): string | undefined {
  const [name, ...others] = namesOf(dim);
  return name !== undefined && others.length === 0 && sameDim(dim, namedDim(name)) ? name : undefined;
}

/** Whether a value is a single one; else a report that `what` has to be. */
export function isSingle(value: TypedExpression, what: string, env: Env): boolean {
  const over = oversOf(value.type.outer);
  if (over.length === 0) return true;
  report(env, cellCatalog.stillOver, value.span, { what, over });
  return false;
}
