import { advice, fail, runtimeErrors } from './errors.ts';
import type { Instance } from './instance.ts';
import { entriesOf, type Given, type Named, named } from './named.ts';
import { squaresOf } from './passes.ts';

/**
 * @param gradients  by parameter
 * @param steps      the steps they come from, for the message
 * @throws RuntimeError RNN511 naming the parameter and the first bad entry
 */
export function checkGradients(
  gradients: Given<Float32Array>,
  steps?: readonly [first: number, last: number],
): void {
  for (const [parameter, gradient] of entriesOf(gradients)) {
    if (Number.isFinite(squaresOf(gradient))) continue;
    for (let index = 0; index < gradient.length; index++) {
      const value = gradient[index]!;
      if (Number.isFinite(value)) continue;
      fail(runtimeErrors.gradientNotFinite, {
        parameter,
        index,
        value,
        ...(steps === undefined ? {} : { steps }),
      });
    }
  }
}

/**
 * Where a loss that is not finite comes from, as far as it can be seen.
 *
 * @param step  of the last window
 * @param from  number of the window's first step, for the message
 * @returns a sentence or two; undefined where everything the loss is made of is finite
 */
export function blame(instance: Instance, step: number, row: number, from: number): string | undefined {
  for (const [name, values] of entriesOf(instance.parameters)) {
    if (!values.every(Number.isFinite)) return `Parameter ${name} is not finite any more. ${advice}`;
  }
  const { batch } = instance.manifest;
  for (const [what, arrays] of [
    ['Input', instance.inputs],
    ['Target', instance.targets],
  ] as const) {
    const found = notFinite(arrays, instance.manifest.window, batch, step, row);
    if (found !== undefined) return `${what} ${found} is not finite there: look at the data.`;
  }
  const slots = named(entriesOf(instance.states).map(([name, state]) => [name, state.slots] as const));
  for (let t = 0; t <= step + 1; t++) {
    const found = notFinite(slots, instance.manifest.window + 1, batch, t, row);
    const when = t === 0 ? `before step ${from}` : `in step ${from + t - 1}`;
    if (found !== undefined) return `State ${found} left the range of f32 ${when}. ${advice}`;
  }
  return undefined;
}

/** The first name whose array [slots, batch, ...] has an entry in this slot and row that is not finite. */
function notFinite(
  arrays: Named<Float32Array | Int32Array>,
  slots: number,
  batch: number,
  slot: number,
  row: number,
): string | undefined {
  return Object.keys(arrays).find((name) => {
    const values = arrays[name]!;
    const size = values.length / slots / batch;
    const first = (slot * batch + row) * size;
    return !values.subarray(first, first + size).every(Number.isFinite);
  });
}
