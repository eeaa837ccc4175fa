import type { Cell } from '../../compiler/cell/cell.ts';
import { bindSizes } from '../../compiler/cell/sizes.ts';
import { oversOf } from '../../compiler/cell/type.ts';
import { renderDiagnostics } from '../../compiler/diagnostics/render.ts';
import type { Binding } from '../../compiler/graph/bind.ts';
import type { SequenceGiven } from '../../compiler/graph/evaluate.ts';
import type { RoundingProfile } from '../../compiler/plan/plan.ts';
import { drawParameter } from '../draw.ts';
import { placeOf, readArray, showExpected } from './array.ts';
import { caseErrors } from './errors.ts';
import { readArrays, readLossWeights } from './groups.ts';
import { describeJson, isObject, type Members, membersOf, parseJson } from './json.ts';
import { drawNoise, noiseGiven } from './noise.ts';
import type { Reporter } from './reporter.ts';
import { readNumbers, readWhole, readWholeList } from './scalars.ts';
import { arraysOf } from './shapes.ts';

export const caseFormat = 'rnnc-case-1';

/** A case file that fits its cell. */
export interface Case {
  readonly binding: Binding;
  readonly profile: RoundingProfile;
  /** Arrays in f64, every parameter there. */
  readonly given: SequenceGiven;
  /** [batch]: steps of each row, where rows differ. */
  readonly lengths?: readonly number[];
  /** [steps, batch]: 1 where a row begins a new sequence, where any does. */
  readonly resets?: Float64Array;
  /** Whether anything is differentiated. */
  readonly differentiated: boolean;
  /** Parameters that were drawn, by name. */
  readonly drawn: ReadonlyMap<string, Float64Array>;
  /** Whether noise is its expectation. */
  readonly noise: 'drawn' | 'expected';
  /** Noise that was drawn, by name, in the shapes of a case. */
  readonly drawnNoise: ReadonlyMap<string, Float64Array>;
}

/** Everything a case may say, in the order of the documentation. */
const topNames = [
  'format',
  'comment',
  'cell',
  'sizes',
  'numbers',
  'steps',
  'batch',
  'profile',
  'seed',
  'parameters',
  'inputs',
  'targets',
  'noise',
  'sequences',
  'starts',
  'cotangents',
  'lengths',
  'resets',
  'entries',
  'stepsBefore',
] as const;

/** Steps times rows; more than that fits nowhere, whatever the cell. */
const mostPlaces = 2 ** 24;

/** @returns the members of the file, or undefined after a report */
export function openCase(text: string, reporter: Reporter): Members | undefined {
  const value = parseJson(text, reporter);
  if (reporter.errors.length > 0) return undefined;
  if (!isObject(value)) {
    reporter.report(caseErrors.wrongKind, {
      what: 'A case',
      expected: 'an object',
      got: describeJson(value),
    });
    return undefined;
  }
  const members = membersOf(value);
  const format = members.get('format');
  if (format === undefined) {
    reporter.report(caseErrors.missing, { what: 'The format', hint: `Write "format": "${caseFormat}".` });
  } else if (format !== caseFormat) {
    const parameters = { what: 'format', expected: `"${caseFormat}"`, got: describeJson(format) };
    reporter.report(caseErrors.wrongKind, parameters);
  }
  return members;
}

/** The cell that the case asks for. */
export function cellNameOf(members: Members, reporter: Reporter): string | undefined {
  const name = members.get('cell');
  if (name === undefined || typeof name === 'string') return name;
  reporter.report(caseErrors.wrongKind, { what: 'cell', expected: 'a name', got: describeJson(name) });
  return undefined;
}

