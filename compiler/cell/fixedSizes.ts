import { visit } from '../syntax/children.ts';
import { expressionsOf } from '../syntax/parts.ts';
import type { CellDefinition, Expression, InnerCellDeclaration, Statement } from '../syntax/tree.ts';
import { constantNumber } from './constantNumber.ts';
import type { CellHome, Env } from './env.ts';
import { namesIn, staticNumber } from './staticNumber.ts';

/*
 * Sizes that decide how a cell is written out: how often a loop runs, how many cells a list has. These need a value
 * before the cell can be checked; all others stay symbols.
 */

const found = new WeakMap<CellDefinition, ReadonlySet<string>>();

/** Names of the sizes in a cell's header that need a value, those that its inner cells need included. */
export function sizesToFix(
  home: CellHome,
  entered: ReadonlySet<CellDefinition> = new Set(),
): ReadonlySet<string> {
  const { definition, module } = home;
  const known = found.get(definition);
  if (known !== undefined) return known;
  if (entered.has(definition)) return new Set();
  const names = new Set(decisive(definition.statements).flatMap(namesIn));
  for (const statement of definition.statements) {
    const inner = statement.kind === 'innerCell' ? module.cells.get(statement.cell.name) : undefined;
    if (inner === undefined || statement.kind !== 'innerCell') continue;
    const needed = sizesToFix(inner, new Set([...entered, definition]));
    inner.definition.sizes.forEach(({ name }, i) => {
      const given = statement.sizes[i];
      if (given !== undefined && needed.has(name.name)) for (const size of namesIn(given)) names.add(size);
    });
  }
  const fixed = new Set(definition.sizes.map(({ name }) => name.name).filter((name) => names.has(name)));
  if (entered.size === 0) found.set(definition, fixed);
  return fixed;
}

/** What a size is taken for where nobody says it, so that a cell can be checked by itself. */
const REPRESENTATIVE = 2;

/** Values of the sizes that a cell's loops depend on, in the order of its header. */
export function fixedSizes(home: CellHome, given: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const names = sizesToFix(home);
  return new Map(
    home.definition.sizes.flatMap(({ name: { name }, value }) => {
      if (!names.has(name)) return [];
      const wanted = [given.get(name), value && constantNumber(value)].find(isSize);
      return [[name, wanted ?? REPRESENTATIVE] as const];
    }),
  );
}

const isSize = (value: number | undefined): value is number =>
  value !== undefined && Number.isInteger(value) && value >= 1 && value <= 2 ** 24;

/** What `cell inner: RHN(I, H, D)` gives for the sizes that loops of the inner cell depend on. */
export function sizesGiven(
  statement: InnerCellDeclaration,
  home: CellHome,
  env: Env,
): ReadonlyMap<string, number> {
  const names = { valueOf: (name: string) => env.scope!.fixed.get(name), isOwn: () => false };
  const values = new Map<string, number>();
  home.definition.sizes.forEach(({ name }, i) => {
    const given = statement.sizes[i];
    const value = given && sizesToFix(home).has(name.name) ? staticNumber(given, names) : undefined;
    if (value !== undefined) values.set(name.name, value);
  });
  return values;
}

/** The expressions on which it depends which equations there are. */
function decisive(statements: readonly Statement[]): readonly Expression[] {
  const all = everyStatement(statements, []);
  const entries = new Set<string>();
  for (const { statement } of all) {
    if (statement.kind === 'equation' && statement.entry) entries.add(statement.names[0]!.name);
    if (statement.kind === 'innerCell' && statement.count) entries.add(statement.name.name);
  }
  return all.flatMap(({ statement, indices }) => {
    const own: Expression[] = [];
    if (statement.kind === 'for') own.push(statement.start, statement.end);
    if (statement.kind === 'innerCell' && statement.count) own.push(statement.count);
    if (statement.kind === 'equation' && statement.entry) own.push(statement.entry);
    if (statement.kind === 'state') {
      for (const { names, type } of statement.groups) {
        const first = type.kind === 'shape' ? type.dims[0] : undefined;
        if (first !== undefined && names.some(({ name }) => entries.has(name))) own.push(first);
      }
    }
    for (const root of expressionsOf(statement)) {
      visit(root, (e) => {
        if (e.kind === 'call' && e.entry) own.push(e.entry);
        if (e.kind === 'indexing' && e.object.kind === 'identifier' && entries.has(e.object.name))
          own.push(e.index);
        if (e.kind === 'if' && namesIn(e.condition).some((name) => indices.includes(name)))
          own.push(e.condition);
      });
    }
    return own;
  });
}

/** All statements, those in loops with the indices of the loops around them. */
function everyStatement(
  statements: readonly Statement[],
  indices: readonly string[],
): readonly { readonly statement: Statement; readonly indices: readonly string[] }[] {
  return statements.flatMap((statement) => [
    { statement, indices },
    ...(statement.kind === 'for'
      ? everyStatement(statement.statements, [...indices, statement.index.name])
      : []),
  ]);
}
