import { evaluateDim } from '../../compiler/cell/dim.ts';
import type { Stages } from '../../compiler/compile.ts';
import type { Expression } from '../../compiler/syntax/tree.ts';
import type { RandomGiven } from '../support/randomValues.ts';
import { evaluateFormula, parseFormula, scalar, type Value } from './evaluateText.ts';

interface Line {
  readonly target: string;
  /** `E_bar[token] += …`: the name of the index. */
  readonly row?: string;
  readonly value: Expression;
}

interface Printed {
  readonly forward: readonly Line[];
  readonly backward: readonly Line[];
  readonly summed: readonly Line[];
  readonly first: readonly Line[];
  readonly perSequence: readonly Line[];
  readonly once: readonly Line[];
}

const headings: readonly (readonly [RegExp, keyof Printed])[] = [
  [/: one step, forward/, 'forward'],
  [/^# One step, backward/, 'backward'],
  [/^# Back to/, 'backward'],
  [/^# Gradients of parameters/, 'summed'],
  [/^# At the first step/, 'first'],
  [/^# Gradients by way of start/, 'perSequence'],
  [/^# From these sums/, 'once'],
];

/** The equations of a printed derivation, by the heading they stand under; every right-hand side must parse. */
export function readPrinted(text: string): Printed {
  const lists: Record<keyof Printed, Line[]> = {
    forward: [],
    backward: [],
    summed: [],
    first: [],
    perSequence: [],
    once: [],
  };
  for (const paragraph of text.trim().split('\n\n')) {
    const rows = paragraph.split('\n');
    const heading = headings.find(([pattern]) => pattern.test(rows[0]!));
    if (heading === undefined) throw new Error(`unknown heading ${rows[0]}`);
    for (const row of rows.filter((r) => !r.startsWith('#'))) lists[heading[1]].push(lineOf(row));
  }
  return lists;
}

function lineOf(row: string): Line {
  const [, name, index, value] = /^([\p{L}\p{N}_.]+)(?:\[(.*?)\])? \+?= (.*)$/u.exec(row) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not an equation: ${row}`);
  return { target: name, ...(index === undefined ? {} : { row: index }), value: parseFormula(value) };
}

export interface PrintedResult {
  readonly gradients: ReadonlyMap<string, readonly number[]>;
  readonly inputCotangents: ReadonlyMap<string, readonly number[]>;
  readonly startCotangents: ReadonlyMap<string, readonly number[]>;
  readonly values: ReadonlyMap<string, readonly number[]>;
}

type Names = Map<string, Value>;

/** Runs back-propagation through time by hand, with nothing but the printed equations. */
export function runPrinted(text: string, { cell, bound, graph }: Stages, given: RandomGiven): PrintedResult {
  const printed = readPrinted(text);
  const { sizes, numbers } = bound.binding;
  const shapeOf = (name: string, list: readonly { name: string; node: number }[]) =>
    graph.nodes[list.find((entry) => entry.name === name)!.node]!.type.shape.map((d) =>
      evaluateDim(d, sizes),
    );
  const shared: Names = new Map();
  for (const [name, value] of [...sizes, ...numbers]) shared.set(name, scalar(value));
  for (const [name, data] of bound.constants) {
    shared.set(name, {
      shape: cell.constants.find((c) => c.name === name)!.shape.map((d) => evaluateDim(d, sizes)),
      data: [...data],
    });
  }
  for (const [name, data] of given.parameters) {
    shared.set(name, { shape: shapeOf(name, graph.parameters), data: [...data] });
  }
  const classes = [...cell.inputs, ...cell.targets].find((i) => i.classes !== undefined)?.classes;
  if (classes !== undefined) shared.set('classes', scalar(evaluateDim(classes, sizes)));

  const row = (all: Float64Array | undefined, place: number, shape: readonly number[]): Value => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data =
      all === undefined ? new Array(size).fill(0) : [...all.subarray(place * size, (place + 1) * size)];
    return { shape, data };
  };
  const run = (lines: readonly Line[], names: Names) => {
    for (const { target, row: index, value } of lines) {
      if (index === undefined)
        names.set(
          target,
          evaluateFormula(value, (n) => names.get(n)),
        );
    }
  };
  const stateShapes = new Map(
    graph.states.map(({ name, previous }) => [
      name,
      graph.nodes[previous]!.type.shape.map((d) => evaluateDim(d, sizes)),
    ]),
  );
  const filled = (value: Value, shape: readonly number[]): Value =>
    value.shape.length === shape.length
      ? value
      : { shape, data: new Array(shape.reduce((a, b) => a * b, 1)).fill(value.data[0]) };
  const sums: Names = new Map();
  const add = (target: string, { shape, data }: Value) => {
    const known = sums.get(target);
    if (known === undefined) sums.set(target, { shape, data });
    else sums.set(target, { shape, data: known.data.map((x, i) => x + data[i]!) });
  };
  const addAll = (lines: readonly Line[], names: Names) => {
    for (const { target, row: index, value } of lines) {
      const parameter = shared.get(target.replace(/_bar$/, ''));
      const shape = parameter?.shape ?? [];
      const found = evaluateFormula(value, (n) => names.get(n));
      if (index === undefined) add(target, filled(found, shape.length === 0 ? found.shape : shape));
      else {
        const place = evaluateFormula(parseFormula(index), (n) => names.get(n)).data[0]!;
        const data = new Array(shape.reduce((a, b) => a * b, 1)).fill(0);
        found.data.forEach((x, i) => {
          data[place * found.data.length + i] = x;
        });
        add(target, { shape, data });
      }
    }
  };

  const inputs = [...graph.inputs, ...graph.targets];
  const inputCotangents = new Map<string, number[]>();
  const startCotangents = new Map<string, number[]>();
  const values = new Map<string, number[]>();
  const order = { steps: given.steps, batch: given.batch };
  for (const { name, node } of inputs) {
    const size = shapeOf(name, inputs).reduce((a, b) => a * b, 1);
    if (graph.nodes[node]!.type.element === 'real') {
      inputCotangents.set(name, new Array(order.steps * order.batch * size).fill(0));
    }
  }
  for (let b = 0; b < order.batch; b++) {
    const steps: Names[] = [];
    for (let t = 0; t < order.steps; t++) {
      const names: Names = new Map(shared);
      for (const { name } of inputs) {
        names.set(name, row(given.inputs.get(name), t * order.batch + b, shapeOf(name, inputs)));
      }
      names.set('step', scalar(t));
      const starts: Names = new Map(shared);
      run(
        printed.forward.filter(({ target }) => target.endsWith('_start')),
        starts,
      );
      for (const { name, start, hidden } of graph.states) {
        const shape = stateShapes.get(name)!;
        const leaf = graph.nodes[start]!;
        const number = leaf.form === 'fill' ? (leaf.value as number) : 0;
        const first = starts.get(`${name}_start`) ?? scalar(number);
        const before = t === 0 ? filled(first, shape) : steps[t - 1]!.get(name)!;
        names.set(`${name}_prev`, hidden && t === 0 ? filled(scalar(number), shape) : filled(before, shape));
      }
      run(printed.forward, names);
      for (const { name, node } of graph.values) {
        const shape = graph.nodes[node]!.type.shape.map((d) => evaluateDim(d, sizes));
        names.set(name, filled(names.get(name)!, shape));
        if (!values.has(name)) values.set(name, []);
        const size = shape.reduce((x, y) => x * y, 1);
        names.get(name)!.data.forEach((x, i) => {
          values.get(name)![(t * order.batch + b) * size + i] = x;
        });
      }
      steps.push(names);
    }
    for (let t = order.steps - 1; t >= 0; t--) {
      const names = steps[t]!;
      names.set('loss_bar', row(given.lossWeights, t * order.batch + b, []));
      for (const { name } of graph.outputs) {
        names.set(
          `${name}_bar_out`,
          row(given.outputCotangents?.get(name), t * order.batch + b, shapeOf(name, graph.outputs)),
        );
      }
      for (const [name, shape] of stateShapes) {
        const later = steps[t + 1]?.get(`${name}_prev_bar`);
        const arriving = later ?? row(given.finalCotangents?.get(name), b, shape);
        names.set(`${name}_bar_next`, filled(arriving, shape));
      }
      run(printed.backward, names);
      for (const [name, list] of inputCotangents) {
        const shape = shapeOf(name, inputs);
        const { data } = filled(names.get(`${name}_bar`)!, shape);
        data.forEach((x, i) => {
          list[(t * order.batch + b) * data.length + i] = x;
        });
      }
      addAll(printed.summed, names);
    }
    const firstNames: Names = new Map(shared);
    for (const [name, shape] of stateShapes) {
      const leaving = filled(steps[0]!.get(`${name}_prev_bar`) ?? scalar(0), shape);
      firstNames.set(`${name}_start_bar`, leaving);
      startCotangents.set(name, [...(startCotangents.get(name) ?? []), ...leaving.data]);
    }
    run(
      printed.forward.filter(({ target }) => target.endsWith('_start')),
      firstNames,
    );
    for (const line of printed.forward) {
      const known = steps[0]!.get(line.target);
      if (known !== undefined && !firstNames.has(line.target)) firstNames.set(line.target, known);
    }
    run(printed.first, firstNames);
    addAll(printed.perSequence, firstNames);
  }
  const all: Names = new Map([...shared, ...sums]);
  for (const line of printed.forward) {
    try {
      if (!all.has(line.target))
        all.set(
          line.target,
          evaluateFormula(line.value, (n) => all.get(n)),
        );
    } catch {
      // It reads what differs from step to step, and nothing after the sums reads it.
    }
  }
  run(printed.once, all);
  const gradients = new Map(
    [...given.parameters.keys()].flatMap((name) => {
      const found = all.get(`${name}_bar`);
      return found === undefined ? [] : [[name, filled(found, shared.get(name)!.shape).data] as const];
    }),
  );
  return { gradients, inputCotangents, startCotangents, values };
}
