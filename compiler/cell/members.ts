import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { Span } from '../source/source.ts';
import type { Identifier, Member } from '../syntax/tree.ts';
import type { TypedExpression } from './cell.ts';
import { quote } from './describe.ts';
import type { Dim } from './dim.ts';
import { type Checked, type Env, report } from './env.ts';
import { typeExpression } from './expressions.ts';
import { previousRead, reportRole } from './names.ts';
import { transposeOf } from './products.ts';
import type { InnerCellSymbol } from './scope.ts';
import { perStep } from './type.ts';
import { real } from './typed.ts';

/** `W.T`, or a value of an inner cell: `n.h`, `n.h_prev`. */
export function memberRule(e: Member, env: Env): Checked {
  const { object } = e;
  const symbol =
    object.kind === 'identifier' && !env.locals.has(object.name)
      ? env.scope?.symbols.get(object.name)
      : undefined;
  if (symbol?.kind === 'application' || symbol?.kind === 'innerCell') {
    if (env.role !== 'equation') return reportRole(quote(e.span), 'a value of an inner cell', e.span, env);
    const inner = symbol.kind === 'application' ? symbol.inner : symbol;
    const previous = previousMember(inner, e, env);
    if (previous !== undefined) return previous;
    if (symbol.kind === 'innerCell') return reportUnapplied(symbol, e, env);
    const { members } = symbol;
    if (members === undefined || inner.cell === undefined) return undefined;
    const member = members.get(e.name.name);
    if (member !== undefined) return { ...member, span: e.span };
    return reportUnknown(symbol.name, e.name, [...members.keys()], env);
  }
  const value = typeExpression(object, env);
  if (value === undefined) return undefined;
  if (e.name.name === 'T') return transposeOf(value, e.span, env);
  return reportUnknown(quote(object.span), e.name, ['T'], env);
}

function previousMember(inner: InnerCellSymbol, e: Member, env: Env): TypedExpression | undefined {
  const name = e.name.name;
  if (!name.endsWith('_prev')) return undefined;
  return previousState(inner, name.slice(0, -'_prev'.length), e, env);
}

/** `prev(n.h, 3)`; undefined where `e` is no such thing, or has an error. */
export function laggedMember(e: Member, span: Span, lag: Dim, env: Env): TypedExpression | undefined {
  const { object } = e;
  const symbol = object.kind === 'identifier' ? env.scope?.symbols.get(object.name) : undefined;
  if (symbol?.kind !== 'application' && symbol?.kind !== 'innerCell') {
    const parameters = { name: quote(e.span), kind: 'an expression', canBeState: false };
    return report(env, cellCatalog.notAState, e.span, parameters);
  }
  if (env.role !== 'equation') return reportRole(quote(span), 'a previous value', span, env);
  const inner = symbol.kind === 'application' ? symbol.inner : symbol;
  return previousState(inner, e.name.name, { ...e, span }, env, lag);
}

/** `inner.h_prev`: what the state carries, unless its application gives that from outside. */
function previousState(
  inner: InnerCellSymbol,
  base: string,
  e: Member,
  env: Env,
  lag?: Dim,
): TypedExpression | undefined {
  const state = inner.cell?.states.find((candidate) => candidate.name === base);
  if (state === undefined || inner.overridden.has(base)) {
    const known = (inner.cell?.states ?? []).map((s) => (lag === undefined ? `${s.name}_prev` : s.name));
    return inner.cell && reportUnknown(inner.name, e.name, known, env);
  }
  return previousRead(`${inner.name}.${base}`, real(state.shape, perStep), e.span, lag);
}

/** `a.h` of a declared cell: what it gives at this step has the name of its application. */
function reportUnapplied(cell: InnerCellSymbol, { name }: Member, env: Env): undefined {
  if (cell.cell === undefined) return undefined;
  const applied = [...(env.scope?.symbols.values() ?? [])].find(
    (symbol) => symbol.kind === 'application' && symbol.inner === cell,
  );
  const hint =
    applied === undefined
      ? `Apply it first: n = ${cell.name}(...), then read n.${name.name}.`
      : `Read ${applied.name}.${name.name}, where ${applied.name} = ${cell.name}(...).`;
  return report(env, cellCatalog.unknownMember, name.span, {
    object: cell.name,
    name: name.name,
    known: [],
    hint,
  });
}

function reportUnknown(object: string, name: Identifier, known: readonly string[], env: Env): undefined {
  const near = nearest(name.name, known);
  const readable = known.map((member) => `${object}.${member}`);
  const parameters = { object, name: name.name, nearest: near && `${object}.${near}`, known: readable };
  return report(env, cellCatalog.unknownMember, name.span, parameters);
}
