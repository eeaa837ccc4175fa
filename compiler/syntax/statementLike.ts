import { nearest } from '../diagnostics/suggest.ts';
import { statementWords } from './token.ts';

/** What other languages and libraries call our statements. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ['parameter', 'param'],
  ['parameters', 'param'],
  ['params', 'param'],
  ['weight', 'param'],
  ['weights', 'param'],
  ['def', 'fn'],
  ['func', 'fn'],
  ['function', 'fn'],
  ['lambda', 'fn'],
  ['return', 'output'],
  ['returns', 'output'],
  ['inputs', 'input'],
  ['hidden', 'state'],
  ['memory', 'state'],
  ['constant', 'const'],
  ['label', 'target'],
  ['class', 'cell'],
  ['module', 'cell'],
  ['layer', 'cell'],
]);

/** The word that was probably meant where a statement begins with an unknown one. */
export function statementLike(word: string, among: readonly string[] = statementWords): string | undefined {
  const known = synonyms.get(word.toLowerCase());
  return known !== undefined && among.includes(known) ? known : nearest(word, among);
}
