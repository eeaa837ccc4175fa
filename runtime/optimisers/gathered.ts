import { fail, runtimeErrors } from '../errors.ts';
import type { Room } from '../kernels.ts';
import { entriesOf, type Given, lookUp, type Named, named } from '../named.ts';
import type { Layout, Piece } from './layout.ts';

/** What an optimiser gathers per entry, by name, f64 before f32: `{ velocity: 'f32' }`. */
export type Slots = Readonly<Record<string, 'f32' | 'f64'>>;
export type SlotArray = Float32Array | Float64Array;

interface Slot {
  readonly name: string;
  readonly bytes: 4 | 8;
}

/** Bytes from the start of a room, for each slot. */
type Starts = readonly number[];

/**
 * Arrays of zeros at first, one per parameter and slot. They are arrays of their own, until `moveInto` makes them stand
 * in the memory of a cell, where kernels reach them. A room holds the arrays of one `Gathered` at a time; another one
 * that moves in sends them out, into arrays of their own.
 */
export class Gathered {
  readonly #slots: readonly Slot[];
  /** By parameter: an array per slot. */
  #arrays = new Map<string, readonly SlotArray[]>();
  /** Where they stand, if in a room. */
  #home: { readonly layout: Layout; readonly starts: Starts } | undefined;

  constructor(slots: Slots) {
    this.#slots = Object.entries(slots).map(([name, lanes]) => ({ name, bytes: lanes === 'f32' ? 4 : 8 }));
  }

  /** The arrays of one parameter, by slot. */
  of(parameter: string, length: number): Named<SlotArray> {
    const arrays = this.#arrays.get(parameter) ?? this.#slots.map((slot) => zeros(slot, length));
    this.#arrays.set(parameter, arrays);
    return named(this.#slots.map(({ name }, i) => [name, arrays[i]!]));
  }

  /**
   * Checks that what is gathered, if anything, is for parameters of these names and lengths.
   *
   * @throws RuntimeError RNN513
   */
  check(parameters: readonly { readonly name: string; readonly count: number }[]): void {
    if (this.#arrays.size === 0) return;
    for (const { name, count } of parameters) {
      checkLength(name, this.#arrays.get(name)?.[0]?.length ?? 0, count);
    }
    for (const [name, arrays] of this.#arrays) {
      if (!parameters.some((parameter) => parameter.name === name)) checkLength(name, arrays[0]!.length, 0);
    }
  }

  /**
   * Makes everything stand in the room of a cell's memory.
   *
   * @returns whether there is room enough
   * @throws RuntimeError RNN513; nothing has moved then
   */
  moveInto(layout: Layout): boolean {
    if (this.#home?.layout === layout) return true;
    this.check(layout.pieces);
    const { room, entries } = layout;
    const starts = startsOf(this.#slots, entries);
    if (starts.at(-1)! > room.bytes) return false;
    room.tenant?.leave();
    this.leave();
    for (const piece of layout.pieces) {
      const before = this.#arrays.get(piece.name);
      const views = this.#slots.map((slot, i) => viewOf(room, slot, starts[i]!, piece));
      for (const [i, view] of views.entries()) before === undefined ? view.fill(0) : view.set(before[i]!);
      this.#arrays.set(piece.name, views);
    }
    this.#home = { layout, starts };
    room.tenant = this;
    return true;
  }

  /** Byte offsets at which the arrays of a piece of the present room begin, by slot. */
  pointers({ first }: Piece): readonly number[] {
    const { layout, starts } = this.#home!;
    return this.#slots.map(({ bytes }, i) => layout.room.offset + starts[i]! + first * bytes);
  }

  /** Leaves the room it stands in, if any. */
  leave(): void {
    if (this.#home === undefined) return;
    for (const [name, arrays] of this.#arrays) {
      this.#arrays.set(
        name,
        arrays.map((values) => values.slice()),
      );
    }
    this.#goOut();
  }

  /** By slot, then by parameter; copies. */
  save(): Named<Named<SlotArray>> {
    return named(
      this.#slots.map(({ name }, i) => [
        name,
        named([...this.#arrays].map(([parameter, arrays]) => [parameter, arrays[i]!.slice()])),
      ]),
    );
  }

  /**
   * Goes on from what `save` gave. Each parameter has all slots, of one length.
   *
   * @throws RuntimeError RNN513, nothing is changed then
   */
  load(saved: Given<Given<ArrayLike<number>>>): void {
    const arrays = new Map<string, SlotArray[]>();
    const parameters = new Set(entriesOf(saved).flatMap(([, of]) => entriesOf(of).map(([name]) => name)));
    for (const parameter of parameters) {
      const loaded = this.#slots.map((slot) => {
        const values = lookUp(lookUp(saved, slot.name) ?? {}, parameter) ?? [];
        const own = zeros(slot, values.length);
        own.set(values);
        return own;
      });
      for (const { length } of loaded) checkLength(parameter, length, loaded[0]!.length);
      arrays.set(parameter, loaded);
    }
    this.#goOut();
    this.#arrays = arrays;
  }

  #goOut(): void {
    if (this.#home !== undefined) this.#home.layout.room.tenant = undefined;
    this.#home = undefined;
  }
}

function checkLength(parameter: string, got: number, expected: number): void {
  const what = 'The state of this optimiser';
  if (got !== expected) fail(runtimeErrors.otherCell, { what, name: parameter, expected, got });
}

const zeros = ({ bytes }: Slot, length: number): SlotArray =>
  bytes === 4 ? new Float32Array(length) : new Float64Array(length);

/** One slot after the other, each with all entries, f64 before f32, so all aligned; the last number is the end. */
function startsOf(slots: readonly Slot[], entries: number): Starts {
  const starts = [0];
  for (const { bytes } of slots) starts.push(starts.at(-1)! + bytes * entries);
  return starts;
}

function viewOf(room: Room, { bytes }: Slot, start: number, { first, count }: Piece): SlotArray {
  const offset = room.offset + start + first * bytes;
  return bytes === 4
    ? new Float32Array(room.block, offset, count)
    : new Float64Array(room.block, offset, count);
}
