import { SingleBar } from 'cli-progress';
import type { Cell } from '../../compiler/cell/cell.ts';
import { bindSizes } from '../../compiler/cell/sizes.ts';
import { boundSizes, type CompileOptions, checkedCell, compileStages } from '../../compiler/compile.ts';
import { type CheckedArray, gradcheck } from '../../compiler/gradcheck/gradcheck.ts';
import type { Bound } from '../../compiler/graph/bind.ts';
import type { SequenceGiven } from '../../compiler/graph/evaluate.ts';
import type { TrainingGraph } from '../../compiler/graph/graph.ts';
import { invariant } from '../../compiler/support/invariant.ts';
import { placeOf } from '../case/array.ts';
import { arraysOf, type CaseArrays } from '../case/shapes.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { loadImport, readSource } from '../files.ts';
import type { Io } from '../io.ts';
import { fitsEvaluator } from '../memory.ts';
import { randomGiven } from '../randomGiven.ts';

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
  const cell = checkedCell(source, { ...base, sizes: command.size });
  const sizes = smallSizes(cell, command.size);
  const { bound } = compileStages(source, { ...base, sizes, batch: 1, window: 1, inputCotangents: true });
  invariant('adjoint' in bound.graph, 'a training graph was asked for');
  const training = bound as Bound<TrainingGraph>;
  if (!fitsEvaluator(training, 2 * steps, batch)) {
    const sequences = `${steps} steps of ${batch} ${batch === 1 ? 'row' : 'rows'}`;
    throw new Failure(exitCodes.failed, `Cannot check ${sequences}: they do not fit into memory.`);
  }
  const given = randomGiven(cell, training, command);
  const progress = io.terminal ? progressBar() : undefined;
  const report = gradcheck(training, given, { tolerance, ...progress });
  progress?.stop();

  const settings = [...sizes].map(([name, value]) => `${name}=${value}`);
  io.out(`${[cell.name, ...settings, `steps=${steps}`, `batch=${batch}`, `seed=${seed}`].join(' ')}\n`);
  const arrays = arraysOf(cell, bound.binding, steps, batch);
  const labels = report.checked.map(labelOf);
  const width = Math.max(...labels.map(({ length }) => length), 0);
  for (const [i, array] of report.checked.entries())
    io.out(`  ${labels[i]!.padEnd(width)}  ${summary(array, arrays, tolerance, io)}\n`);
  for (const { op, promise } of report.notDerivatives)
    io.out(`  ${calledBy(op)}: its backward is, on purpose, ${promise}\n`);

  const failed = io.colours.err.red('failed');
  const wrong = report.checked.filter(({ worst }) => worst !== undefined && worst.error > tolerance);
  for (const array of wrong) {
    const { symbolic, numeric, error } = array.worst!;
    io.err(
      `${failed}: ${labelOf(array)}${placeOfWorst(array, arrays)}: symbolic ${symbolic}, numeric ${numeric}, ` +
        `relative error ${error.toExponential(1)} (limit ${tolerance.toExponential()})\n`,
    );
  }
  const isUndefined = wrong.some(
    ({ worst }) => Number.isNaN(worst!.symbolic) || Number.isNaN(worst!.numeric),
  );
  const infinite = infiniteStarts(given);
  if (isUndefined && infinite.length > 0) {
    const [name] = infinite;
    io.err(
      `The start of ${infinite.join(' and ')} is infinite, and a difference beside infinity is no number, whatever the ` +
        `--seed: write a large number instead, as in state ${name}: [...] = -1e6.\n`,
    );
  } else if (isUndefined) {
    io.err(
      'Random values lead out of the domain of some function (log, sqrt, a division); try another --seed.\n',
    );
  }
  if (report.passed) {
    io.out(
      `${io.colours.out.green('passed')}: every derivative that was compared agrees to ${tolerance.toExponential()}\n`,
    );
  } else if (wrong.length === 0) {
    io.err(`${failed}: nothing could be compared; another --seed may land beside no kink\n`);
  }
  return report.passed ? exitCodes.fine : exitCodes.failed;
}

/** States of which some entry begins at an infinity, by what the cell itself says. */
const infiniteStarts = ({ starts }: SequenceGiven): readonly string[] =>
  [...(starts ?? [])].flatMap(([name, array]) => (array.some((x) => Math.abs(x) === Infinity) ? [name] : []));

/** What is not given gets a small size: differences cost four runs per entry. */
function smallSizes(cell: Cell, given: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const tries = [(i: number) => 2 + (i % 4), () => 4, () => 6, () => 2, () => 12, () => 1];
  for (const choose of tries) {
    const chosen = cell.sizes.map(
      ({ name }, i) => [name, given.get(name) ?? cell.fixed.get(name) ?? choose(i)] as const,
    );
    const sizes = new Map([...chosen, ...given]);
    if (!('diagnostics' in bindSizes(cell, sizes))) return sizes;
  }
  // Nothing small fits: let the first try say why.
  const first = cell.sizes.map(({ name }, i) => [name, cell.fixed.get(name) ?? 2 + (i % 4)] as const);
  return boundSizes(cell, new Map([...first, ...given])).sizes;
}

/** On standard error, gone when it stops. */
function progressBar() {
  const bar = new SingleBar({
    format: '{bar} {value}/{total} entries',
    clearOnComplete: true,
    hideCursor: true,
  });
  const onProgress = ({ done, total }: { readonly done: number; readonly total: number }) =>
    done === 1 ? bar.start(total, done) : bar.update(done);
  return { onProgress, stop: () => bar.stop() };
}

const labelOf = ({ kind, name }: CheckedArray): string => `${kind} ${name}`;

/** `ok 6 entries; worst [0, 1] symbolic … numeric … error …` */
function summary(array: CheckedArray, arrays: CaseArrays, tolerance: number, { colours }: Io): string {
  const { compared, besideKink, worst } = array;
  const kinks = besideKink === 0 ? '' : `, ${besideKink} beside a kink left out`;
  const count = `${compared} ${compared === 1 ? 'entry' : 'entries'}${kinks}`;
  if (worst === undefined) return count;
  const mark = worst.error <= tolerance ? colours.out.green('ok') : colours.out.red('WRONG');
  const numbers = `symbolic ${worst.symbolic.toPrecision(10)} numeric ${worst.numeric.toPrecision(10)}`;
  const place = placeOfWorst(array, arrays);
  return `${mark} ${count}; worst ${place === '' ? '' : `${place} `}${numbers} error ${worst.error.toExponential(1)}`;
}

/** Nothing for a scalar. */
function placeOfWorst({ kind, name, worst }: CheckedArray, arrays: CaseArrays): string {
  const { parameters, inputs, targets, starts } = arrays;
  const list = { parameter: parameters, input: [...inputs, ...targets], start: starts }[kind];
  const { shape } = list.find((array) => array.name === name)!;
  return shape.length === 0 ? '' : placeOf(worst!.entry, shape);
}

/** Functions of arrays use it where it cancels; whoever did not write it should know where it comes from. */
function calledBy(op: string): string {
  if (op === 'surrogate') return '`with derivative`';
  return op === 'stop_gradient'
    ? `${op} (also inside softmax, logsumexp and their kin, where it cancels)`
    : op;
}
