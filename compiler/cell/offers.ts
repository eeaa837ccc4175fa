import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { CellDefinition, OutputStatement } from '../syntax/tree.ts';
import type { Input, Output, TypedExpression } from './cell.ts';
import { refuseRepeated } from './declarations.ts';
import { shapeInWords } from './describe.ts';
import { type Env, report } from './env.ts';
import type { Definition } from './equations.ts';
import { typeExpression } from './expressions.ts';
import { isSingle } from './over.ts';
import { groupsOf } from './statements.ts';

/*
 * What a cell takes and offers, and what it leaves out.
 */

/** Inputs or targets, once it is known which of them are read one step back. */
export function inputsOf(cell: CellDefinition, kind: 'input' | 'target', env: Env): readonly Input[] {
  return groupsOf(cell, kind).flatMap(({ groups }) =>
    groups.flatMap((group) =>
      group.names.flatMap(({ name, span }) => {
        const symbol = env.scope!.symbols.get(name);
        if ((symbol?.kind !== 'input' && symbol?.kind !== 'target') || symbol.type === undefined) return [];
        const { type, classes, start = 0 } = symbol;
        return [
          { name, type, ...(classes && { classes }), start, lagged: env.scope!.lagged.has(name), span },
        ];
      }),
    ),
  );
}

/** What the cell says it offers, else its states. */
export function outputsOf(cell: CellDefinition, env: Env): readonly Output[] {
  const statements: readonly OutputStatement[] = groupsOf(cell, 'output');
  const names =
    statements.length > 0
      ? statements.flatMap((statement) => statement.entries.map((entry) => entry.name))
      : groupsOf(cell, 'state').flatMap(({ groups }) => groups.flatMap((group) => group.names));
  if (names.length === 0 && groupsOf(cell, 'loss').length === 0) {
    report(env, cellCatalog.nothingToSee, cell.name.span, { name: cell.name.name });
  }
  if (statements.length > 0) refuseRepeated(names, 'an output', env);
  return names.flatMap((name) => {
    const value = typeExpression(name, env);
    return value === undefined ? [] : [{ name: name.name, value, span: name.span }];
  });
}

export function lossOf(cell: CellDefinition, env: Env): TypedExpression | undefined {
  const [first, ...more] = groupsOf(cell, 'loss');
  for (const second of more) {
    const related = [{ span: first!.span, label: 'first loss' }];
    report(env, cellCatalog.lossTwice, second.span, {}, related);
  }
  const value = first && typeExpression(first.value, env);
  if (value === undefined || !isSingle(value, 'A loss', env)) return undefined;
  if (value.type.shape.length === 0) return value;
  return report(env, cellCatalog.lossNotScalar, value.span, { found: shapeInWords(value.type.shape) });
}

/** States without an equation, inner cells without an application. */
export function refuseMissing(cell: CellDefinition, definitions: readonly Definition[], env: Env): void {
  const defined = new Set(definitions.flatMap((definition) => definition.defines));
  for (const { groups } of groupsOf(cell, 'state')) {
    for (const { name, span } of groups.flatMap((group) => group.names)) {
      const isDeclared = env.scope!.symbols.get(name)?.span === span;
      if (isDeclared && !defined.has(name)) report(env, cellCatalog.stateWithoutEquation, span, { name });
    }
  }
  for (const symbol of env.scope!.symbols.values()) {
    if (symbol.kind !== 'innerCell' || symbol.applied !== undefined || symbol.cell === undefined) continue;
    report(env, cellCatalog.neverApplied, symbol.span, { name: symbol.name });
  }
}
