import { parse } from 'csv-parse/sync';
import type { Cell, Input } from '../../compiler/cell/cell.ts';
import { type Dim, evaluateDim, formatDim } from '../../compiler/cell/dim.ts';
import { perStep, sameOuter } from '../../compiler/cell/type.ts';
import { boundSizes } from '../../compiler/compile.ts';
import { exitCodes, Failure } from '../failure.ts';
import { quoted } from './columns.ts';

/** Which columns an input or target takes. */
export interface BoundInput {
  readonly name: string;
  /** One per entry of its shape, row-major. */
  readonly columns: readonly string[];
  /** Entries are whole numbers 0 … classes - 1, and are not normalised. */
  readonly classes?: number;
  /** The size of the cell that is how many classes there are; absent where that is an expression or a number. */
  readonly classSize?: string;
}

export interface Wishes {
  /** What was given as `--inputs`, each time: `a,b` or `x=a,b`. */
  readonly inputs: readonly string[];
  readonly targets: readonly string[];
  /** `--forecast`: the target is the next row's value. */
  readonly forecast: readonly string[];
}

export interface Bindings {
  readonly inputs: readonly BoundInput[];
  readonly targets: readonly BoundInput[];
  /** Rows from an input to its target: 1 in a forecast, else 0. */
  readonly ahead: 0 | 1;
  /** Those given, and those that follow from how many columns an input takes. */
  readonly sizes: ReadonlyMap<string, number>;
}

/**
 * Which columns go where, before any file is read. An input that nothing is said about takes the column of its own name.
 *
 * @param sizes  given by the caller
 * @throws Failure (usage) that says what to write; CompileError where sizes are missing or do not fit
 */
export function bindColumns(cell: Cell, wishes: Wishes, sizes: ReadonlyMap<string, number>): Bindings {
  const apart = [...cell.inputs, ...cell.targets].find(({ type }) => !sameOuter(type.outer, perStep));
  if (apart !== undefined) {
    refuse(
      `${apart.name} is given once per sequence or over a size; a row of a table is one step. Train in a program.`,
    );
  }
  const { forecast } = wishes;
  const forecasting = forecast.length > 0;
  if (forecasting && wishes.targets.length > 0) {
    refuse('--forecast makes the target from the series itself: leave out --targets, or --forecast.');
  }
  if (forecasting && cell.targets.length === 0) {
    refuse(
      `--forecast needs a target to compare with, and ${cell.name} has none. Write, for example: target y: []`,
    );
  }
  const inputsGiven =
    wishes.inputs.length === 0 && forecasting && cell.inputs.length === 1 ? forecast : wishes.inputs;
  const inputs = assign('input', cell.inputs, inputsGiven);
  const targets = assign('target', cell.targets, forecasting ? forecast : wishes.targets);
  const inferred = new Map(sizes);
  const taken = (what: What, given: ReadonlyMap<string, readonly string[]>) => (input: Input) =>
    takeColumns(what, input, given.get(input.name), inferred);
  const inputColumns = cell.inputs.map(taken('input', inputs));
  const targetColumns = cell.targets.map(taken('target', targets));
  const bound = boundSizes(cell, inferred).sizes;
  const checked = (what: What, columns: readonly (readonly string[])[]) => (input: Input, i: number) =>
    checkCount(what, input, columns[i]!, bound);
  return {
    inputs: cell.inputs.map(checked('input', inputColumns)),
    targets: cell.targets.map(checked('target', targetColumns)),
    ahead: forecasting ? 1 : 0,
    sizes: inferred,
  };
}

type What = 'input' | 'target';

