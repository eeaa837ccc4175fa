import type { Manifest } from '../compiler/module/manifest.ts';
import type { Memory } from './memory.ts';
import { entriesOf, type Named, named } from './named.ts';
import { sizeOf } from './shapes.ts';
import type { CarriedStates } from './state.ts';

/** A state of a live cell: views into its memory. */
export interface StateView {
  /** Of one row. */
  readonly shape: readonly number[];
  /** [batch, ...shape]: before the first step of the last window; what the next run starts from, where none was run. */
  readonly start: Float32Array;
  /** [batch, ...shape]: the newest value, after the last step that was run. */
  readonly current: Float32Array;
  /** [window + 1, batch, ...shape]: entry t is the value before step t of the last window, t + 1 the one after. */
  readonly slots: Float32Array;
}

/** Of the states a user named, by name. */
export function stateViews(carried: CarriedStates, memory: Memory): Named<StateView> {
  return named(
    carried.visible.map(({ state, slot }) => {
      const slots = memory.f32(state.buffer);
      const made: Float32Array[] = [];
      const view: StateView = Object.freeze({
        shape: state.shape,
        slots,
        start: slots.subarray(0, slot),
        get current() {
          const at = carried.pending;
          made[at] ??= slots.subarray(at * slot, (at + 1) * slot);
          return made[at];
        },
      });
      return [state.name, view];
    }),
  );
}

/** Views of some number of steps at the beginning of a window's buffers. */
export interface WindowViews {
  /** By name: [steps, batch, ...shape]. */
  readonly outputs: Named<Float32Array>;
  /** [steps, batch]; empty where the cell has no loss. */
  readonly losses: Float32Array;
  /** By name: [steps, batch, ...shape]; of inputs whose cotangent was asked for. */
  readonly inputCotangents: Named<Float32Array>;
}

/** Makes views of each number of steps once, so that they are the same arrays at every call. */
export function windowViews(manifest: Manifest, memory: Memory): (steps: number) => WindowViews {
  const made = new Map<number, WindowViews>();
  return (steps) => {
    const found = made.get(steps);
    if (found !== undefined) return found;
    const views = viewsOf(manifest, memory, steps);
    made.set(steps, views);
    return views;
  };
}

function viewsOf(manifest: Manifest, memory: Memory, steps: number): WindowViews {
  const { batch, outputs, loss, inputs, sequenceInputs = [] } = manifest;
  const cut = (buffer: string, shape: readonly number[]) =>
    memory.f32(buffer).subarray(0, steps * batch * sizeOf(shape));
  return {
    outputs: named(outputs.map(({ name, shape, buffer }) => [name, cut(buffer, shape)])),
    losses: loss === undefined ? new Float32Array(0) : cut(loss.buffer, []),
    inputCotangents: named([
      ...entriesOf(viewsWhere(inputs, ({ cotangent, shape }) => cotangent && cut(cotangent, shape))),
      ...entriesOf(viewsWhere(sequenceInputs, ({ cotangent }) => cotangent && memory.f32(cotangent))),
    ]),
  };
}

/** A view per item, of those items that have one, by name. */
export function viewsWhere<Item extends { readonly name: string }>(
  items: readonly Item[],
  viewOf: (item: Item) => Float32Array | undefined | '',
): Named<Float32Array> {
  return named(
    items.flatMap((item) => {
      const view = viewOf(item);
      return view ? [[item.name, view] as const] : [];
    }),
  );
}
