import type { CatalogEntry, Severity, Wording } from '../diagnostic.ts';

interface Details {
  readonly severity?: Severity;
  readonly given?: Readonly<Record<string, number>>;
  readonly files?: Readonly<Record<string, string>>;
}

/** A row of the catalogue; an error unless `details` say otherwise. */
export function entry<Parameters>(
  code: string,
  doc: string,
  example: string,
  wording: (parameters: Parameters) => Wording,
  details: Details = {},
): CatalogEntry<Parameters> {
  return { code, severity: 'error', doc, example, wording, ...details };
}

/** The body of a cell as a complete example. */
export const inCell = (...lines: readonly string[]): string =>
  ['cell Example(I, H) {', ...lines.map((line) => `  ${line}`), '}', ''].join('\n');

export const didYouMean = (nearest: string | undefined): { readonly hint?: string } =>
  nearest === undefined ? {} : { hint: `Did you mean ${nearest}?` };

/** A value that a program has given, as it would write it: texts in quotes. */
export const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};

/** What to say of a text where a number is wanted. */
export const numberAsText = (value: unknown): string =>
  typeof value === 'string' ? `${shown(value)} is a string, not a number. ` : '';

export const hinted = (hint: string | undefined): { readonly hint?: string } =>
  hint === undefined ? {} : { hint };
