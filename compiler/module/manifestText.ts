import type { Manifest } from './manifest.ts';

/**
 * The manifest as JSON in ASCII, without `<`: safe in any file. What JSON has no word for keeps its meaning: infinities are
 * numbers too large to hold, -0 is itself, NaN is null (no field of a manifest is). Read it with `reviveNumber`.
 *
 * @param block  of the variant beside which the text is kept, as one more field
 */
export function manifestText(manifest: Manifest, block?: string): string {
  return json({ ...manifest, block });
}

/** The second argument of JSON.parse for `manifestText`, as text for generated modules. */
export const reviveNumber = '(_, value) => (value === null ? NaN : value)';

function json(value: unknown): string {
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') return stringLiteral(value);
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${stringLiteral(key)}:${json(field)}`).join(',')}}`;
}

function number(value: number): string {
  if (Number.isNaN(value)) return 'null';
  if (!Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** A string literal of JSON and JavaScript, in ASCII and without `<`. */
export const stringLiteral = (value: string): string =>
  JSON.stringify(value).replace(
    /[^\x20-\x7e]|</g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
