import { caseErrors } from './errors.ts';
import { describeJson, isObject, type Members, membersOf } from './json.ts';
import type { Reporter } from './reporter.ts';

/** @returns the whole number of this name, or undefined after a report */
export function readWhole(
  members: Members,
  name: string,
  { least, standard }: { readonly least: number; readonly standard?: number },
  reporter: Reporter,
): number | undefined {
  const value = members.get(name) ?? standard;
  const expected = `a whole number of at least ${least}`;
  if (value === undefined) {
    reporter.report(caseErrors.missing, { what: name, hint: `Give "${name}" as ${expected}.` });
  } else if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) {
    return value;
  } else reporter.report(caseErrors.wrongKind, { what: name, expected, got: describeJson(value) });
  return undefined;
}

/** @returns one whole number per row, or undefined where there are none or after a report */
export function readWholeList(
  members: Members,
  name: string,
  batch: number,
  { least, most }: { readonly least: number; readonly most: number },
  reporter: Reporter,
): readonly number[] | undefined {
  const value = members.get(name);
  if (value === undefined) return undefined;
  const fits = (entry: unknown) =>
    typeof entry === 'number' && Number.isSafeInteger(entry) && entry >= least && entry <= most;
  if (Array.isArray(value) && value.length === batch && value.every(fits)) return value;
  const wrong =
    Array.isArray(value) && value.length === batch ? value.find((entry) => !fits(entry)) : undefined;
  const got = Array.isArray(value) ? `${value.length} long` : describeJson(value);
  reporter.report(caseErrors.wrongKind, {
    what: name,
    expected: `a list of ${batch} whole numbers (one per row) from ${least} to ${most}`,
    got: wrong === undefined ? got : `one with ${describeJson(wrong)} in it`,
  });
  return undefined;
}

/** Sizes as a case gives them, before it is known which there are. */
export function sizesGiven(members: Members): ReadonlyMap<string, number> {
  const value = members.get('sizes');
  const given = isObject(value) ? membersOf(value) : [];
  return new Map(
    [...given].flatMap(([name, size]) => (typeof size === 'number' ? [[name, size] as const] : [])),
  );
}

/** The sizes or the numbers of a case, by name; what is wrong is reported and left out. */
export function readNumbers(
  members: Members,
  group: 'sizes' | 'numbers',
  what: string,
  owner: string,
  names: Readonly<Record<'sizes' | 'numbers', readonly string[]>>,
  reporter: Reporter,
): ReadonlyMap<string, number> {
  const value = members.get(group) ?? {};
  const read = new Map<string, number>();
  if (!isObject(value)) {
    const expected = `an object of ${what}s by name`;
    reporter.report(caseErrors.wrongKind, { what: group, expected, got: describeJson(value) });
    return read;
  }
  const other = group === 'sizes' ? 'numbers' : 'sizes';
  for (const [name, number] of membersOf(value)) {
    if (!names[group].includes(name)) {
      const elsewhere = names[other].includes(name) ? `${name} belongs under "${other}".` : undefined;
      reporter.unknown(owner, what, name, names[group], elsewhere);
    } else if (typeof number === 'number') read.set(name, number);
    else {
      const parameters = { what: `The ${what} ${name}`, expected: 'a number', got: describeJson(number) };
      reporter.report(caseErrors.wrongKind, parameters);
    }
  }
  return read;
}
