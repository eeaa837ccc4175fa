import { compileCatalog } from './catalog/compile.ts';
import { type Diagnostic, diagnose } from './diagnostic.ts';
import { nearest } from './suggest.ts';

/*
 * Mistakes in a call that is about no text: the function's name stands where messages have a file's.
 */

const startOf = (called: string) => ({ source: { name: called, text: '' }, start: 0, end: 0 });

/** @param range  what it may be: `a number above 0` */
export function badOption(called: string, name: string, value: unknown, range: string): Diagnostic {
  return diagnose(compileCatalog.badOption, startOf(called), { name, value, range });
}

export function unknownOption(called: string, name: string, known: readonly string[]): Diagnostic {
  const parameters = { name, known, nearest: nearest(name, known) };
  return diagnose(compileCatalog.unknownOption, startOf(called), parameters);
}
