import { allQuantities, type DerivedEquations, type Equation } from './equations.ts';
import type { Quantity } from './formula.ts';
import { printLatexSections } from './latexDocument.ts';
import { type Spelling, spellingFor } from './names.ts';
import { type Section, sectionsOf } from './sections.ts';
import { printText } from './text.ts';

export type DeriveFormat = 'text' | 'latex';

/** The equations of both sweeps: text in the notation of the language, or LaTeX with an `align*` environment. */
export function printDerived(derived: DerivedEquations, format: DeriveFormat): string {
  return printSections(sectionsOf(derived), derived.taken, format);
}

/**
 * Sections as paragraphs: comments that say what follows, then the equations.
 *
 * @param taken  the user's names
 */
export function printSections(
  sections: readonly Section[],
  taken: ReadonlySet<string>,
  format: DeriveFormat,
): string {
  const shown = sections.map((section) => ({
    ...section,
    comments: section.comments.filter(({ only }) => only === undefined || only === format),
  }));
  const quantities = [
    ...allQuantities(shown.flatMap(({ equations }) => equations)),
    ...shown.flatMap(({ comments }) => comments.flatMap(({ line }) => line)).filter(isQuantity),
  ];
  if (format === 'latex') return printLatexSections(shown, quantities);
  const spell = spellingFor(quantities, taken);
  const paragraphs = shown.map(({ comments, equations }) => [
    ...comments.map(
      ({ line }) => `# ${line.map((part) => (isQuantity(part) ? spell(part) : part)).join('')}`,
    ),
    ...equations.map((equation) => printEquation(equation, spell)),
  ]);
  return `${paragraphs.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const isQuantity = (part: string | Quantity): part is Quantity => typeof part !== 'string';

const printEquation = ({ target, value, adds }: Equation, spell: Spelling): string =>
  `${printText(target, spell)} ${adds ? '+=' : '='} ${printText(value, spell)}`;
