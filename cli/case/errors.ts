import { visibleText } from '../../compiler/support/visibleText.ts';

/*
 * What can be wrong with a case file, as a table: code, one sentence for docs/case-format.md, wording. Wording lives here
 * only.
 */

export interface Wording {
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
}

export interface CaseErrorEntry<Parameters> {
  readonly code: string;
  readonly doc: string;
  readonly wording: (parameters: Parameters) => Wording;
}

function entry<Parameters>(
  code: string,
  doc: string,
  wording: (parameters: Parameters) => Wording,
): CaseErrorEntry<Parameters> {
  return { code, doc, wording };
}

const hinted = (hint: string | undefined): { readonly hint?: string } => (hint === undefined ? {} : { hint });

/** A scalar has one place only. */
const at = (place: string): string => (place === '[]' ? '' : ` at ${place}`);

export const caseErrors = {
  notJson: entry(
    'RNN601',
    'The file is not JSON.',
    (p: { reason: string; place?: string | undefined; bareNumber: boolean }) => ({
      message: `This is not JSON${p.place === undefined ? '' : `, at ${p.place}`}: ${p.reason}`,
      ...hinted(
        p.bareNumber ? 'JSON has no NaN or Infinity: write "NaN", "Infinity" or "-Infinity".' : undefined,
      ),
    }),
  ),
  wrongKind: entry(
    'RNN602',
    'A part of the case is of the wrong kind: a list where a number belongs, a number outside its range.',
    (p: { what: string; expected: string; got: string }) => ({
      message: `${p.what} must be ${p.expected}, and is ${p.got}`,
    }),
  ),
  unknownName: entry(
    'RNN603',
    'A name that neither the format nor the cell has.',
    (p: {
      owner: string;
      what: string;
      name: string;
      known: readonly string[];
      hint?: string | undefined;
    }) => ({
      message: `${p.owner} has no ${p.what} ${p.name}`,
      hint: p.hint ?? (p.known.length === 0 ? 'It has none.' : `It has ${p.known.join(', ')}.`),
    }),
  ),
  missing: entry('RNN604', 'Something that is needed is not given.', (p: { what: string; hint: string }) => ({
    message: `${p.what} is missing`,
    hint: p.hint,
  })),
  wrongShape: entry(
    'RNN605',
    'An array has another shape than its name asks for.',
    (p: { what: string; expected: string; got: string; hint?: string | undefined }) => ({
      message: `The ${p.what} must be ${p.expected}, and is ${p.got}`,
      ...hinted(p.hint),
    }),
  ),
  notANumber: entry(
    'RNN606',
    'An entry of an array is not a number.',
    (p: { what: string; place: string; got: string }) => ({
      message: `The ${p.what} has ${p.got}${at(p.place)}`,
      hint: 'An entry is a number, "NaN", "Infinity" or "-Infinity".',
    }),
  ),
  badClass: entry(
    'RNN607',
    'An entry of an index input is not a whole number of its range.',
    (p: { what: string; place: string; got: number; classes: number; symbol: string }) => ({
      message: `The ${p.what} is ${p.got}${at(p.place)}`,
      hint:
        `It is an index: a whole number from 0 to ${p.classes - 1}` +
        `${p.symbol === String(p.classes) ? '' : `, since ${p.symbol} = ${p.classes}`}.`,
    }),
  ),
  noLoss: entry('RNN608', 'A cotangent for the loss of a cell that has none.', (p: { cell: string }) => ({
    message: `${p.cell} has no loss that could have a cotangent`,
    hint: 'Give cotangents of its outputs or final states, or write a loss in the cell.',
  })),
  tooLarge: entry(
    'RNN609',
    'The case needs more memory than there is.',
    (p: { steps: number; batch: number }) => ({
      message: `${p.steps} steps of ${p.batch} ${p.batch === 1 ? 'row' : 'rows'} do not fit into memory`,
      hint: 'Cut the case: the finals of one part are the starts of the next.',
    }),
  ),
  cannotFuse: entry(
    'RNN610',
    'The profile is `fused`, and the host has no WebAssembly that rounds a multiply-add once.',
    (_: object) => ({
      message: 'This host has no WebAssembly that rounds a multiply-add once, as the profile fused does',
      hint: 'Write "profile": "separate" in the case, or call with --target js, which gives the bits of fused everywhere.',
    }),
  ),
};

/** As diagnostics of sources are shown: file, code, message, and what to write instead. */
export function showCaseError<Parameters>(
  file: string,
  { code, wording }: CaseErrorEntry<Parameters>,
  parameters: Parameters,
): string {
  const { message, hint } = wording(parameters);
  const head = `${visibleText(file)}  ${code}  ${visibleText(message)}`;
  return hint === undefined ? head : `${head}\n  ${visibleText(hint)}`;
}
