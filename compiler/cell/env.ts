import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { CatalogEntry, Related } from '../diagnostics/diagnostic.ts';
import type { Source, Span } from '../source/source.ts';
import type { CellDefinition, FunctionDefinition } from '../syntax/tree.ts';
import type { SizeConstraint, TypedExpression } from './cell.ts';
import { type Dim, formatDim, isAtLeast } from './dim.ts';
import type { Reporter } from './reporter.ts';
import type { Scope } from './scope.ts';

/** What the top level of one file defines and imports. */
export interface Module {
  readonly source: Source;
  readonly cells: Map<string, CellHome>;
  readonly functions: Map<string, FunctionHome>;
  /** Names whose import went wrong, which has been reported. */
  readonly failed: Set<string>;
}

/** A cell and the file whose names it sees. */
export interface CellHome {
  readonly definition: CellDefinition;
  readonly module: Module;
}

/** A function and what its body sees besides its arguments. */
export interface FunctionHome {
  readonly definition: FunctionDefinition;
  readonly module: Module;
  /** For a function inside a cell. */
  readonly scope?: Scope | undefined;
  /** A library function: its mistakes are shown at the call. */
  readonly library?: boolean;
}

/** A vector under `col` or `row`, on its way to a matrix. */
export interface Stretched {
  readonly kind: 'stretched';
  readonly along: 0 | 1;
  readonly value: TypedExpression;
  readonly span: Span;
}

/** What an expression has turned out to be; undefined: it has an error, which has been reported. */
export type Checked = TypedExpression | Stretched | undefined;

/**
 * What may stand in an expression. `equation`: everything of the step. `start`: what is known before the first step.
 * `formula`: what is known when sizes are bound. `draw`: a formula that may draw.
 */
export type Role = 'equation' | 'start' | 'formula' | 'draw';

/** A function being written out. */
export interface CallFrame {
  readonly home: FunctionHome;
  readonly span: Span;
}

/** How it goes with one cell. */
export interface Work {
  /** Levels of expressions and functions entered. */
  depth: number;
  /** Operations met so far, functions written out. */
  operations: number;
  /** Set where it rests on something whose mistakes were reported elsewhere: an import, another cell. */
  flawed: boolean;
}

/** Everything that the meaning of an expression depends on. */
export interface Env {
  readonly reporter: Reporter;
  readonly module: Module;
  /** The cell's names; undefined in a function at top level. */
  readonly scope: Scope | undefined;
  /** Arguments of the function being written out, or indices of a formula. */
  readonly locals: ReadonlyMap<string, Checked>;
  readonly calls: readonly CallFrame[];
  readonly role: Role;
  /** Shape of the parameter, where a draw fills it. */
  readonly drawShape?: readonly Dim[];
  readonly constraints: SizeConstraint[];
  /** Values of scalar constants, which formulas may use. */
  readonly formulas: ReadonlyMap<string, TypedExpression>;
  readonly work: Work;
}

/** Reports at the place the user has written: for library functions their call. */
export function report<P>(
  env: Env,
  entry: CatalogEntry<P>,
  span: Span,
  parameters: P,
  related: readonly Related[] = [],
): undefined {
  const libraryCall = env.calls.findIndex((call) => call.home.library);
  if (libraryCall >= 0) {
    const call = env.calls[libraryCall]!;
    const visible = related.filter((place) => place.span.source === call.span.source);
    env.reporter.report(entry, call.span, parameters, [
      ...visible,
      ...outerCalls(env.calls.slice(0, libraryCall)),
    ]);
  } else {
    env.reporter.report(entry, span, parameters, [...related, ...outerCalls(env.calls)]);
  }
}

function outerCalls(calls: readonly CallFrame[]): readonly Related[] {
  const call = calls.at(-1);
  if (call === undefined) return [];
  return [{ span: call.span, label: `in this call of ${call.home.definition.name.name}` }];
}

/**
 * Demands that a size be at least `least`: false, with a diagnostic, where it can never be; a constraint for `bind`
 * where that depends on sizes.
 */
export function requireAtLeast(env: Env, dim: Dim, least: number, span: Span, what: string): boolean {
  const decided = isAtLeast(dim, least);
  if (decided === 'never') {
    report(env, cellCatalog.sizeTooSmall, span, { text: formatDim(dim), what });
    return false;
  }
  if (decided === 'sizes') env.constraints.push({ value: dim, least, reason: what, span });
  return true;
}
