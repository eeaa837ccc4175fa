/** Where a value lies: its largest lower and its smallest upper bound, which it may but need not reach. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

const infinity = Number.POSITIVE_INFINITY;

export const anything: Range = { low: -infinity, high: infinity };
export const exactly = (x: number): Range => ({ low: x, high: x });
export const between = (low: number, high: number): Range => ({ low, high });

export const isExactly = ({ low, high }: Range, x: number): boolean => low === x && high === x;
/** 0 is neither in it nor arbitrarily near. */
export const isAwayFromZero = ({ low, high }: Range): boolean => low > 0 || high < 0;

export const union = (...ranges: readonly Range[]): Range =>
  between(Math.min(...ranges.map(({ low }) => low)), Math.max(...ranges.map(({ high }) => high)));

/** Bounds that came out of infinity - infinity say nothing. */
const known = (low: number, high: number): Range =>
  between(Number.isNaN(low) ? -infinity : low, Number.isNaN(high) ? infinity : high);

export const plus = (a: Range, b: Range): Range => known(a.low + b.low, a.high + b.high);
export const minus = ({ low, high }: Range): Range => between(-high, -low);

/** 0 times what is bounded nowhere is 0. */
const product = (x: number, y: number): number => (x === 0 || y === 0 ? 0 : x * y);

export function times(a: Range, b: Range): Range {
  const corners = [
    product(a.low, b.low),
    product(a.low, b.high),
    product(a.high, b.low),
    product(a.high, b.high),
  ];
  return known(Math.min(...corners), Math.max(...corners));
}

/** 1/x */
export function reciprocal({ low, high }: Range): Range {
  if (low >= 0) return between(1 / high, low === 0 ? infinity : 1 / low);
  return high <= 0 ? between(high === 0 ? -infinity : 1 / high, 1 / low) : anything;
}

/** Of n >= 1 entries, n unknown. */
export const summed = ({ low, high }: Range): Range =>
  between(low >= 0 ? low : -infinity, high <= 0 ? high : infinity);
