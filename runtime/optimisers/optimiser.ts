import { fail, runtimeErrors } from '../errors.ts';
import { type Given, lookUp, type Named, named } from '../named.ts';

/** What an optimiser works on; an `Instance` is one. */
export interface Trainable {
  readonly parameters: Named<Float32Array>;
  readonly gradients: Named<Float32Array>;
  parametersChanged(): void;
}

export interface Optimiser {
  /** May be changed between updates. */
  learningRate: number;
  /** Updates done. */
  readonly updates: number;
  /**
   * One update of all parameters that have a gradient.
   *
   * @throws RuntimeError RNN512 where a parameter is no longer finite, RNN513 where `instance` is of another cell than
   *         before
   */
  step(instance: Trainable): void;
  /** A copy of all it has gathered. */
  save(): OptimiserState;
  /** Goes on from `state`, saved by an optimiser of the same kind. */
  load(state: OptimiserState): void;
}

/** Plain data. */
export interface OptimiserState {
  readonly updates: number;
  /** What is gathered, by its name (`velocity`), then by parameter: [...shape]. */
  readonly arrays: Named<Named<Float32Array | Float64Array>>;
}

/** One array per parameter, of zeros at first. */
export class Gathered<Values extends Float32Array | Float64Array> {
  readonly #zeros: (length: number) => Values;
  #arrays = new Map<string, Values>();

  constructor(zeros: (length: number) => Values) {
    this.#zeros = zeros;
  }

  /** @throws RuntimeError RNN513 where the array there is has another length */
  of(parameter: string, length: number): Values {
    const found = this.#arrays.get(parameter);
    if (found !== undefined) {
      if (found.length !== length) {
        const what = 'The state of this optimiser';
        fail(runtimeErrors.otherCell, { what, name: parameter, expected: length, got: found.length });
      }
      return found;
    }
    const made = this.#zeros(length);
    this.#arrays.set(parameter, made);
    return made;
  }

  save(): Named<Values> {
    return named([...this.#arrays].map(([name, values]) => [name, values.slice() as Values]));
  }

  load(arrays: Given<ArrayLike<number>>): void {
    this.#arrays = new Map();
    for (const name of arrays instanceof Map ? arrays.keys() : Object.keys(arrays)) {
      const values = lookUp(arrays, name)!;
      this.of(name, values.length).set(values);
    }
  }
}

/**
 * Updates each parameter that has a gradient, entry by entry.
 *
 * @param update  writes the new entries of one parameter
 * @throws RuntimeError RNN512
 */
export function updateAll(
  instance: Trainable,
  updates: number,
  update: (name: string, parameter: Float32Array, gradient: Float32Array) => void,
): void {
  for (const name of Object.keys(instance.gradients)) {
    const parameter = instance.parameters[name]!;
    update(name, parameter, instance.gradients[name]!);
    for (let index = 0; index < parameter.length; index++) {
      const value = parameter[index]!;
      if (Number.isFinite(value)) continue;
      fail(runtimeErrors.parameterNotFinite, { parameter: name, index, value, update: updates });
    }
  }
  instance.parametersChanged();
}
