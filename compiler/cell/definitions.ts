import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Span } from '../source/source.ts';
import type { CellDefinition, Identifier, Statement } from '../syntax/tree.ts';
import { type Env, report } from './env.ts';
import type { Definition } from './equations.ts';
import { namesRead } from './references.ts';
import { type InnerCellSymbol, kindInWords } from './scope.ts';

/** Enters the names that equations define, and gathers the equations. Declarations must have been entered. */
export function gatherDefinitions(
  cell: CellDefinition,
  layers: ReadonlySet<Statement>,
  env: Env,
): readonly Definition[] {
  const defined = new Map<string, Span>();
  return cell.statements
    .flatMap((statement) => said(statement, layers))
    .map((equation) => {
      for (const name of equation.names) defineName(name, equation, defined, env);
      return {
        ...equation,
        defines: equation.names.map((name) => name.name),
        reads: namesRead([equation.value], env.scope!),
      };
    });
}

/** The equations in a statement: `output y = C @ h` is one, too. */
function said(
  statement: Statement,
  layers: ReadonlySet<Statement>,
): readonly Omit<Definition, 'defines' | 'reads'>[] {
  if (statement.kind === 'equation') return [{ ...statement, isLayered: layers.has(statement) }];
  if (statement.kind !== 'output') return [];
  return statement.entries.flatMap(({ name, value, span }) =>
    value === undefined ? [] : [{ names: [name], list: false, isLayered: false, value, span }],
  );
}

function defineName(
  name: Identifier,
  { list, value }: Omit<Definition, 'defines' | 'reads'>,
  defined: Map<string, Span>,
  env: Env,
): void {
  const scope = env.scope!;
  const symbol = scope.symbols.get(name.name);
  const first = defined.get(name.name);
  if (symbol === undefined) {
    const inner = !list && value.kind === 'call' ? scope.symbols.get(value.callee.name) : undefined;
    if (inner?.kind === 'innerCell' && value.kind === 'call') {
      noteApplication(inner, value.named, value.span, env);
      const { span } = name;
      scope.declare({ kind: 'application', name: name.name, span, inner, members: undefined }, name);
    } else {
      scope.declare({ kind: 'value', name: name.name, span: name.span, type: undefined }, name);
    }
  } else if (first !== undefined) {
    const kind = symbol.kind === 'state' ? 'defined by an equation' : kindInWords(symbol);
    report(env, cellCatalog.duplicateName, name.span, { name: name.name, kind, isSize: false }, [
      { span: first, label: `${name.name} is first defined here` },
    ]);
  } else if (symbol.kind === 'size' || symbol.kind === 'number') {
    scope.declare(symbol, name);
  } else if (symbol.kind !== 'state') {
    const parameters = { name: name.name, kind: kindInWords(symbol) };
    report(env, cellCatalog.cannotDefine, name.span, parameters, [
      { span: symbol.span, label: `${name.name} is declared here` },
    ]);
  }
  if (first === undefined) defined.set(name.name, name.span);
}

function noteApplication(
  inner: InnerCellSymbol,
  named: readonly { readonly name: Identifier }[],
  span: Span,
  env: Env,
): void {
  if (inner.applied !== undefined) {
    report(env, cellCatalog.appliedTwice, span, { name: inner.name }, [
      { span: inner.applied, label: `${inner.name} is applied here first` },
    ]);
    return;
  }
  inner.applied = span;
  for (const { name } of named) inner.overridden.add(name.name.replace(/_prev$/, ''));
}
