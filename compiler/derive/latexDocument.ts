import type { Equation } from './equations.ts';
import type { Quantity } from './formula.ts';
import { printMath } from './latex.ts';
import { type LatexSpelling, latexSpelling } from './latexNames.ts';
import type { CommentLine, Section } from './sections.ts';

/**
 * Sections as one `align*` environment; comments are rows of text.
 *
 * @param quantities  all that will be spelled
 */
export function printLatexSections(sections: readonly Section[], quantities: readonly Quantity[]): string {
  const spelling = latexSpelling(quantities);
  const rows = sections.flatMap(({ comments, equations, isSummed }) => [
    ...comments.map(({ line }) => `&${commentOf(line, spelling)}`),
    ...equations.map((equation) => rowOf(equation, isSummed === true, spelling)),
  ]);
  return `\\begin{align*}\n${rows.map((row) => `  ${row}`).join(' \\\\\n')}\n\\end{align*}\n`;
}

function commentOf(line: CommentLine, spelling: LatexSpelling): string {
  return line
    .map((part) => (typeof part === 'string' ? `\\text{${escaped(part)}}` : spelling.quantity(part)))
    .join('');
}

function rowOf({ target, value, adds }: Equation, isSummed: boolean, spelling: LatexSpelling): string {
  const text = printMath(value, spelling);
  const left = printMath(target, spelling);
  if (adds) return `${left} &\\mathrel{+}= ${text}`;
  if (!isSummed || value.kind === 'number') return `${left} &= ${text}`;
  const isLoose = value.kind === 'sum' || value.kind === 'negative' || value.kind === 'if';
  return `${left} &= \\sum_t ${isLoose ? `\\left( ${text} \\right)` : text}`;
}

const escaped = (text: string): string => text.replace(/[_&%#$]/g, (character) => `\\${character}`);
