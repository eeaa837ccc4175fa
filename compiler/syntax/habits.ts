import { syntaxCatalog } from '../diagnostics/catalog/syntax.ts';
import { textOf } from '../source/source.ts';
import { visit } from './children.ts';
import type { ErrorList } from './errorList.ts';
import { expressionsOf, namesOf, withLoops } from './parts.ts';
import type { Binary, Equation, Expression, Identifier, Index, Item, Statement, SyntaxTree } from './tree.ts';

/**
 * What reads as the language and cannot be meant: `W^T` and `h[t-1]`, where nothing is called `T` or `t`.
 */
export function reportHabits(tree: SyntaxTree, errors: ErrorList): void {
  for (const item of tree.items) {
    const statements: readonly (Statement | Item)[] =
      item.kind === 'cell' ? [item, ...withLoops(item.statements)] : [item];
    const known = new Set(statements.flatMap(namesOf).map(({ name }) => name));
    for (const statement of statements)
      if (statement.kind === 'equation') reportTimeEntry(statement, known, errors);
    for (const expression of statements.flatMap(expressionsOf)) {
      visit(expression, (part) => {
        if (part.kind === 'binary') reportTranspose(part, known, errors);
        if (part.kind === 'indexing') reportTimeIndex(part, known, errors);
      });
    }
  }
}

function reportTranspose(power: Binary, known: ReadonlySet<string>, errors: ErrorList): void {
  if (power.operator !== '^' || !isUnknown(power.right, 'T', known)) return;
  errors.add(syntaxCatalog.transposed, power.span, { object: textOf(power.left.span) });
}

function reportTimeIndex(
  { object, index, span }: Index,
  known: ReadonlySet<string>,
  errors: ErrorList,
): void {
  if (object.kind !== 'identifier') return;
  const steps = isUnknown(index, 't', known) ? 0 : stepsBack(index, known);
  if (steps === undefined) return;
  errors.add(syntaxCatalog.timeIndex, span, { name: object.name, write: atStep(object, steps) });
}

/** `h[t] = …` */
function reportTimeEntry({ names: [name], entry }: Equation, known: ReadonlySet<string>, errors: ErrorList) {
  if (entry === undefined || !isUnknown(entry, 't', known)) return;
  errors.add(syntaxCatalog.indexEquation, name!.span, { name: name!.name, indices: 't' });
}

function atStep({ name }: Identifier, steps: number): string {
  if (steps === 0) return name;
  return steps === 1 ? `${name}_prev` : `prev(${name}, ${steps})`;
}

/** n for `t - n` */
function stepsBack(index: Expression, known: ReadonlySet<string>): number | undefined {
  if (index.kind !== 'binary' || index.operator !== '-' || index.right.kind !== 'number') return undefined;
  return isUnknown(index.left, 't', known) ? index.right.value : undefined;
}

const isUnknown = (expression: Expression, name: string, known: ReadonlySet<string>): boolean =>
  expression.kind === 'identifier' && expression.name === name && !known.has(name);
