/** Rows that a product should have at once, so that reading its panels is shared among many. */
export const rowsWanted = 96;
/** Half of a second-level cache of a small core. */
export const bytesInCache = 512 * 1024;

/**
 * Steps of a slab: enough rows for the products over it, and not more than stays in cache; a number that divides the
 * window where there is one near.
 *
 * @param bytesPerStep  of all values that live for a slab
 */
export function slabOf(size: {
  readonly batch: number;
  readonly window: number;
  readonly bytesPerStep: number;
}): number {
  const { batch, window, bytesPerStep } = size;
  const inCache = Math.max(1, Math.floor(bytesInCache / Math.max(1, bytesPerStep)));
  const wanted = Math.min(window, inCache, Math.max(1, Math.ceil(rowsWanted / batch)));
  for (let steps = wanted; steps > wanted / 2; steps--) if (window % steps === 0) return steps;
  return wanted;
}
