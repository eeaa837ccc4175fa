import type { CellDefinition, Statement } from '../syntax/tree.ts';

export type StatementOf<K extends Statement['kind']> = Extract<Statement, { readonly kind: K }>;

export function groupsOf<K extends Statement['kind']>(
  cell: CellDefinition,
  kind: K,
): readonly StatementOf<K>[] {
  return cell.statements.filter((statement): statement is StatementOf<K> => statement.kind === kind);
}
