/** How programs write that a value is not there. */
const missing = new Set(['', 'na', 'n/a', '#n/a', 'nan', 'null', 'none', '-', '?', '.']);

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** What a field holds: a number, `missing`, or `wrong` where it is neither. */
export function readNumber(field: string): number | 'missing' | 'wrong' {
  const text = field.trim();
  if (decimal.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : 'wrong';
  }
  return missing.has(text.toLowerCase()) ? 'missing' : 'wrong';
}

/**
 * Why a field is no number, and what to write instead.
 *
 * @param classes  how many there are, where the column is of classes
 */
export function whyWrong(field: string, classes?: number): string {
  const text = field.trim();
  if (classes !== undefined) return `classes are whole numbers, 0 to ${classes - 1}`;
  const [, whole, rest] = /^([+-]?[1-9]\d{0,2}),(\d{3})$/.exec(text) ?? [];
  if (whole !== undefined) {
    return `write ${whole}.${rest} if its comma is a decimal point, ${whole}${rest} if it separates thousands`;
  }
  if (/^[+-]?\d+,\d+$/.test(text)) return 'write a decimal point';
  if (/^[+-]?\d{1,3}([ ,.']\d{3})+(\.\d+)?$/.test(text)) return 'leave out the separators of thousands';
  if (/^[+-]?inf(inity)?$/i.test(text) || decimal.test(text)) return 'it must be finite';
  if (/^\s*[+-]?[\d.]+\s*[^\d\s]+$/.test(text)) return 'leave out the unit';
  return 'it must be a number like 12.5 or -3e4';
}
