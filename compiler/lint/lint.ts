import type { Cell } from '../cell/cell.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Item, Statement, SyntaxTree } from '../syntax/tree.ts';
import { lintRules } from './rules.ts';
import { Scene } from './scene.ts';

/**
 * Warnings about sound cells, in the order of the text: patterns that overflow, explode, never learn or are of no use.
 * What stands in an imported file is told when that file is looked at. `# lint: allow RNN702 because ...` on a line before
 * a statement, or behind it, switches one off there, or several that are named; before a cell, in all of it. Without a
 * reason it does not count.
 */
export function lint(tree: SyntaxTree, cells: Iterable<Cell>): readonly Diagnostic[] {
  const all = [...cells].flatMap((cell) => {
    const scene = new Scene(cell);
    return lintRules.flatMap((rule) => rule.find(scene));
  });
  const isAllowed = allowances(tree);
  const seen = new Set<string>();
  return all
    .filter(({ code, span }) => {
      const key = `${code} ${span.start} ${span.end}`;
      if (span.source !== tree.span.source || seen.has(key) || isAllowed(code, span.start)) return false;
      seen.add(key);
      return true;
    })
    .toSorted((a, b) => a.span.start - b.span.start);
}

const allowance = /^\s*lint: allow (RNN7\d\d(?:,?\s+RNN7\d\d)*)\s+(?!RNN7\d\d\b)\S/;

/** Whether a warning is switched off where it stands. */
function allowances(tree: SyntaxTree): (code: string, place: number) => boolean {
  const withInner = (statement: Statement | Item): readonly (Statement | Item)[] =>
    'statements' in statement ? [statement, ...statement.statements.flatMap(withInner)] : [statement];
  const statements = tree.items.flatMap(withInner);
  const allowed = statements.flatMap(({ leading, trailing, span }) =>
    [...leading, ...(trailing === undefined ? [] : [trailing])].flatMap(({ text }) => {
      const codes = allowance.exec(text)?.[1]?.match(/RNN7\d\d/g) ?? [];
      return codes.map((code) => ({ code, span }));
    }),
  );
  return (code, place) =>
    allowed.some((one) => one.code === code && one.span.start <= place && place < one.span.end);
}
