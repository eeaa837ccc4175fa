import type { Cell } from '../../compiler/cell/cell.ts';
import { type Dim, evaluateDim, namedDim } from '../../compiler/cell/dim.ts';
import { oversOf, ownTime } from '../../compiler/cell/type.ts';
import type { Bound } from '../../compiler/graph/bind.ts';
import type { SequenceGiven } from '../../compiler/graph/evaluate.ts';
import type { StepGraph } from '../../compiler/graph/graph.ts';

/** A small seeded generator (mulberry32): numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface RandomGiven extends SequenceGiven {
  readonly parameters: ReadonlyMap<string, Float64Array>;
  readonly inputs: ReadonlyMap<string, Float64Array>;
}

/** Where numbers are drawn from: `low` or `high` alone, or anything between. */
export interface Drawn {
  readonly low: number;
  readonly high: number;
  readonly only?: boolean;
}

const anywhere: Drawn = { low: -1.5, high: 1.5 };

/** An f32 number. */
export function draw({ low, high, only = false }: Drawn, random: () => number): number {
  return Math.fround(only ? (random() < 0.5 ? low : high) : low + random() * (high - low));
}

/**
 * Random numbers for everything a cell reads and for the cotangents of everything it gives. Values are f32 numbers, so
 * that f64 and f32 runs start from the same.
 *
 * @param values  where the numbers of an input, parameter or state come from, if not from -1.5 to 1.5
 */
export function randomGiven(
  cell: Cell,
  bound: Bound<StepGraph>,
  {
    steps,
    batch,
    seed,
    starts = false,
    values = new Map(),
  }: {
    steps: number;
    batch: number;
    seed: number;
    starts?: boolean;
    values?: ReadonlyMap<string, Drawn>;
  },
): RandomGiven {
  const random = seeded(seed);
  const numbers = (shape: readonly Dim[], ...outer: number[]) => drawn(anywhere, shape, ...outer);
  const named = (name: string, shape: readonly Dim[], ...outer: number[]) =>
    drawn(values.get(name) ?? anywhere, shape, ...outer);
  const drawn = (range: Drawn, shape: readonly Dim[], ...outer: number[]) => {
    const entries = [...outer, ...shape.map((d) => evaluateDim(d, bound.binding.sizes))].reduce(
      (a, b) => a * b,
      1,
    );
    return Float64Array.from({ length: entries }, () => draw(range, random));
  };
  const perUpdate = cell.noises.filter(({ scope }) => scope === 'update');
  const perRow = cell.noises.filter(({ scope }) => scope !== 'update');
  const shapeOf = (id: number) => bound.graph.nodes[id]!.type.shape;
  return {
    steps,
    batch,
    parameters: new Map(
      [...cell.parameters, ...perUpdate].map(({ name, shape }) => [name, named(name, shape)]),
    ),
    inputs: new Map([
      ...perRow.map(({ name, shape }) => [name, named(name, shape, steps, batch)] as const),
      ...[...cell.inputs, ...cell.targets].map(({ name, type, classes }) => {
        const over = oversOf(type.outer).map(namedDim);
        const outer = type.outer.includes(ownTime) ? [steps, batch] : [batch];
        const given = named(name, [...over, ...type.shape], ...outer);
        if (classes === undefined) return [name, given] as const;
        const count = evaluateDim(classes, bound.binding.sizes);
        return [name, given.map(() => Math.floor(random() * count))] as const;
      }),
    ]),
    ...(starts
      ? { starts: new Map(cell.states.map(({ name, shape }) => [name, named(name, shape, batch)])) }
      : {}),
    outputCotangents: new Map(
      bound.graph.outputs.map(({ name, node }) => [name, numbers(shapeOf(node), steps, batch)]),
    ),
    finalCotangents: new Map(cell.states.map(({ name, shape }) => [name, numbers(shape, batch)])),
    ...(cell.loss === undefined ? {} : { lossWeights: numbers([], steps, batch) }),
  };
}
