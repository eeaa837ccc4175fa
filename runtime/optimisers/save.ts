import { fail, runtimeErrors } from '../errors.ts';
import { entriesOf, type Named, named } from '../named.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor, type TensorFile } from '../safetensors.ts';
import { checkFinite, isReal } from '../weights.ts';
import type { SlotArray } from './gathered.ts';
import type { Optimiser, OptimiserState } from './optimiser.ts';

const metadataKey = 'optimiser';

/**
 * What `optimiser.save()` gives, as a safetensors file: an array `slot/parameter` (`mean/W`) for all that is gathered, and
 * the rest as JSON in the metadata `optimiser`.
 *
 * @throws RuntimeError RNN509 for an optimiser of the caller's own, RNN520 where a number is not finite
 */
export function saveOptimiser(optimiser: Optimiser): Uint8Array {
  const { arrays, ...rest } = optimiser.save();
  if (rest.kind === undefined) {
    fail(runtimeErrors.badSetting, { name: 'optimiser', value: 'another', range: 'one of the library' });
  }
  const tensors = new Map<string, Tensor>();
  for (const [slot, byParameter] of entriesOf(arrays)) {
    for (const [parameter, values] of entriesOf(byParameter)) {
      const name = `${slot}/${parameter}`;
      checkFinite(name, values, values);
      tensors.set(name, { shape: [values.length], values });
    }
  }
  return encodeSafetensors({ tensors, metadata: new Map([[metadataKey, JSON.stringify(rest)]]) });
}

/**
 * Goes on from what `saveOptimiser` wrote, with an optimiser of the same kind and options; its learning rate is that of
 * then. Whether it fits a cell shows at the next update (RNN513).
 *
 * @throws RuntimeError RNN516, RNN517; RNN519 with everything that differs; RNN509, RNN520. Nothing is changed then
 */
export function loadOptimiser(optimiser: Optimiser, bytes: Uint8Array): void {
  const file = decodeSafetensors(bytes);
  const rest = restOf(file) ?? refuse(['the file holds none']);
  const slots = Object.keys(optimiser.save().arrays);
  const arrays = new Map(slots.map((slot) => [slot, new Map<string, SlotArray>()]));
  const parameters = new Map<string, number>();
  const differences: string[] = [];
  for (const [name, tensor] of file.tensors) {
    const cut = name.indexOf('/');
    const gathered = arrays.get(name.slice(0, cut));
    if (gathered === undefined) differences.push(`it gathers no ${name}`);
    else if (!isReal(tensor)) differences.push(`${name} is of whole numbers`);
    else {
      const parameter = name.slice(cut + 1);
      gathered.set(parameter, tensor.values as SlotArray);
      parameters.set(parameter, parameters.get(parameter) ?? tensor.values.length);
    }
  }
  for (const [slot, gathered] of arrays) {
    for (const [parameter, length] of parameters) {
      const got = gathered.get(parameter)?.length;
      if (got === undefined) differences.push(`${slot}/${parameter} is missing`);
      else if (got !== length)
        differences.push(`${slot}/${parameter} has ${got} entries instead of ${length}`);
    }
  }
  // Of another kind all would differ; `load` says which kind.
  const state = { ...rest, arrays: nested(arrays) };
  if (differences.length > 0 && rest.kind === optimiser.save().kind) refuse(differences);
  for (const [name, { values }] of file.tensors) checkFinite(name, values, values);
  optimiser.load(state);
}

function refuse(differences: readonly string[]): never {
  return fail(runtimeErrors.doesNotFit, { what: 'The state', to: 'this optimiser', differences });
}

function nested(arrays: ReadonlyMap<string, ReadonlyMap<string, SlotArray>>): Named<Named<SlotArray>> {
  return named([...arrays].map(([slot, gathered]) => [slot, named(gathered)]));
}

/** All of a state but its arrays; undefined where there is none. */
function restOf({ metadata }: TensorFile): Omit<OptimiserState, 'arrays'> | undefined {
  let rest: unknown;
  try {
    rest = JSON.parse(metadata.get(metadataKey) ?? '');
  } catch {
    return undefined;
  }
  if (!isRecord(rest)) return undefined;
  const { kind, options, learningRate, updates } = rest;
  if (typeof kind !== 'string' || !isRecord(options)) return undefined;
  if (typeof learningRate !== 'number' || typeof updates !== 'number') return undefined;
  return { kind, options: options as Named<number | boolean>, learningRate, updates };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
