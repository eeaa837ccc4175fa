/**
 * The known name most like `name`, for "did you mean"; undefined where none is near.
 *
 * Near is a Damerau-Levenshtein distance (restricted: one swap of neighbours counts 1) of at most a third of the
 * name's length, at least 1; another case alone (`x` for `X`) is near whatever the length. Ties: the first known name.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(Math.min(name.length, 24) / 3)) + 1;
  for (const candidate of known) {
    if (candidate === name) continue;
    const distance = sameButCase(name, candidate) ? 0.5 : editDistance(name, candidate, bestDistance);
    if (distance < bestDistance && distance < Math.max(name.length, candidate.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

const sameButCase = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b`; `limit` where at least that. */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, beforePrevious[j - 2]! + 1);
      row.push(cost);
    }
    if (Math.min(...row) >= limit) return limit;
    beforePrevious = previous;
    previous = row;
  }
  return Math.min(previous[b.length]!, limit);
}
