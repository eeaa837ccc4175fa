import type { ManifestInput } from '../compiler/module/manifest.ts';
import { fail, runtimeErrors } from './errors.ts';
import type { Lanes, Memory } from './memory.ts';
import { entriesOf, type Given, lookUp, type Named, named } from './named.ts';
import { type OuterAxes, type Shaped, showShape, sizeOf } from './shapes.ts';

/*
 * Numbers from the caller, checked and copied into memory.
 */

/** Arrays by name, or the one array itself where there is a single name. */
export type Values = ArrayLike<number> | Given<ArrayLike<number>>;

/** The array for `name`, where `names` are all that could be given. */
export function pick(values: Values, name: string, names: number): ArrayLike<number> | undefined {
  if (!isArray(values)) return lookUp(values, name);
  return names === 1 ? values : undefined;
}

export function isArray(values: Values): values is ArrayLike<number> {
  return ArrayBuffer.isView(values) || Array.isArray(values);
}

/** @throws RuntimeError RNN504 for a name that is not among `known`, RNN509 where `values` is no record */
export function checkNames(values: Values, what: string, known: readonly string[]): void {
  if (typeof values !== 'object' || values === null) {
    fail(runtimeErrors.badSetting, {
      name: `${what}s`,
      value: values,
      range: 'arrays by name, or one array',
    });
  }
  if (isArray(values)) return;
  for (const [name] of entriesOf(values)) {
    if (!known.includes(name)) fail(runtimeErrors.unknownName, { what, name, known });
  }
}

const scalar: Shaped = { shape: [] };

/** @throws RuntimeError RNN501 */
export function checkLength(
  what: string,
  values: ArrayLike<number>,
  outer: OuterAxes,
  of: Shaped = scalar,
): void {
  const expected = outer.reduce((product, [, length]) => product * length, sizeOf(of.shape));
  // Callers in plain JavaScript give anything.
  if ((values as ArrayLike<number> | null)?.length !== expected) {
    fail(runtimeErrors.wrongSize, { what, shape: showShape(outer, of), expected, given: values });
  }
}

/**
 * Checks and copies inputs or targets of `steps` steps into their buffers.
 *
 * @param inputs   with the buffer of each, [window, batch, ...shape]
 * @param lengths  [batch]: class numbers behind a row's last step are padding, and none look at them
 * @throws RuntimeError RNN501 wrong length, RNN503 index out of range, RNN504 unknown name, RNN505 missing,
 *         RNN530 an array where nothing is read
 */
export function copyInputs(
  what: 'input' | 'target',
  values: Values,
  inputs: readonly InputBuffer[],
  steps: number,
  batch: number,
  lengths?: ArrayLike<number>,
): void {
  if (isArray(values) && inputs.length !== 1) {
    const names = inputs.map(({ input }) => input.name);
    if (inputs.length === 0) {
      if (values.length === 0) return;
      fail(runtimeErrors.noneRead, { what, count: values.length });
    }
    fail(runtimeErrors.badSetting, {
      name: `${what}s`,
      value: 'one array',
      range: `a record of arrays by name, since the cell has ${names.length} (${names.join(', ')})`,
    });
  }
  for (const { input, buffer } of inputs) {
    const value = pick(values, input.name, inputs.length);
    const outer = [
      ['steps', steps],
      ['batch', batch],
    ] as const;
    if (value === undefined) {
      fail(runtimeErrors.missing, { what, name: input.name, shape: showShape(outer, input) });
    }
    checkLength(`${what} ${input.name}`, value, outer, input);
    copyInput(what, value, input, buffer, batch, lengths);
  }
}

export interface InputBuffer {
  readonly input: ManifestInput;
  /** [window, batch, ...shape] */
  readonly buffer: Lanes;
  /** [batch, ...shape]: its first step. */
  readonly first: Lanes;
}

export function inputBuffers(inputs: readonly ManifestInput[], batch: number, memory: Memory): InputBuffer[] {
  return inputs.map((input) => {
    const buffer = memory.lanes(input.buffer);
    return { input, buffer, first: buffer.subarray(0, batch * sizeOf(input.shape)) };
  });
}

/**
 * Checks and copies the inputs of one step, or checks those that stand in the buffers. Allocates nothing, unless to say
 * what is wrong.
 *
 * @param values  [batch, ...shape] by name, or the one array; nothing where the buffers hold them
 * @throws RuntimeError like `copyInputs`
 */
export function takeStep(values: Values | undefined, inputs: readonly InputBuffer[], batch: number): void {
  for (let i = 0; i < inputs.length; i++) {
    const { input, buffer, first } = inputs[i]!;
    if (values === undefined) {
      if (input.classes !== undefined) checkClasses('input', first, input, input.classes, batch);
      continue;
    }
    const value = pick(values, input.name, inputs.length);
    if (value?.length === first.length) copyInput('input', value, input, buffer, batch);
    else copyInputs('input', values, inputs, 1, batch);
  }
}

/** Copies one input of the right length; entries of an index input are checked first. */
export function copyInput(
  what: 'input' | 'target',
  value: ArrayLike<number>,
  input: ManifestInput,
  buffer: Lanes,
  batch: number,
  lengths?: ArrayLike<number>,
): void {
  if (input.classes !== undefined) checkClasses(what, value, input, input.classes, batch, lengths);
  buffer.set(value);
}

/** @throws RuntimeError RNN503 for a class out of range; `values` is one per row of `rows` and place of the shape */
export function requireClasses(
  values: ArrayLike<number>,
  { name, shape }: { readonly name: string } & Shaped,
  classes: number,
  rows: readonly number[],
): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isInteger(value) && value >= 0 && value < classes) continue;
    const row = rows[Math.floor(i / sizeOf(shape))]!;
    fail(runtimeErrors.badIndex, { what: `input ${name}`, step: 0, row, value, classes });
  }
}

function checkClasses(
  what: string,
  value: ArrayLike<number>,
  input: ManifestInput,
  classes: number,
  batch: number,
  lengths?: ArrayLike<number>,
): void {
  for (let i = 0; i < value.length; i++) {
    const entry = value[i]!;
    if (Number.isInteger(entry) && entry >= 0 && entry < classes) continue;
    // A class number is a scalar: entry i is example i.
    if (lengths !== undefined && Math.floor(i / batch) >= lengths[i % batch]!) continue;
    const example = Math.floor(i / sizeOf(input.shape));
    fail(runtimeErrors.badIndex, {
      what: `${what} ${input.name}`,
      step: Math.floor(example / batch),
      row: example % batch,
      value: entry,
      classes,
    });
  }
}

/**
 * The steps `first … first + steps - 1` of longer arrays `[T, batch, ...shape]`; views where the arrays are typed.
 */
export function cutSteps(
  values: Values,
  inputs: readonly ManifestInput[],
  batch: number,
  first: number,
  steps: number,
): Named<ArrayLike<number>> {
  const cut: [string, ArrayLike<number>][] = [];
  for (const input of inputs) {
    const value = pick(values, input.name, inputs.length);
    const stride = batch * sizeOf(input.shape);
    if (value !== undefined) cut.push([input.name, part(value, first * stride, (first + steps) * stride)]);
  }
  return named(cut);
}

export function part(values: ArrayLike<number>, from: number, to: number): ArrayLike<number> {
  if (ArrayBuffer.isView(values)) return (values as Float32Array).subarray(from, to);
  return Array.prototype.slice.call(values, from, to);
}