/** By input: its columns, from the lists of the command line. */
function assign(
  what: What,
  inputs: readonly Input[],
  lists: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const columns = new Map<string, readonly string[]>();
  const bare: string[][] = [];
  for (const list of lists) {
    const [, name, rest] = /^\s*([^=]*?)\s*=(.*)$/su.exec(list) ?? [];
    const input = inputs.find((candidate) => candidate.name === name?.normalize('NFC'));
    if (input === undefined) {
      bare.push(columnList(list, what));
      continue;
    }
    if (columns.has(input.name)) refuse(`--${what}s names the columns of ${input.name} twice.`);
    columns.set(input.name, columnList(rest!, what));
  }
  const named = bare.flat();
  if (named.length === 0) return columns;
  const open = inputs.filter(({ name }) => !columns.has(name));
  if (open.length === 0) {
    const known = inputs.length === 0 ? `the cell has no ${what}s` : `every ${what} has its columns already`;
    refuse(`--${what}s ${named.join(',')}: ${known}.`);
  }
  if (open.length === 1) return columns.set(open[0]!.name, named);
  if (open.every(({ type }) => type.shape.length === 0) && open.length === named.length) {
    const byName = open.every(({ name }) => named.includes(name));
    for (const [i, { name }] of open.entries()) columns.set(name, [byName ? name : named[i]!]);
    return columns;
  }
  const example = open.map(({ name }) => `--${what}s ${name}=COLUMN,…`).join(' ');
  return refuse(
    `The cell has several ${what}s, ${open.map(declared).join(', ')}. Say which takes which columns: ${example}`,
  );
}

/** Names between commas; one that holds a comma stands in quotes. */
function columnList(text: string, what: What): string[] {
  const names = (() => {
    try {
      return parse(text, { relax_quotes: true, trim: true })[0] as string[] | undefined;
    } catch {
      return undefined;
    }
  })();
  const found = (names ?? []).map((name) => name.normalize('NFC'));
  if (found.length === 0 || found.includes('')) {
    refuse(`${quoted(text)} is no list of columns. Write --${what}s a,b`);
  }
  return found;
}

/** @param sizes  gains a size that stands alone in the shape, `[I]`, and was not given */
function takeColumns(
  what: What,
  input: Input,
  given: readonly string[] | undefined,
  sizes: Map<string, number>,
): readonly string[] {
  const { name, type } = input;
  if (given === undefined && type.shape.length > 0) {
    refuse(`The ${what} ${declared(input)} takes several columns. Say which: --${what}s ${name}=COLUMN,…`);
  }
  const columns = given ?? [name];
  const alone = type.shape.length === 1 ? nameOf(type.shape[0]!) : undefined;
  if (alone !== undefined && !sizes.has(alone)) sizes.set(alone, columns.length);
  return columns;
}

function checkCount(
  what: What,
  input: Input,
  columns: readonly string[],
  sizes: ReadonlyMap<string, number>,
): BoundInput {
  const { name, type, classes } = input;
  const extents = type.shape.map((dim) => evaluateDim(dim, sizes));
  const count = extents.reduce((product, extent) => product * extent, 1);
  if (count !== columns.length) {
    const again = columns.find((column, i) => columns.indexOf(column) < i);
    const shape = extents.length === 0 ? '' : ` ([${extents.join(', ')}] here)`;
    refuse(
      `The ${what} ${declared(input)} takes ${count} ${count === 1 ? 'column' : 'columns'}${shape}, ` +
        `and ${columns.length} ${columns.length === 1 ? 'is' : 'are'} given: ${columns.join(', ')}.` +
        (again === undefined ? '' : ` ${again} is there twice.`),
    );
  }
  if (classes === undefined) return { name, columns };
  const classSize = nameOf(classes);
  return {
    ...{ name, columns, classes: evaluateDim(classes, sizes) },
    ...(classSize !== undefined && { classSize }),
  };
}

const declared = ({ name, type }: Input): string => `${name}: [${type.shape.map(formatDim).join(', ')}]`;

/** `H`, where the size is just that name. */
function nameOf({ terms }: Dim): string | undefined {
  const [term] = terms;
  if (terms.length !== 1 || term!.numerator !== 1 || term!.denominator !== 1) return undefined;
  const [factor] = term!.factors;
  return term!.factors.length === 1 && factor![1] === 1 ? factor![0] : undefined;
}

function refuse(message: string): never {
  throw new Failure(exitCodes.usage, message);
}
