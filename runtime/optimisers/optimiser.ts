import type { Named } from '../named.ts';

/** What an optimiser works on; an `Instance` is one. */
export interface Trainable {
  readonly parameters: Named<Float32Array>;
  readonly gradients: Named<Float32Array>;
  parametersChanged(): void;
}

/** Updates parameters from gradients, and gathers what it needs for that. */
export interface Optimiser {
  /** At least 0 and finite; may be changed between updates. */
  learningRate: number;
  /** Updates done. */
  readonly updates: number;
  /**
   * One update of all parameters that have a gradient.
   *
   * @throws RuntimeError RNN509 for such a learning rate, RNN513 where `instance` is of another cell than before, nothing
   *         is changed then; RNN512 where a parameter is no longer finite
   */
  step(instance: Trainable): void;
  /**
   * As `step`, where each gradient is first multiplied by its factor, in the same pass: what `Clipper.factors` left to
   * do. Afterwards the gradients stand there multiplied.
   *
   * @param factors  one per gradient, in their order
   */
  scaledStep?(instance: Trainable, factors: readonly number[]): void;
  /** A copy of all it has gathered. */
  save(): OptimiserState;
  /**
   * Goes on from `state`, saved by an optimiser of the same kind and options.
   *
   * @throws RuntimeError RNN513, RNN519; nothing is changed then
   */
  load(state: OptimiserState): void;
}

/** What an optimiser has gathered, as plain data. What is left out is not looked at by `load`. */
export interface OptimiserState {
  /** Which optimiser: `adam`. */
  readonly kind?: string;
  /** All of its options but the learning rate. */
  readonly options?: Named<number | boolean>;
  /** At the time of saving; `load` sets it again. */
  readonly learningRate?: number;
  readonly updates: number;
  /** What is gathered, by its name (`velocity`), then by parameter: [...shape]. */
  readonly arrays: Named<Named<Float32Array | Float64Array>>;
}
