import type { Cell } from '../cell/cell.ts';
import { evaluateDim } from '../cell/dim.ts';
import { lagsOf } from '../cell/lags.ts';

/*
 * `prev(h, 3)` is made of hidden states: after each step `prev(h, 1)` takes the value h had before it, and `prev(h, 2)`
 * what `prev(h, 1)` had. So the previous value of `prev(h, 2)` is h three steps back, and everything that holds of a
 * state (start values, cotangents, windows) holds of a lag.
 */

/** The hidden state that holds `name` as it was `steps` steps before its newest value. */
export const keptName = (name: string, steps: number): string =>
  steps === 0 ? name : `prev(${name}, ${steps})`;

const kept = /^prev\((.*), (\d+)\)$/;

/** What a hidden state of a lag keeps; undefined for every other state. */
export function keptOf(state: string): { readonly name: string; readonly steps: number } | undefined {
  const [, name, steps] = kept.exec(state) ?? [];
  return name === undefined ? undefined : { name, steps: Number(steps) };
}

/** `h_prev`, or for the hidden state `prev(h, 2)`: `prev(h, 3)`. */
export function previousName(state: string): string {
  const lag = keptOf(state);
  return lag === undefined ? `${state}_prev` : keptName(lag.name, lag.steps + 1);
}

/** The furthest that is looked back at each state and input, where that is more than one step. */
export function longestLags(
  cell: Cell,
  sizes: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const { name, steps } of lagsOf(cell)) {
    longest.set(name, Math.max(longest.get(name) ?? 1, evaluateDim(steps, sizes)));
  }
  return longest;
}
