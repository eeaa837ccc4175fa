import type { Related } from '../diagnostics/diagnostic.ts';
import { type Span, textOf } from '../source/source.ts';
import type { TypedExpression } from './cell.ts';
import { type Dim, sameShape } from './dim.ts';
import type { Env } from './env.ts';
import type { CellSymbol } from './scope.ts';
import { formatShape } from './type.ts';

/*
 * Values in the user's words: how they wrote them, what shape they have, where that comes from.
 */

const LONGEST_QUOTE = 40;

/** The text itself, where it is short enough to stand in a sentence. */
export function quote(span: Span, otherwise = 'this'): string {
  const text = textOf(span).replace(/\s+/g, ' ');
  return text.length <= LONGEST_QUOTE ? text : otherwise;
}

/** `a scalar`, `the vector [H]`, `the matrix [H, I]`. */
export function shapeInWords(shape: readonly Dim[]): string {
  if (shape.length === 0) return 'a scalar';
  const kind = shape.length === 1 ? 'vector' : shape.length === 2 ? 'matrix' : 'array';
  return `the ${kind} ${formatShape(shape)}`;
}

/** What a read refers to, if it is a name of this cell. */
export function symbolOf(e: TypedExpression, env: Env): CellSymbol | undefined {
  return e.kind === 'read' ? env.scope?.symbols.get(e.name) : undefined;
}

/** Where the shape of a value comes from: the declaration of a name, else the expression itself. */
export function whereFrom(e: TypedExpression, env: Env): Related {
  const symbol = symbolOf(e, env);
  const shape = formatShape(e.type.shape);
  if (symbol === undefined) return { span: e.span, label: `${quote(e.span)} is ${shape}` };
  const word = symbol.kind === 'value' ? 'defined' : 'declared';
  return { span: symbol.span, label: `${symbol.name} is ${word} here as ${shape}` };
}

/** Where both come from, without the one that is the error's own place. */
export function whereBothFrom(a: TypedExpression, b: TypedExpression, env: Env): readonly Related[] {
  const first = whereFrom(a, env);
  const second = whereFrom(b, env);
  const same = first.span.start === second.span.start && first.span.end === second.span.end;
  return same && first.span.source === second.span.source ? [first] : [first, second];
}

/** `Declare U as [H, H]`, where the value is a parameter, constant or input whose declaration can be mended. */
export function declareAs(e: TypedExpression, shape: readonly Dim[], env: Env): string | undefined {
  const symbol = symbolOf(e, env);
  if (symbol?.kind !== 'parameter' && symbol?.kind !== 'constant') return undefined;
  return `Declare ${symbol.name} as ${formatShape(shape)}`;
}

/** An input or state, other than `not`, with this very shape. */
export function valueOfShape(shape: readonly Dim[], env: Env): string | undefined {
  for (const symbol of env.scope?.symbols.values() ?? []) {
    if (symbol.kind === 'input' && symbol.type && sameShape(symbol.type.shape, shape)) return symbol.name;
    if (symbol.kind === 'state' && symbol.shape && sameShape(symbol.shape, shape))
      return `${symbol.name}_prev`;
  }
  return undefined;
}
