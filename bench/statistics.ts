/** What rounds of a measurement amount to. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly lower: number;
  readonly upper: number;
  readonly most: number;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Between the two nearest values, in proportion. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)]!;
  return below + (sorted[Math.ceil(place)]! - below) * (place - Math.floor(place));
}

export function spreadOf(values: readonly number[]): Spread {
  const at = (part: number) => quantile(values, part);
  return { median: at(0.5), least: at(0), lower: at(0.25), upper: at(0.75), most: at(1) };
}

/** Of two series measured round by round, so that a slow moment of the machine meets both. */
export function pairedRatios(above: readonly number[], below: readonly number[]): number[] {
  return above.slice(0, below.length).map((value, round) => value / below[round]!);
}