/** Checks a case against its cell; everything that is wrong is reported. */
export function readCase(members: Members, cell: Cell, reporter: Reporter): Case | undefined {
  for (const name of members.keys()) {
    if (!topNames.some((known) => known === name)) reporter.unknown('A case', 'part', name, topNames);
  }
  const steps = readWhole(members, 'steps', { least: 1 }, reporter);
  const batch = readWhole(members, 'batch', { least: 1, standard: 1 }, reporter);
  const seed = members.has('seed') ? readWhole(members, 'seed', { least: 0 }, reporter) : undefined;
  const profile = readProfile(members, reporter);
  const binding = readSizes(members, cell, reporter);
  if (steps === undefined || batch === undefined || binding === undefined) return undefined;
  if (steps * batch > mostPlaces) {
    reporter.report(caseErrors.tooLarge, { steps, batch });
    return undefined;
  }

  const lengths = readWholeList(members, 'lengths', batch, { least: 1, most: steps }, reporter);
  const stepsBefore = readWholeList(members, 'stepsBefore', batch, { least: 0, most: 2 ** 31 - 1 }, reporter);
  const sequences = readWholeList(members, 'sequences', batch, { least: 0, most: 2 ** 31 - 1 }, reporter);
  const resets = readResets(members, steps, batch, reporter);
  const entries = readEntries(members, cell, binding, batch, reporter);
  const arrays = arraysOf(cell, binding, steps, batch, resets !== undefined);
  const counts = { steps, batch, ...(lengths === undefined ? {} : { lengths }) };
  const owner = cell.name;
  const group = (name: string, what: string, known: typeof arrays.inputs, from = members) =>
    readArrays(from, { name, what, owner, known, all: arrays, ...counts }, reporter);
  const need = (
    what: string,
    known: typeof arrays.inputs,
    given: ReadonlyMap<string, unknown>,
    hint: (shape: string) => string,
  ) => {
    for (const array of known) {
      if (given.has(array.name)) continue;
      reporter.report(caseErrors.missing, {
        what: `The ${what} ${array.name}`,
        hint: hint(showExpected(array)),
      });
    }
  };
  const parameters = group('parameters', 'parameter', arrays.parameters);
  const inputs = group('inputs', 'input', arrays.inputs);
  const targets = group('targets', 'target', arrays.targets);
  const isExpected = members.get('noise') === 'expected';
  const noise = isExpected ? new Map<string, Float64Array>() : group('noise', 'noise', arrays.noises);
  const starts = group('starts', 'state', arrays.starts);
  if (!members.has('seed'))
    need('parameter', arrays.parameters, parameters, (shape) => `Give it as ${shape}, or a seed to draw it.`);
  if (!members.has('seed') && !isExpected) {
    const rest = 'a seed to draw it, or "noise": "expected".';
    need('noise', arrays.noises, noise, (shape) => `Give it as ${shape}, or ${rest}`);
  }
  need('input', arrays.inputs, inputs, (shape) => `Give it as ${shape}.`);
  need('target', arrays.targets, targets, (shape) => `Give it as ${shape}.`);

  const cotangents = readCotangents(members, cell, reporter);
  const outputCotangents = group('outputs', 'output', arrays.outputCotangents, cotangents);
  const finalCotangents = group('finals', 'state', arrays.finalCotangents, cotangents);
  const lossWeights = readLossWeights(cotangents, arrays.lossCotangent, counts, reporter);
  if (reporter.errors.length > 0) return undefined;

  const drawn = new Map(
    cell.parameters.flatMap((parameter) =>
      parameters.has(parameter.name) || seed === undefined
        ? []
        : [[parameter.name, drawParameter(parameter, binding, seed)] as const],
    ),
  );
  const drawnNoise = new Map(
    cell.noises.flatMap((one) =>
      noise.has(one.name) || seed === undefined || isExpected
        ? []
        : [
            [
              one.name,
              drawNoise(one, binding, { seed, steps, batch, sequences, stepsBefore, resets }),
            ] as const,
          ],
    ),
  );
  const { shared, perStep } = isExpected
    ? { shared: [], perStep: [] }
    : noiseGiven(cell, new Map([...noise, ...drawnNoise]), steps, resets !== undefined);
  return {
    binding,
    profile,
    given: {
      steps,
      batch,
      parameters: new Map([...parameters, ...drawn, ...shared]),
      inputs: new Map([...inputs, ...targets, ...perStep]),
      starts,
      outputCotangents,
      finalCotangents,
      ...(entries.size === 0 ? {} : { entries }),
      ...(stepsBefore === undefined ? {} : { stepsBefore }),
      ...(lossWeights === undefined ? {} : { lossWeights }),
    },
    ...(lengths === undefined ? {} : { lengths }),
    ...(resets === undefined ? {} : { resets }),
    differentiated: cotangents.size > 0,
    drawn,
    noise: isExpected ? 'expected' : 'drawn',
    drawnNoise,
  };
}

