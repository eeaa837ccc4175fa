import type { StateSnapshot } from '../../runtime/index.ts';
import type { Forecaster } from './forecaster.ts';

/** What is kept of a sequence between its rows. */
export interface Sequence {
  readonly key: string;
  /** As they come, from 0. */
  readonly number: number;
  /** Rows so far. */
  rows: number;
  /** The last values that were read, filled ones too, in the units of their columns: one per entry of `reads`. */
  readonly last: Float64Array;
  /** State and words while another sequence has the network. */
  snapshot?: StateSnapshot;
  readonly said: Float32Array;
}

/** Lets sequences that come in turns have the one network; each finds its own state. Memory grows with their number alone. */
export class Sequences {
  readonly #forecaster: Forecaster;
  readonly #byKey = new Map<string, Sequence>();
  #current: Sequence | undefined;

  constructor(forecaster: Forecaster) {
    this.#forecaster = forecaster;
  }

  /** In the order in which their first rows came. */
  get all(): Iterable<Sequence> {
    return this.#byKey.values();
  }

  /** The sequence of a row, the network in its state. */
  enter(key: string): Sequence {
    const current = this.#current;
    if (current?.key === key) return current;
    const { network, said } = this.#forecaster;
    if (current !== undefined) {
      current.snapshot = network.saveState(undefined, current.snapshot);
      current.said.set(said);
    }
    const found = this.#byKey.get(key);
    if (found?.snapshot !== undefined) {
      network.restoreState(found.snapshot);
      said.set(found.said);
      this.#current = found;
      return found;
    }
    const { reads, predicts } = this.#forecaster;
    const begun: Sequence = {
      key,
      number: this.#byKey.size,
      rows: 0,
      last: new Float64Array(reads.length),
      said: new Float32Array(predicts.length),
    };
    this.#byKey.set(key, begun);
    network.start(undefined, [begun.number]);
    this.#current = begun;
    return begun;
  }
}
