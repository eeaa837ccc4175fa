import type { Range } from './range.ts';

const number = (x: number): string => `${Number(x.toPrecision(4))}`;

/** `at least 0`, `between 0 and 1`; undefined where it may be anything. */
export function rangeInWords({ low, high }: Range): string | undefined {
  if (low === high) return number(low);
  if (Number.isFinite(low) && Number.isFinite(high)) return `between ${number(low)} and ${number(high)}`;
  if (Number.isFinite(low)) return `at least ${number(low)}`;
  return Number.isFinite(high) ? `at most ${number(high)}` : undefined;
}

/** `it is known to be at least 0` */
export function knownOf(range: Range): string {
  const words = rangeInWords(range);
  return words === undefined ? 'nothing is known of it' : `it is known to be ${words}`;
}
