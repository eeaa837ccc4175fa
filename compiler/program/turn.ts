import type { ProgramExpression, ProgramStatement } from './program.ts';
import { local } from './write.ts';

/**
 * Four vectors of four lanes as rows of a matrix, turned: vector k of the result holds lane k of each.
 *
 * @param prefix  of the locals' names
 */
export function turned(
  rows: readonly ProgramExpression[],
  prefix: string,
): { readonly statements: readonly ProgramStatement[]; readonly columns: readonly ProgramExpression[] } {
  const name = (what: string) => `${prefix}${what}`;
  const named = (what: string, value: ProgramExpression): ProgramStatement => ({
    kind: 'let',
    name: name(what),
    lanes: 'f32x4',
    value,
  });
  const pick = (
    a: string,
    b: string,
    lanes: readonly [number, number, number, number],
  ): ProgramExpression => ({
    kind: 'shuffle',
    lanes,
    left: local(name(a)),
    right: local(name(b)),
  });
  return {
    statements: [
      ...rows.map((row, k) => named(`row${k}`, row)),
      named('low01', pick('row0', 'row1', [0, 4, 1, 5])),
      named('low23', pick('row2', 'row3', [0, 4, 1, 5])),
      named('high01', pick('row0', 'row1', [2, 6, 3, 7])),
      named('high23', pick('row2', 'row3', [2, 6, 3, 7])),
    ],
    columns: [
      pick('low01', 'low23', [0, 1, 4, 5]),
      pick('low01', 'low23', [2, 3, 6, 7]),
      pick('high01', 'high23', [0, 1, 4, 5]),
      pick('high01', 'high23', [2, 3, 6, 7]),
    ],
  };
}
