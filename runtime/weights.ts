import { fail, runtimeErrors } from './errors.ts';
import type { Instance } from './instance.ts';
import { checkOptions, type OptionNames } from './knownOptions.ts';
import { entriesOf, type Given } from './named.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from './safetensors.ts';
import { showShape } from './shapes.ts';

/*
 * Weights outside a cell: by path name and shape, whatever batch, window and target it was compiled for, and whether for
 * training.
 */

/** What of an instance its weights are read from and written to. */
export type Weighted = Pick<Instance, 'manifest' | 'parameters' | 'parametersChanged'>;

/** What `saveWeights` keeps beside the weights. */
export interface SaveWeightsOptions {
  /** Texts to keep beside the weights. */
  readonly metadata?: Given<string>;
}

const saveNames: OptionNames<SaveWeightsOptions> = { metadata: true };

/**
 * All parameters as a safetensors file, frozen ones too: F32 [...shape] by path name.
 *
 * @throws RuntimeError RNN518, RNN520 where one is not finite
 */
export function saveWeights(instance: Weighted, options: SaveWeightsOptions = {}): Uint8Array {
  checkOptions('saveWeights', saveNames, options);
  return encodeSafetensors({
    tensors: weightTensors(instance),
    metadata: new Map(entriesOf(options.metadata ?? {})),
  });
}

/**
 * Overwrites all parameters with those of a safetensors file, which must be just these.
 *
 * @returns the file's metadata
 * @throws RuntimeError RNN516, RNN517; RNN519 with everything that differs; RNN520. Nothing is written then
 */
export function loadWeights(instance: Weighted, bytes: Uint8Array): ReadonlyMap<string, string> {
  const { tensors, metadata } = decodeSafetensors(bytes);
  setWeights(instance, tensors);
  return metadata;
}

/**
 * Overwrites all parameters of one instance with those of another, of the same equations and sizes.
 *
 * @throws RuntimeError as `loadWeights`
 */
export function copyWeights(from: Weighted, to: Weighted): void {
  setWeights(to, weightTensors(from));
}

/**
 * Copies of all parameters, for files that hold more than weights.
 *
 * @throws RuntimeError RNN520
 */
export function weightTensors({ manifest, parameters }: Weighted): ReadonlyMap<string, Tensor> {
  return new Map(
    manifest.parameters.map(({ name, shape }) => {
      const values = parameters[name]!.slice();
      checkFinite(name, values, values);
      return [name, { shape, values }];
    }),
  );
}

/** @throws RuntimeError RNN519, RNN520; nothing is written then */
export function setWeights(instance: Weighted, tensors: ReadonlyMap<string, Tensor>): void {
  const { cell, parameters } = instance.manifest;
  const differences: string[] = [];
  for (const parameter of parameters) {
    const { name, shape } = parameter;
    const tensor = tensors.get(name);
    const expected = showShape([], parameter);
    if (tensor === undefined) differences.push(`${name} is missing, ${expected}`);
    else if (!sameShape(tensor.shape, shape))
      differences.push(`${name} is [${tensor.shape.join(', ')}] instead of ${expected}`);
    else if (!isReal(tensor)) differences.push(`${name} is of whole numbers`);
  }
  for (const [name, { shape }] of tensors) {
    if (!parameters.some((parameter) => parameter.name === name))
      differences.push(`${name}, [${shape.join(', ')}], is no parameter of the cell`);
  }
  if (differences.length > 0) fail(runtimeErrors.doesNotFit, { what: 'The weights', to: cell, differences });
  const rounded = parameters.map(({ name }) => {
    const { values } = tensors.get(name)!;
    const own = Float32Array.from(values);
    checkFinite(name, own, values);
    return { name, own };
  });
  for (const { name, own } of rounded) instance.parameters[name]!.set(own);
  instance.parametersChanged();
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}

/** Whether values are of a type for real numbers. */
export function isReal({ values }: Tensor): boolean {
  return values instanceof Float32Array || values instanceof Float64Array;
}

/**
 * @param given  as `values` were before they were rounded, for the message
 * @throws RuntimeError RNN520
 */
export function checkFinite(name: string, values: ArrayLike<number>, given: ArrayLike<number>): void {
  for (let index = 0; index < values.length; index++) {
    if (Number.isFinite(values[index]!)) continue;
    fail(runtimeErrors.weightNotFinite, { name, index, value: given[index]! });
  }
}
