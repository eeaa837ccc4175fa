import type { Cell, Input } from '../../compiler/cell/cell.ts';
import { evaluateDim, formatDim } from '../../compiler/cell/dim.ts';
import { oversOf, ownTime } from '../../compiler/cell/type.ts';
import { checkedCell } from '../../compiler/index.ts';
import type { Source } from '../../compiler/source/source.ts';
import { type Drawn, draw, seeded } from '../support/randomValues.ts';
import { headerOf, load } from './files.ts';

/** Something a cell can learn in a moment. Arrays are [steps, batch, ...shape] by name. */
export interface Task {
  readonly source: Source;
  readonly sizes: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, Float32Array | Int32Array>>;
  /** Given once per sequence, [batch, ...shape]. */
  readonly sequenceInputs: Readonly<Record<string, Float32Array>>;
  readonly targets: Readonly<Record<string, Float32Array | Int32Array>>;
}

/** Walked over and over, so that the next letter can be told from the last two. */
const letters = [0, 1, 2, 3, 4, 3, 1];

/**
 * A task for a file of dsl-examples. Index inputs walk through seven letters, others are drawn. What is to be said: of the
 * letters the next, of the others the first entry of the first input one step back; by the cell's own loss, or where it
 * has none, by squared error of a linear readout of its first output, in a cell around it.
 */
export function taskOf(file: string, steps: number, batch: number): Task {
  const { sizes, values } = headerOf(file);
  const source = load(file);
  const cell = checkedCell(source, { load });
  const random = seeded(5);
  const rows = steps * batch;
  const width = ({ type }: Input) =>
    type.shape.reduce((product, dim) => product * evaluateDim(dim, new Map(Object.entries(sizes))), 1);
  const letterAt = (row: number, classes: number) =>
    letters[Math.floor(row / batch) % letters.length]! % classes;
  const classesOf = ({ classes }: Input) => evaluateDim(classes!, new Map(Object.entries(sizes)));
  const drawn = (input: Input) => {
    if (input.classes !== undefined) {
      return Int32Array.from({ length: rows }, (_, row) => letterAt(row, classesOf(input)));
    }
    const range: Drawn = values.get(input.name) ?? { low: -1, high: 1 };
    return Float32Array.from({ length: rows * width(input) }, () => draw(range, random));
  };
  const perStep = cell.inputs.filter(isPerStep);
  const inputs = Object.fromEntries(perStep.map((input) => [input.name, drawn(input)]));
  const sequenceInputs = Object.fromEntries(
    cell.inputs.flatMap((input) => {
      if (isPerStep(input)) return [];
      const places = oversOf(input.type.outer).reduce((product, size) => product * sizes[size]!, batch);
      const range: Drawn = values.get(input.name) ?? { low: -1, high: 1 };
      const entries = Float32Array.from({ length: places * width(input) }, () => draw(range, random));
      return [[input.name, entries] as const];
    }),
  );
  const [first] = perStep;
  const given = inputs[first!.name]!;
  const entries = given.length / rows;
  const before = (row: number) => (row < batch ? 0 : given[(row - batch) * entries]!);
  const wanted = (target: Input) => {
    if (target.classes !== undefined) {
      return Int32Array.from({ length: rows }, (_, row) => letterAt(row + batch, classesOf(target)));
    }
    const each = width(target);
    return Float32Array.from({ length: rows * each }, (_, i) => before(Math.floor(i / each)));
  };
  if (cell.loss !== undefined) {
    const targets = Object.fromEntries(cell.targets.map((target) => [target.name, wanted(target)]));
    return { source, sizes, inputs, sequenceInputs, targets };
  }
  return {
    source: { name: 'task.rnn', text: readoutOf(cell, file) },
    sizes,
    inputs,
    sequenceInputs,
    targets: { said: Float32Array.from({ length: rows }, (_, row) => before(row)) },
  };
}

const isPerStep = ({ type }: Input): boolean => type.outer.includes(ownTime);

/** A cell around the cell, of the same sizes, with a linear readout. */
function readoutOf(cell: Cell, file: string): string {
  const sizes = cell.sizes.map(({ name }) => name).join(', ');
  const inputs = cell.inputs.map(
    ({ name, type, classes }) =>
      `${name}: ${classes === undefined ? `[${type.shape.map(formatDim).join(', ')}]` : `index(${formatDim(classes)})`}` +
      oversOf(type.outer)
        .map((size) => ` over ${size}`)
        .join('') +
      (type.outer.includes(ownTime) ? '' : ' per sequence'),
  );
  const [output] = cell.outputs;
  const read = `around.${output!.name}`;
  const shape = output!.value.type.shape.map(formatDim).join(', ');
  return `import { ${cell.name} } from "./${file}"
cell Readout(${sizes}) {
  input  ${inputs.join(', ')}
  target said: []
  cell   inner: ${cell.name}(${sizes})
  param  readout: [${shape}] ~ normal(0, 0.5), offset: [] = 0
  around = inner(${cell.inputs.map(({ name }) => name).join(', ')})
  loss   0.5*(sum(readout*${read}) + offset - said)^2
}
`;
}
