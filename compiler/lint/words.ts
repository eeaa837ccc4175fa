import type { Range } from './range.ts';

const number = (x: number): string => `${Number(x.toPrecision(4))}`;

/** `at least 0`, `between 0 and 1`, `nothing`. */
export function rangeInWords({ low, high }: Range): string {
  if (low === high) return `that it is ${number(low)}`;
  if (Number.isFinite(low) && Number.isFinite(high))
    return `that it is between ${number(low)} and ${number(high)}`;
  if (Number.isFinite(low)) return `that it is at least ${number(low)}`;
  return Number.isFinite(high) ? `that it is at most ${number(high)}` : 'nothing';
}
