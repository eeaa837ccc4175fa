/*
 * The linear recurrence of linearCell.ts in f64, by its closed form: h_t = w^(t+1) h0 + sum_{k <= t} w^(t-k) x_k.
 */

export interface Reference {
  readonly h: readonly number[];
  readonly loss: number;
  readonly w: number;
  readonly h0: number;
}

/**
 * Mean loss over the steps `first … end - 1` of one sequence, and its gradient when the state before step `from` is held
 * still (from = 0: h0 is not).
 */
export function linearReference(
  { x, y, w, h0 }: { x: readonly number[]; y: readonly number[]; w: number; h0: number },
  { from, first, end }: { from: number; first: number; end: number },
): Reference {
  const hAt = (t: number): number => {
    let sum = w ** (t + 1) * h0;
    for (let k = 0; k <= t; k++) sum += w ** (t - k) * x[k]!;
    return sum;
  };
  const count = end - first;
  const before = from === 0 ? h0 : hAt(from - 1);
  let loss = 0;
  let wBar = 0;
  let h0Bar = 0;
  for (let t = first; t < end; t++) {
    const difference = hAt(t) - y[t]!;
    let slope = (t - from + 1) * w ** (t - from) * before;
    for (let k = from; k < t; k++) slope += (t - k) * w ** (t - k - 1) * x[k]!;
    loss += (0.5 * difference * difference) / count;
    wBar += (difference * slope) / count;
    if (from === 0) h0Bar += (difference * w ** (t + 1)) / count;
  }
  return { h: x.map((_, t) => hAt(t)), loss, w: wBar, h0: h0Bar };
}

/** Fixed numbers in [-1, 1] without a generator of ours. */
export function wave(length: number, frequency: number): number[] {
  return Array.from({ length }, (_, t) => Math.fround(Math.sin(frequency * (t + 1))));
}
