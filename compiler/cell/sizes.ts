import { sizeCatalog } from '../diagnostics/catalog/sizes.ts';
import { type Diagnostic, diagnose } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { Cell } from './cell.ts';
import { evaluateDim, formatDim, namesOf } from './dim.ts';
import { evaluateScalar } from './formula.ts';
import { sizesOfLags } from './lags.ts';
import { noiseProblem } from './noise.ts';

export interface BoundSizes {
  readonly sizes: ReadonlyMap<string, number>;
  readonly numbers: ReadonlyMap<string, number>;
}

export type BindResult = BoundSizes | { readonly diagnostics: readonly Diagnostic[] };

const LARGEST_SIZE = 2 ** 24;
/** Entries of one array: 512 MB of f32. */
const LARGEST_ARRAY = 2 ** 27;

/**
 * The sizes and real numbers a cell is to be built with, defaults filled in.
 *
 * @param given  by name, sizes and numbers together, as they stand in the cell's header
 * @returns every size (a positive whole number) and number of the cell, or what is wrong with them
 */
export function bindSizes(
  cell: Cell,
  given: ReadonlyMap<string, number> | Readonly<Record<string, number>>,
): BindResult {
  return bindKnown(cell, given, () => true);
}

/**
 * The sizes that lags are made of, which have to be known, and whichever others are.
 *
 * @param given  as for `bindSizes`
 */
export function bindLagSizes(
  cell: Cell,
  given: ReadonlyMap<string, number> | Readonly<Record<string, number>>,
): BindResult {
  const needed = sizesOfLags(cell);
  return bindKnown(cell, given, (name) => needed.has(name));
}

function bindKnown(
  cell: Cell,
  given: ReadonlyMap<string, number> | Readonly<Record<string, number>>,
  isNeeded: (name: string) => boolean,
): BindResult {
  const values =
    given instanceof Map ? (given as ReadonlyMap<string, number>) : new Map(Object.entries(given));
  const diagnostics: Diagnostic[] = [];
  const known = [...cell.sizes, ...cell.numbers].map((parameter) => parameter.name);
  for (const name of values.keys()) {
    if (known.includes(name)) continue;
    const parameters = { name, cell: cell.name, known, nearest: nearest(name, known) };
    diagnostics.push(diagnose(sizeCatalog.unknown, cell.span, parameters));
  }
  const fill = (parameters: Cell['sizes'], what: 'size' | 'number') => {
    const filled = new Map<string, number>();
    for (const { name, default: standard, span } of parameters) {
      const value = values.get(name) ?? standard;
      if (value !== undefined) filled.set(name, value);
      else if (isNeeded(name))
        diagnostics.push(diagnose(sizeCatalog.missing, span, { what, name, cell: cell.name }));
    }
    return filled;
  };
  const sizes = fill(cell.sizes, 'size');
  const numbers = fill(cell.numbers, 'number');
  diagnostics.push(...badValues(cell, sizes, numbers));
  const isComplete = sizes.size === cell.sizes.length && numbers.size === cell.numbers.length;
  if (diagnostics.length === 0 && isComplete)
    diagnostics.push(...badFits(cell, sizes), ...badNoises(cell, { sizes, numbers }));
  return diagnostics.length === 0 ? { sizes, numbers } : { diagnostics };
}

function badValues(
  cell: Cell,
  sizes: ReadonlyMap<string, number>,
  numbers: ReadonlyMap<string, number>,
): readonly Diagnostic[] {
  const ofSizes = cell.sizes.flatMap(({ name, span }) => {
    const value = sizes.get(name);
    if (value === undefined) return [];
    if (!Number.isInteger(value) || value < 1) return [diagnose(sizeCatalog.notWhole, span, { name, value })];
    if (value <= LARGEST_SIZE) return [];
    const parameters = {
      what: `The size ${name}`,
      value,
      limit: LARGEST_SIZE,
      remedy: 'Give a smaller size.',
    };
    return [diagnose(sizeCatalog.tooLarge, span, parameters)];
  });
  const ofNumbers = cell.numbers.flatMap(({ name, span }) => {
    const value = numbers.get(name);
    if (value === undefined || Number.isFinite(value)) return [];
    return [diagnose(sizeCatalog.notFinite, span, { name, value })];
  });
  return [...ofSizes, ...ofNumbers];
}

function badNoises(cell: Cell, bound: BoundSizes): readonly Diagnostic[] {
  return cell.noises.flatMap(({ name, distribution, args, span }) => {
    const problem = noiseProblem(
      distribution,
      args.map((arg) => evaluateScalar(arg, new Map(), bound)),
    );
    return problem === undefined ? [] : [diagnose(sizeCatalog.noise, span, { name, problem })];
  });
}

/** Sizes that are each legal, and do not fit together or into memory. */
function badFits(cell: Cell, sizes: ReadonlyMap<string, number>): readonly Diagnostic[] {
  const unmet = cell.constraints.flatMap(({ value: dim, least, reason, span }) => {
    const value = evaluateDim(dim, sizes);
    if (Number.isInteger(value) && value >= least) return [];
    const given = namesOf(dim)
      .map((name) => `${name}=${sizes.get(name)}`)
      .join(', ');
    return [diagnose(sizeCatalog.constraint, span, { reason, text: formatDim(dim), value, given })];
  });
  if (unmet.length > 0) return unmet;
  const arrays = [
    ...cell.parameters,
    ...cell.states,
    ...cell.constants,
    ...cell.noises,
    ...[...cell.inputs, ...cell.targets].map((input) => ({ ...input, shape: input.type.shape })),
  ];
  return arrays.flatMap(({ name, shape, span }) => {
    const entries = shape.reduce((product, dim) => product * evaluateDim(dim, sizes), 1);
    if (entries <= LARGEST_ARRAY) return [];
    const parameters = {
      what: `${name}, in entries,`,
      value: entries,
      limit: LARGEST_ARRAY,
      remedy: 'Give smaller sizes.',
    };
    return [diagnose(sizeCatalog.tooLarge, span, parameters)];
  });
}
