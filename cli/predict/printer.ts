import { exitCodes, Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import type { Forecaster } from './forecaster.ts';

/** Prints predictions as CSV, in the units of their columns. */
export class Printer {
  readonly #forecaster: Forecaster;
  readonly #io: Io;
  readonly #key: string | undefined;
  readonly #delimiter: string;
  /** Digits that say all a number of single precision can, by column. */
  readonly #digits: readonly number[];
  #text = '';

  constructor(forecaster: Forecaster, delimiter: string, key: string | undefined, io: Io) {
    this.#forecaster = forecaster;
    this.#io = io;
    this.#key = key;
    this.#delimiter = delimiter;
    this.#digits = forecaster.predicts.map(({ scale: { mean, deviation } }) => {
      const lost = mean === 0 ? 0 : Math.ceil(Math.log10(Math.abs(mean) / deviation));
      return Math.min(17, 9 + Math.max(0, lost));
    });
  }

  header(): void {
    const { predicts } = this.#forecaster;
    const names = [...(this.#key === undefined ? [] : [this.#key]), ...predicts.map(({ column }) => column)];
    this.#text += `${names.map((name) => field(name, this.#delimiter)).join(this.#delimiter)}\n`;
  }

  /**
   * What the network said last.
   *
   * @throws Failure (failed) where it is not finite
   */
  row(key: string, where: () => string): void {
    const { said } = this.#forecaster;
    if (this.#key !== undefined) this.#text += field(key, this.#delimiter) + this.#delimiter;
    for (let i = 0; i < said.length; i++) {
      const value = this.#forecaster.inUnits(i, said[i]!);
      if (!Number.isFinite(value)) {
        throw new Failure(
          exitCodes.failed,
          `${where()}: the prediction of ${this.#forecaster.predicts[i]!.column} is no finite number any more.`,
        );
      }
      if (i > 0) this.#text += this.#delimiter;
      this.#text += String(Number(value.toPrecision(this.#digits[i]!)));
    }
    this.#text += '\n';
  }

  get waiting(): number {
    return this.#text.length;
  }

  /** Hands over all whole lines so far. */
  flush(): Promise<void> | void {
    if (this.#text === '') return;
    const end = this.#text.lastIndexOf('\n') + 1;
    this.#io.out(this.#text.slice(0, end));
    this.#text = '';
    return this.#io.drained?.();
  }
}

/** In quotes where it holds what would end it. */
function field(text: string, delimiter: string): string {
  return text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