/** [T, B] of 0 and 1. */
function readResets(
  members: Members,
  steps: number,
  batch: number,
  reporter: Reporter,
): Float64Array | undefined {
  if (!members.has('resets')) return undefined;
  const shape = [steps, batch];
  const expected = { what: 'resets', axes: ['T', 'B'], shape };
  const values = readArray(members.get('resets'), expected, reporter);
  const wrong = values?.findIndex((entry) => entry !== 0 && entry !== 1) ?? -1;
  if (wrong >= 0) {
    const got = `${values![wrong]} at ${placeOf(wrong, shape)}`;
    reporter.report(caseErrors.wrongKind, { what: 'resets', expected: '0 or 1 everywhere', got });
  }
  return values;
}

/** How many entries each row has, by the name of the size. */
function readEntries(
  members: Members,
  cell: Cell,
  { sizes }: Binding,
  batch: number,
  reporter: Reporter,
): ReadonlyMap<string, readonly number[]> {
  const value = members.get('entries');
  if (value === undefined) return new Map();
  if (!isObject(value)) {
    const expected = 'an object of lists by size';
    reporter.report(caseErrors.wrongKind, { what: 'entries', expected, got: describeJson(value) });
    return new Map();
  }
  const given = membersOf(value);
  const known = [...new Set([...cell.inputs, ...cell.targets].flatMap(({ type }) => oversOf(type.outer)))];
  for (const name of given.keys()) {
    if (!known.includes(name)) reporter.unknown(cell.name, 'size that values vary over', name, known);
  }
  const lists = known.flatMap((name) => {
    const bounds = { least: 0, most: sizes.get(name)! };
    const list = readWholeList(given, name, batch, bounds, reporter);
    return list === undefined ? [] : [[name, list] as const];
  });
  return new Map(lists);
}

/** Without any, the mean of the loss is differentiated, where there is a loss. */
function readCotangents(members: Members, cell: Cell, reporter: Reporter): Members {
  const value = members.get('cotangents');
  if (value === undefined) return new Map(cell.loss === undefined ? [] : [['loss', 'mean']]);
  if (!isObject(value)) {
    reporter.report(caseErrors.wrongKind, {
      what: 'cotangents',
      expected: 'an object',
      got: describeJson(value),
    });
    return new Map();
  }
  const known = ['outputs', 'finals', 'loss'];
  const cotangents = membersOf(value);
  for (const name of cotangents.keys()) {
    if (!known.includes(name)) reporter.unknown('cotangents', 'part', name, known);
  }
  if (cotangents.has('loss') && cell.loss === undefined)
    reporter.report(caseErrors.noLoss, { cell: cell.name });
  return cotangents;
}

function readProfile(members: Members, reporter: Reporter): RoundingProfile {
  const profile = members.get('profile') ?? 'separate';
  if (profile === 'separate' || profile === 'fused') return profile;
  const parameters = { what: 'profile', expected: '"separate" or "fused"', got: describeJson(profile) };
  reporter.report(caseErrors.wrongKind, parameters);
  return 'separate';
}

function readSizes(members: Members, cell: Cell, reporter: Reporter): Binding | undefined {
  const before = reporter.errors.length;
  const names = (list: Cell['sizes']) => list.map(({ name }) => name);
  const kinds = { sizes: names(cell.sizes), numbers: names(cell.numbers) };
  const sizes = readNumbers(members, 'sizes', 'size', cell.name, kinds, reporter);
  const numbers = readNumbers(members, 'numbers', 'number', cell.name, kinds, reporter);
  if (reporter.errors.length > before) return undefined;
  const bound = bindSizes(cell, new Map([...sizes, ...numbers]));
  if (!('diagnostics' in bound)) return bound;
  reporter.errors.push(renderDiagnostics(bound.diagnostics));
  return undefined;
}
