import type { Cell } from '../../compiler/cell/cell.ts';

/** `prev(h, 2)_bar_next`, `t.0_bar`, `W.T`: one name as it is printed, with what follows it. */
const namePattern =
  /(?<![\p{N}_])(?:prev\([\p{L}\p{N}_.]+, \d+\)|\p{L}[\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+)*)[\p{L}\p{N}_]*\(?/gu;

const words = new Set(['if', 'then', 'else', 'and', 'or', 'not']);

/**
 * Names that a printed page uses in an equation before a comment or an equation says what they are. What the cell
 * declares is known, and with `_1` behind it where steps are written out.
 *
 * @returns `y_bar in z_bar = y_bar + 1`
 */
export function undefinedUses(page: string, cell: Cell): readonly string[] {
  const given = new Set([
    ...[cell.inputs, cell.targets, cell.parameters, cell.constants, cell.noises].flatMap((list) =>
      list.map(({ name }) => name),
    ),
    ...cell.sizes.map(({ name }) => name),
    ...cell.numbers.map(({ name }) => name),
    'step',
  ]);
  const known = new Set<string>();
  const isGiven = (name: string) =>
    known.has(name) ||
    given.has(name) ||
    given.has(name.replace(/_\d+$/, '')) ||
    given.has(name.replace(/_prev$/, ''));
  const found: string[] = [];
  for (const row of page.split('\n')) {
    if (row.startsWith('#')) {
      for (const name of namesIn(row)) known.add(name);
      continue;
    }
    const at = row.indexOf(' = ');
    if (at < 0) continue;
    for (const name of namesIn(row.slice(at))) if (!isGiven(name)) found.push(`${name} in ${row}`);
    known.add(
      row
        .slice(0, at)
        .replace(/ \+$/, '')
        .replace(/\[.*\]$/, ''),
    );
  }
  return found;
}

const namesIn = (text: string): readonly string[] =>
  [...text.replace(/([\])])\.T/g, '$1').matchAll(namePattern)]
    .map(([name]) => name)
    .filter((name) => !name.endsWith('(') && !words.has(name))
    .map((name) => name.replace(/\.T$/, ''));
