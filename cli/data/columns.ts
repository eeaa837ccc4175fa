import { visibleText } from '../../compiler/support/visibleText.ts';
import type { Failure } from '../failure.ts';
import { dataFailure } from './dataFailure.ts';
import { readNumber } from './number.ts';

/**
 * Where each of these columns stands in a file.
 *
 * @param header  the names of its first line
 * @param wanted  without doubles
 * @throws Failure (failed) for one that is not there, or there twice
 */
export function locateColumns(
  file: string,
  header: readonly string[],
  wanted: readonly string[],
  delimiter: string,
): readonly number[] {
  return wanted.map((name) => {
    const at = header.indexOf(name);
    if (at < 0)
      throw dataFailure(file, `there is no column ${quoted(name)}. ${whatThereIs(header, delimiter)}`);
    const again = header.indexOf(name, at + 1);
    if (again < 0) return at;
    throw dataFailure(
      file,
      `two columns are named ${quoted(name)}, the ${ordinal(at)} and the ${ordinal(again)}. Rename one in the first line.`,
    );
  });
}

function whatThereIs(header: readonly string[], delimiter: string): string {
  if (header.every((name) => typeof readNumber(name) === 'number')) {
    return 'The first line holds numbers; it must hold the names of the columns.';
  }
  const other = [';', '\t', ','].find(
    (mark) => mark !== delimiter && header.length === 1 && header[0]!.includes(mark),
  );
  const hint =
    other === undefined
      ? ''
      : ` Are the fields separated otherwise? Then give --delimiter ${other === '\t' ? 'tab' : `"${other}"`}.`;
  return `It has ${listed(header)}.${hint}`;
}

/** A table that ends with its first line. */
export function noRows(file: string, header: readonly string[]): Failure {
  return dataFailure(file, `there are no rows, only the line of column names: ${listed(header)}.`);
}

/** The first names of many. */
const listed = (names: readonly string[]): string =>
  `${names.slice(0, 20).map(quoted).join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}`;

const ordinal = (at: number): string => {
  const n = at + 1;
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return `${n}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`;
};

/** As messages show a name from a file. */
export function quoted(name: string): string {
  return JSON.stringify(visibleText(name).slice(0, 80));
}
