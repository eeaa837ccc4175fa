import type { Drawn } from '../support/randomValues.ts';

/*
 * The comment at the top of a file of dsl-examples, as dsl-examples/CONTRIBUTING.md has it.
 */

export interface Header {
  /** What the cell is called, without the years. */
  readonly title: string;
  /** In the order of the text; none for a file without a paper. */
  readonly years: readonly number[];
  /** What is particular, between the title and the fields. */
  readonly remarks: string;
  readonly papers: readonly Paper[];
  readonly follows: string;
  readonly variants: string;
  /** The sizes tests use. */
  readonly sizes: Readonly<Record<string, number>>;
  /** What tests draw where not any number will do, by the name of an input, a parameter or a state. */
  readonly values: ReadonlyMap<string, Drawn>;
  readonly needs: string;
}

export interface Paper {
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  readonly venue: string;
}

const fields = ['Paper', 'Follows', 'Variants', 'Sizes', 'Values', 'Needs'] as const;
type Field = (typeof fields)[number];
const optional: readonly Field[] = ['Values'];

/**
 * Reads the header of a file.
 *
 * @throws Error that says what is missing or how it is to be written
 */
export function readHeader(text: string): Header {
  const comment = text.split(/^(?!#)/m)[0]!;
  const lines = comment.split('\n').flatMap((line) => (line === '' ? [] : [line.replace(/^# ?/, '')]));
  const [first = '', ...rest] = lines;
  const remarks: string[] = [];
  const found: { readonly field: Field; text: string }[] = [];
  for (const line of rest) {
    const [, word, value] = /^([A-Z][a-z]+): +(.*)$/.exec(line) ?? [];
    const field = fields.find((name) => name === word);
    const open = found.at(-1);
    if (field !== undefined) found.push({ field, text: value! });
    else if (open !== undefined) open.text = `${open.text} ${line.trim()}`.trimEnd();
    else remarks.push(line);
  }
  checkOrder(found.map(({ field }) => field));
  const all = (field: Field) => found.filter((each) => each.field === field).map((each) => each.text);
  for (const { field, text: value } of found) {
    if (!value.endsWith('.')) throw new Error(`${field} ends with a full stop: ${value}`);
  }
  const papers = all('Paper').flatMap(readPaper);
  return {
    ...readTitle(first, papers.length === 0),
    remarks: remarks.join(' '),
    papers,
    follows: all('Follows')[0]!,
    variants: all('Variants')[0]!,
    sizes: Object.fromEntries(
      [...all('Sizes')[0]!.matchAll(/(\p{L}[\p{L}\d_]*) = (\d+)/gu)].map(([, name, size]) => [
        name!,
        Number(size),
      ]),
    ),
    values: readValues(all('Values')[0] ?? ''),
    needs: all('Needs')[0]!,
  };
}

function checkOrder(found: readonly Field[]): void {
  const missing = fields.filter((field) => !found.includes(field) && !optional.includes(field));
  if (missing.length > 0) throw new Error(`the header has no ${missing.join(', ')}`);
  const wanted = fields.flatMap((field) =>
    found.filter((other) => other === field).slice(0, field === 'Paper' ? undefined : 1),
  );
  if (wanted.join() !== found.join())
    throw new Error(`fields stand in this order, once: ${wanted.join(', ')}`);
}

function readTitle(line: string, mayBeTimeless: boolean): Pick<Header, 'title' | 'years'> {
  const [, title, years] = /^(.*?)(?: \((\d{4}(?:, \d{4})*)\))?\.$/.exec(line) ?? [];
  if (title === undefined || title === '' || (years === undefined && !mayBeTimeless)) {
    throw new Error(`the first line is "# Name (year).", not "# ${line}"`);
  }
  return { title, years: years === undefined ? [] : years.split(', ').map(Number) };
}

function readPaper(text: string): readonly Paper[] {
  if (/^none\b./.test(text)) return [];
  const [, authors, year, title, venue] = /^(.+?) (\d{4}), "([^"]+)", (.+)\.$/.exec(text) ?? [];
  if (venue === undefined) throw new Error(`Paper is: Authors year, "Title", where. Not: ${text}`);
  return [{ authors: authors!, year: Number(year), title: title!, venue }];
}

const number = String.raw`-?\d+(?:\.\d+)?`;
const value = new RegExp(String.raw`^([\p{L}\d_.]+) (?:(from) )?(${number}) (to|or) (${number})$`, 'u');

/** `elapsed from 0.1 to 2, mask 0 or 1.` */
function readValues(text: string): ReadonlyMap<string, Drawn> {
  const parts = text === '' ? [] : text.replace(/\.$/, '').split(', ');
  return new Map(
    parts.map((part) => {
      const [, name, from, low, word, high] = value.exec(part) ?? [];
      if (name === undefined || (from === undefined) !== (word === 'or')) {
        throw new Error(
          `Values are "name from 0.1 to 2" or "name 0 or 1", with commas between; not: ${part}`,
        );
      }
      return [name, { low: Number(low), high: Number(high), only: word === 'or' }];
    }),
  );
}
