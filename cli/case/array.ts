import { caseErrors } from './errors.ts';
import { describeJson, isObject, membersOf } from './json.ts';
import type { Reporter } from './reporter.ts';

/** What an array of a case has to be. */
export interface Expected {
  /** `input x`, for messages. */
  readonly what: string;
  /** Slowest axis first. */
  readonly shape: readonly number[];
  /** The axes in words: `T`, `B`, `4*H`. */
  readonly axes: readonly string[];
}

/**
 * Reads an array: `{ "shape": [...], "data": [...] }` with flat row-major data or nested lists, nested lists alone, or a
 * bare number where the shape is [].
 *
 * @returns row-major entries, or undefined after a report
 */
export function readArray(value: unknown, expected: Expected, reporter: Reporter): Float64Array | undefined {
  if (!isObject(value)) return readNested(value, expected, reporter);
  const members = membersOf(value);
  for (const name of members.keys()) {
    if (!arrayParts.includes(name)) reporter.unknown(`The ${expected.what}`, 'part', name, arrayParts);
  }
  const shape = members.get('shape');
  const data = members.get('data');
  for (const part of arrayParts) {
    if (!members.has(part)) {
      const hint = 'An array is { "shape": [...], "data": [...] }, or nested lists.';
      reporter.report(caseErrors.missing, { what: `The ${part} of the ${expected.what}`, hint });
    }
  }
  if (shape === undefined || data === undefined) return undefined;
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    const kind = 'a list of whole numbers';
    const parameters = {
      what: `The shape of the ${expected.what}`,
      expected: kind,
      got: describeJson(shape),
    };
    reporter.report(caseErrors.wrongKind, parameters);
    return undefined;
  }
  if (!sameShape(shape, expected.shape)) return wrongShape(expected, showShape(shape), reporter);
  const entries = product(expected.shape);
  const flat = expected.shape.length !== 1 && Array.isArray(data) && !data.some(Array.isArray);
  if (!flat) return readNested(data, expected, reporter);
  if (data.length === entries) return readFlat(data, expected, reporter);
  return wrongShape(
    expected,
    `${data.length} ${data.length === 1 ? 'entry' : 'entries'} of ${entries}`,
    reporter,
  );
}

const arrayParts = ['shape', 'data'];

function readNested(value: unknown, expected: Expected, reporter: Reporter): Float64Array | undefined {
  const shape = nestedShape(value);
  if (!sameShape(shape, expected.shape)) {
    const got = Array.isArray(value) ? showShape(shape) : describeJson(value);
    return wrongShape(expected, got, reporter);
  }
  // As deep as the shape expected, so this ends soon whatever was written.
  const flat: unknown[] = [];
  const gather = (part: unknown, depth: number, place: readonly number[]): boolean => {
    if (depth === shape.length) {
      flat.push(part);
      return true;
    }
    if (Array.isArray(part) && part.length === shape[depth]) {
      return part.every((inner, i) => gather(inner, depth + 1, [...place, i]));
    }
    const got = Array.isArray(part) ? `${part.length} long` : describeJson(part);
    wrongShape(
      expected,
      `${got} at [${place.join(', ')}], where it should be ${shape[depth]} long`,
      reporter,
    );
    return false;
  };
  return gather(value, 0, []) ? readFlat(flat, expected, reporter) : undefined;
}

function readFlat(
  data: readonly unknown[],
  expected: Expected,
  reporter: Reporter,
): Float64Array | undefined {
  const entries = new Float64Array(data.length);
  for (const [i, value] of data.entries()) {
    const entry = typeof value === 'number' ? value : named.get(value);
    if (entry === undefined) {
      const place = placeOf(i, expected.shape);
      reporter.report(caseErrors.notANumber, { what: expected.what, place, got: describeJson(value) });
      return undefined;
    }
    entries[i] = entry;
  }
  return entries;
}

const named: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function wrongShape(expected: Expected, got: string, reporter: Reporter): undefined {
  // A list of all entries, where they should be nested.
  const hint =
    got === `[${product(expected.shape)}]`
      ? `Nest the lists, or write { "shape": ${showShape(expected.shape)}, "data": [...] }.`
      : undefined;
  reporter.report(caseErrors.wrongShape, {
    what: expected.what,
    expected: showExpected(expected),
    got,
    hint,
  });
  return undefined;
}

/** `[T, B, I] = [5, 2, 3]` */
export function showExpected({ axes, shape }: Expected): string {
  const words = `[${axes.join(', ')}]`;
  const numbers = showShape(shape);
  return words === numbers ? numbers : `${words} = ${numbers}`;
}

/** `[2, 0]` of a row-major place. */
export function placeOf(entry: number, shape: readonly number[]): string {
  const indices: number[] = [];
  let rest = entry;
  for (const length of [...shape].reverse()) {
    indices.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return `[${indices.join(', ')}]`;
}

const product = (shape: readonly number[]) => shape.reduce((entries, length) => entries * length, 1);

/** Lengths along the first entries; what is ragged shows when all are read. */
function nestedShape(value: unknown): readonly number[] {
  const shape: number[] = [];
  for (let part = value; Array.isArray(part); part = part[0]) shape.push(part.length);
  return shape;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, i) => length === b[i]);
}

const longestShown = 8;

function showShape(shape: readonly number[]): string {
  const shown = shape.slice(0, longestShown).join(', ');
  return `[${shown}${shape.length > longestShown ? ', …' : ''}]`;
}
