import { placeOf, readArray, showExpected } from './array.ts';
import { caseErrors } from './errors.ts';
import { describeJson, isObject, type Members, membersOf } from './json.ts';
import type { Reporter } from './reporter.ts';
import type { CaseArray, CaseArrays } from './shapes.ts';

/** Steps and rows of a case, and how many steps each row has where they differ. */
export interface Counts {
  readonly steps: number;
  readonly batch: number;
  readonly lengths?: readonly number[];
}

/** A member of the case that holds arrays by name. */
interface Group extends Counts {
  /** Of the member: `inputs`. */
  readonly name: string;
  /** Of one array: `input`. */
  readonly what: string;
  /** The cell. */
  readonly owner: string;
  readonly known: readonly CaseArray[];
  /** For saying where a name belongs that is not in this group. */
  readonly all: CaseArrays;
}

/** The arrays of one group by name, in the cell's order; what is wrong is reported. */
export function readArrays(
  members: Members,
  { name: groupName, what, owner, known, all, ...counts }: Group,
  reporter: Reporter,
): ReadonlyMap<string, Float64Array> {
  const value = members.get(groupName);
  if (value === undefined) return new Map();
  if (!isObject(value)) {
    const expected = `an object of arrays by ${what}`;
    reporter.report(caseErrors.wrongKind, { what: groupName, expected, got: describeJson(value) });
    return new Map(known.map((array) => [array.name, new Float64Array(0)]));
  }
  const given = membersOf(value);
  const names = known.map((array) => array.name);
  for (const name of given.keys()) {
    if (!names.includes(name)) reporter.unknown(owner, what, name, names, elsewhere(name, all));
  }
  const read = known.flatMap((array) => {
    if (!given.has(array.name)) return [];
    const values = readArray(given.get(array.name), array, reporter);
    if (values !== undefined) checkClasses(values, array, counts, reporter);
    return [[array.name, values ?? new Float64Array(0)] as const];
  });
  return new Map(read);
}

/** `x is an input: put it under "inputs".` */
function elsewhere(
  name: string,
  { parameters, inputs, targets, noises: noise }: CaseArrays,
): string | undefined {
  const groups = { parameters, inputs, targets, noise };
  for (const [group, arrays] of Object.entries(groups)) {
    if (arrays.some((array) => array.name === name)) return `${name} belongs under "${group}".`;
  }
  return undefined;
}

/** Entries of padding may be anything. */
function checkClasses(values: Float64Array, array: CaseArray, counts: Counts, reporter: Reporter): void {
  if (array.classes === undefined) return;
  const { count, symbol } = array.classes;
  const perStep = array.axes[0] === 'T';
  const wrong = values.findIndex((entry, i) => {
    const isPadding = perStep && !counted(i, counts);
    return !isPadding && !(Number.isInteger(entry) && entry >= 0 && entry < count);
  });
  if (wrong < 0) return;
  const place = placeOf(wrong, array.shape);
  reporter.report(caseErrors.badClass, {
    what: array.what,
    place,
    got: values[wrong]!,
    classes: count,
    symbol,
  });
}

/** Whether a place of [T, B] is a step of its row, and not padding. */
export function counted(place: number, { batch, lengths }: Counts): boolean {
  return lengths === undefined || Math.floor(place / batch) < lengths[place % batch]!;
}

/** How much each loss counts, [T, B], 0 in padding; undefined where no loss is differentiated. */
export function readLossWeights(
  cotangents: Members,
  expected: CaseArray,
  counts: Counts,
  reporter: Reporter,
): Float64Array | undefined {
  const value = cotangents.get('loss');
  if (value === undefined) return undefined;
  const { steps, batch } = counts;
  const places = Array.from({ length: steps * batch }, (_, place) => counted(place, counts));
  if (value === 'mean') {
    const weight = 1 / places.filter(Boolean).length;
    return Float64Array.from(places, (counts) => (counts ? weight : 0));
  }
  if (typeof value === 'string') {
    const shape = showExpected(expected);
    reporter.report(caseErrors.wrongKind, {
      what: `The ${expected.what}`,
      expected: `"mean", or weights ${shape}`,
      got: describeJson(value),
    });
    return undefined;
  }
  return readArray(value, expected, reporter)?.map((weight, place) => (places[place] ? weight : 0));
}
