import type { Cell } from '../../compiler/cell/cell.ts';
import { evaluateDim } from '../../compiler/cell/dim.ts';
import { bindSizes } from '../../compiler/cell/sizes.ts';
import {
  boundSizes,
  type CompileOptions,
  checkedCell,
  compile,
  compileStages,
} from '../../compiler/compile.ts';
import { type CheckedArray, gradcheck } from '../../compiler/gradcheck/gradcheck.ts';
import type { Bound } from '../../compiler/graph/bind.ts';
import type { SequenceGiven } from '../../compiler/graph/evaluate.ts';
import type { TrainingGraph } from '../../compiler/graph/graph.ts';
import { invariant } from '../../compiler/support/invariant.ts';
import { instantiateSync, Random } from '../../runtime/index.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { loadImport, readSource } from '../files.ts';
import type { Io } from '../io.ts';

export interface GradcheckCommand {
  readonly size: ReadonlyMap<string, number>;
  readonly cell?: string;
  readonly batch: number;
  readonly steps: number;
  readonly seed: number;
  readonly tolerance: number;
}

/** The symbolic gradient of a user's cell against central differences, in f64, at random values. */
export function gradcheckFile(path: string, command: GradcheckCommand, io: Io): ExitCode {
  const { batch, steps, seed, tolerance } = command;
  const source = readSource(path);
  const base: CompileOptions = {
    ...(command.cell === undefined ? {} : { cell: command.cell }),
    load: loadImport,
  };
  const cell = checkedCell(source, base);
  const sizes = smallSizes(cell, command.size);
  const options = { ...base, sizes, batch: 1, window: 1 };
  const { bound } = compileStages(source, options);
  invariant('adjoint' in bound.graph, 'a training graph was asked for');
  const parameters = instantiateSync(compile(source, { ...options, target: 'js' }), { seed }).parameters;
  const training = bound as Bound<TrainingGraph>;
  const report = gradcheck(training, randomGiven(cell, training, parameters, { batch, steps, seed }), {
    tolerance,
  });

  const header = [...sizes].map(([name, value]) => `${name}=${value}`).join(' ');
  io.out(`${cell.name}  ${header}  steps=${steps} batch=${batch} seed=${seed}\n`);
  for (const array of report.checked) io.out(`  ${line(array, cell, bound.binding.sizes, tolerance, io)}\n`);
  for (const { op, promise } of report.notDerivatives)
    io.out(`  ${op}: its backward is, on purpose, ${promise}\n`);
  const wrong = report.checked.filter(({ worst }) => worst !== undefined && worst.error > tolerance);
  if (report.passed)
    io.out(`${io.colour.green('passed')}: every derivative that was compared agrees to ${tolerance}\n`);
  else if (wrong.length === 0) {
    io.err(`${io.colour.red('failed')}: nothing could be compared; another --seed may land beside no kink\n`);
  }
  for (const { kind, name, worst } of wrong) {
    const entry = place(worst!.entry, shapeOf(cell, name, bound.binding.sizes, { steps, batch }));
    io.err(
      `${io.colour.red('failed')}: ${kind} ${name}${entry}: symbolic ${worst!.symbolic}, numeric ${worst!.numeric}, ` +
        `relative error ${worst!.error.toExponential(1)} (limit ${tolerance})\n`,
    );
  }
  return report.passed ? exitCodes.fine : exitCodes.failed;

  function line(
    array: CheckedArray,
    of: Cell,
    known: ReadonlyMap<string, number>,
    limit: number,
    { colour }: Io,
  ) {
    const { kind, name, compared, besideKink, worst } = array;
    const label = `${kind} ${name}`.padEnd(24);
    const count = `${compared} entries${besideKink === 0 ? '' : `, ${besideKink} beside a kink left out`}`;
    if (worst === undefined) return `${label} ${count}`;
    const entry = place(worst.entry, shapeOf(of, name, known, { steps, batch }));
    const mark = worst.error <= limit ? colour.green('ok') : colour.red('WRONG');
    const numbers = `symbolic ${worst.symbolic.toPrecision(10)} numeric ${worst.numeric.toPrecision(10)}`;
    return `${label} ${mark} ${count}; worst ${entry} ${numbers} error ${worst.error.toExponential(1)}`;
  }
}

/** What is not given gets a small size: differences cost four runs per entry. */
function smallSizes(cell: Cell, given: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const tries = [(i: number) => 2 + (i % 4), () => 4, () => 6, () => 2, () => 12, () => 1];
  for (const choose of tries) {
    const chosen = cell.sizes.map(({ name }, i) => [name, given.get(name) ?? choose(i)] as const);
    const sizes = new Map([...chosen, ...given]);
    if (!('diagnostics' in bindSizes(cell, sizes))) return sizes;
  }
  // Nothing small fits: let the sizes that were given, or the defaults, say why.
  return boundSizes(cell, new Map(given)).sizes;
}

/** Parameters as the cell starts them, with a little noise, so that zero biases are no special place; the rest drawn. */
function randomGiven(
  cell: Cell,
  { graph, binding }: Bound<TrainingGraph>,
  drawn: Readonly<Record<string, Float32Array>>,
  { batch, steps, seed }: { readonly batch: number; readonly steps: number; readonly seed: number },
): SequenceGiven {
  const numbers = (stream: string, shape: Cell['states'][number]['shape'], ...outer: readonly number[]) => {
    const random = new Random(seed, stream);
    const length = [...outer, ...shape.map((dim) => evaluateDim(dim, binding.sizes))].reduce(
      (a, b) => a * b,
      1,
    );
    return Float64Array.from({ length }, () => random.normal());
  };
  const inputs = [...cell.inputs, ...cell.targets].map(({ name, type, classes }) => {
    if (classes === undefined) return [name, numbers(`input ${name}`, type.shape, steps, batch)] as const;
    const random = new Random(seed, `input ${name}`);
    const count = evaluateDim(classes, binding.sizes);
    return [
      name,
      Float64Array.from({ length: steps * batch }, () => Math.floor(random.uniform() * count)),
    ] as const;
  });
  return {
    steps,
    batch,
    parameters: new Map(
      cell.parameters.map(({ name, shape }) => {
        const start = drawn[name]!;
        return [name, numbers(`noise ${name}`, shape).map((x, i) => start[i]! + 0.1 * x)];
      }),
    ),
    inputs: new Map(inputs),
    outputCotangents: new Map(
      graph.outputs.map(({ name, node }) => [
        name,
        numbers(`bar ${name}`, graph.nodes[node]!.type.shape, steps, batch),
      ]),
    ),
    finalCotangents: new Map(
      cell.states.map(({ name, shape }) => [name, numbers(`final ${name}`, shape, batch)]),
    ),
    ...(cell.loss === undefined ? {} : { lossWeights: numbers('loss', [], steps, batch) }),
  };
}

function shapeOf(
  cell: Cell,
  name: string,
  sizes: ReadonlyMap<string, number>,
  { steps, batch }: { readonly steps: number; readonly batch: number },
): readonly number[] {
  const parameter = cell.parameters.find((p) => p.name === name);
  if (parameter !== undefined) return parameter.shape.map((dim) => evaluateDim(dim, sizes));
  const input = [...cell.inputs, ...cell.targets].find((i) => i.name === name);
  return [steps, batch, ...(input?.type.shape ?? []).map((dim) => evaluateDim(dim, sizes))];
}

/** `[2, 0]` of a row-major place. */
function place(entry: number, shape: readonly number[]): string {
  const indices: number[] = [];
  let rest = entry;
  for (const size of [...shape].reverse()) {
    indices.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${indices.join(', ')}]`;
}
