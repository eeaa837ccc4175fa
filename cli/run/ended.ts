import type { StateSnapshot, WindowPosition } from '../../runtime/index.ts';

/**
 * Lets rows whose sequence has ended before a window go on as copies of row 0, so that no state is computed that does not
 * really occur: one that grows beyond the range of f32 would make gradients NaN, though its loss counts 0 times.
 *
 * @param ends  by row: the step at which its sequence has ended
 */
export function copyEnded({ from, state }: WindowPosition, ends: readonly number[]): void {
  for (const [row, end] of ends.entries()) if (row > 0 && end <= from) copyFirstRow(state, row, ends.length);
}

function copyFirstRow(
  { states, fresh, stepCounters, sequenceNumbers, stepsAtReset }: StateSnapshot,
  row: number,
  batch: number,
): void {
  const counters = [stepCounters, sequenceNumbers, stepsAtReset];
  const all = [...Object.values(states), ...Object.values(fresh), ...counters];
  for (const values of all) {
    const size = values.length / batch;
    values.copyWithin(row * size, 0, size);
  }
}
