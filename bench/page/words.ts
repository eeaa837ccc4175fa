import type { Case } from '../cases.ts';
import { cells } from '../cells.ts';
import type { CaseResult, CaseTiming } from '../result.ts';
import { median, pairedRatios, type Spread, spreadOf } from '../statistics.ts';

/*
 * Numbers as the page writes them, and what is asked of a result more than once.
 */

const significant = 3;

function rounded(value: number): string {
  return Number(value.toPrecision(significant)).toLocaleString('en-US', { maximumFractionDigits: 3 });
}

/** Microseconds, in the unit that reads best. */
export function time(microseconds: number): string {
  if (microseconds < 100) return `${rounded(microseconds)} µs`;
  return microseconds < 1e6 ? `${rounded(microseconds / 1e3)} ms` : `${rounded(microseconds / 1e6)} s`;
}

export function milliseconds(value: number): string {
  return `${rounded(value)} ms`;
}

/** `12 ×`, `0.31 ×`. */
export function ratio(value: number): string {
  return `${value < 10 ? rounded(Number(value.toPrecision(2))) : Math.round(value).toLocaleString('en-US')} ×`;
}

export function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** `H 64, T 64, B 16`; of a step, `H 40`. */
export function shapeOf({ operation, hidden, steps, batch }: Case): string {
  return operation === 'step' ? `H ${hidden}` : `H ${hidden}, T ${steps}, B ${batch}`;
}

export function titleOf({ cell }: Case): string {
  return cells.get(cell)?.title ?? cell;
}

/** Numbers stand to the right; words to the left, where `words` says so. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], words = false): string {
  const line = (entries: readonly string[]) => `| ${entries.join(' | ')} |`;
  const rule = line(head.map((_, column) => (column === 0 || words ? '---' : '---:')));
  return [line(head), rule, ...rows.map(line)].join('\n');
}

export const absent = '–';

export function timingOf(result: CaseResult, peer: string): CaseTiming | undefined {
  return result.timings.find((timing) => timing.peer === peer && timing.spread !== undefined);
}

/** How many times as long as rnnc a peer takes, round by round. */
export function ratioOf(result: CaseResult, peer: string, to = 'rnnc'): Spread | undefined {
  const [above, below] = [timingOf(result, peer), timingOf(result, to)];
  if (above === undefined || below === undefined) return undefined;
  return spreadOf(pairedRatios(above.rounds!, below.rounds!));
}

/** Part of the engine's peak that the matrix products reach, with everything else that is done counted as lost time. */
export function fractionOf({ multiplyAdds }: CaseResult, timing: CaseTiming | undefined): number | undefined {
  if (multiplyAdds === undefined || timing?.peaks === undefined) return undefined;
  const { rounds, peaks } = timing;
  return median(rounds!.map((time, round) => multiplyAdds / (time * 1e-6) / peaks[round]!));
}
