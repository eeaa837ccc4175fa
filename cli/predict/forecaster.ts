import type { Instance } from '../../runtime/index.ts';
import { denormalised, type Scale } from '../data/scale.ts';
import { exitCodes, Failure } from '../failure.ts';
import type { Configuration } from '../run/configuration.ts';
import type { OpenRun } from './openRun.ts';

/** A number that the network reads at a row. */
export interface Read {
  readonly input: string;
  readonly column: string;
  readonly scale: Scale;
  /** A whole number below it. */
  readonly classes?: number;
}

/** A number that the network predicts. */
export interface Predicted {
  readonly target: string;
  readonly column: string;
  readonly scale: Scale;
  /** Then `output` holds a score for every class, and the highest wins. */
  readonly classes?: number;
  readonly output: string;
  /** Where in the output it stands, or its scores begin. */
  readonly at: number;
}

/**
 * A network of one row between the columns of a table. Values it reads and says are in its own units: normalised, or
 * the number of a class.
 */
export class Forecaster {
  readonly configuration: Configuration;
  readonly network: Instance;
  /** In the order of the inputs, row-major in each. */
  readonly reads: readonly Read[];
  /** In the order of the targets, row-major in each; a column that is there twice, once. */
  readonly predicts: readonly Predicted[];
  /** What it said at the last step: one per entry of `predicts`. */
  readonly said: Float32Array;
  readonly #slots: readonly { readonly buffer: Float32Array | Int32Array; readonly at: number }[];

  /** @throws Failure where no output says what a target will be */
  constructor({ configuration, network }: OpenRun) {
    const { inputs } = configuration;
    this.configuration = configuration;
    this.network = network;
    this.predicts = predictedOf(configuration);
    this.said = new Float32Array(this.predicts.length);
    const scaleOf = scales(configuration);
    this.reads = inputs.flatMap(({ name, columns, classes }) =>
      columns.map((column) => ({
        input: name,
        column,
        scale: scaleOf(column),
        ...(classes !== undefined && { classes }),
      })),
    );
    this.#slots = inputs.flatMap(({ name, columns }) =>
      columns.map((_, at) => ({ buffer: network.inputs[name]!, at })),
    );
  }

  /**
   * @param values  one per entry of `reads`
   * @throws Failure (failed) where a class is NaN: what the network said before was no number
   */
  step(values: ArrayLike<number>): void {
    for (let i = 0; i < this.#slots.length; i++) {
      const { buffer, at } = this.#slots[i]!;
      const value = values[i]!;
      if (Number.isNaN(value) && buffer instanceof Int32Array) this.#refuseClass(i);
      buffer[at] = value;
    }
    const outputs = this.network.step();
    for (let i = 0; i < this.predicts.length; i++) {
      const { output, at, classes } = this.predicts[i]!;
      const values = outputs[output]!;
      this.said[i] = classes === undefined ? values[at]! : highest(values, at, classes);
    }
  }

  #refuseClass(which: number): never {
    const { column } = this.reads[which]!;
    throw new Failure(
      exitCodes.failed,
      `The scores of ${column} are no numbers any more, so no class wins and nothing follows.`,
    );
  }

  /** In the units of the column. */
  inUnits(which: number, said: number): number {
    return denormalised(said, this.predicts[which]!.scale);
  }
}

function scales({ columns }: Configuration): (column: string) => Scale {
  const byName = new Map(columns.map((scale) => [scale.column, scale]));
  return (column) => byName.get(column)!;
}

function predictedOf(configuration: Configuration): readonly Predicted[] {
  const scaleOf = scales(configuration);
  const found = new Map<string, Predicted>();
  for (const { name, columns, classes, output } of configuration.targets) {
    if (output === undefined) continue;
    for (const [i, column] of columns.entries()) {
      if (found.has(column)) continue;
      const at = i * (classes ?? 1);
      const more = classes === undefined ? {} : { classes };
      found.set(column, { target: name, column, scale: scaleOf(column), output, at, ...more });
    }
  }
  if (found.size > 0) return [...found.values()];
  const { name } = configuration.cell;
  const [target] = configuration.targets;
  throw new Failure(
    exitCodes.failed,
    target === undefined
      ? `${name} has no target, so nothing says what a prediction would be of.`
      : `${name} has no output that says what ${target.name} will be. Give it one ${shapeWanted(target)}, for example ` +
          `output ${target.name}_hat, and train it again.`,
  );
}

function shapeWanted({ columns, classes }: Configuration['targets'][number]): string {
  if (classes !== undefined) return `with a score for each of its ${classes} classes`;
  return columns.length === 1 ? 'of its shape, one number' : `of its shape, ${columns.length} numbers`;
}

/** @returns which of `count` values from `first` on is largest, the first of equals; NaN where one is NaN */
function highest(values: Float32Array, first: number, count: number): number {
  let best = first;
  for (let i = first; i < first + count; i++) {
    if (Number.isNaN(values[i]!)) return Number.NaN;
    if (values[i]! > values[best]!) best = i;
  }
  return best - first;
}
