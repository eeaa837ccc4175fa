import type { Bound } from '../graph/bind.ts';
import { evaluateSequence, type SequenceGiven, type SequenceResult } from '../graph/evaluate.ts';
import type { Values } from '../graph/evaluateNode.ts';
import type { StepGraph, TrainingGraph } from '../graph/graph.ts';
import { mathOps } from '../ops/math.ts';
import { mayCrossKink, traceKinks } from './kinks.ts';
import { linearised, notePoint, unclipped } from './linearise.ts';
import { checkGradcheckOptions, type GradcheckOptions } from './options.ts';

export type { GradcheckOptions } from './options.ts';

/** What `gradcheck` found. */
export interface GradcheckReport {
  /** Every comparison is within the tolerance, and there was one. */
  readonly passed: boolean;
  /** Parameters, then inputs, then given start states; each with its worst entry. */
  readonly checked: readonly CheckedArray[];
  /** Ops of the cell whose backward is not the derivative, on purpose, and what they promise instead. */
  readonly notDerivatives: readonly NotDerivative[];
}

export interface CheckedArray {
  readonly kind: 'parameter' | 'input' | 'start';
  readonly name: string;
  /** Entries compared. */
  readonly compared: number;
  /** Entries left out because a difference there would cross a kink and say nothing. */
  readonly besideKink: number;
  readonly worst?: Comparison;
}

export interface Comparison {
  /** Row-major place in the array. */
  readonly entry: number;
  readonly symbolic: number;
  readonly numeric: number;
  /** |symbolic - numeric| / max(|symbolic|, |numeric|, floor). */
  readonly error: number;
}

export interface NotDerivative {
  readonly op: string;
  readonly promise: string;
}

/**
 * Under this a derivative counts as zero and its error is absolute: what f64 leaves of a difference. A share of the
 * addends of L, whose rounding a difference magnifies, and of the largest derivative of the same array.
 */
const floorShare = { ofObjective: 1e-4, ofLargest: 1e-2 };

/**
 * Compares the symbolic gradient of L = sum of weighted losses, outputs and final states (the weights are the cotangents
 * given) with central differences of fourth order, entry by entry, in f64. Where the backward is not the derivative on
 * purpose, differences are taken of the function it is the derivative of (`linearise.ts`).
 *
 * @param given  its arrays are changed during the check and put back, also where it ends early
 * @throws CompileError RNN408, RNN409 for options that there are not, or that they cannot be; `signal.reason` when
 *         aborted: nothing else runs meanwhile, so only `onProgress` can abort
 */
export function gradcheck(
  bound: Bound<TrainingGraph>,
  given: SequenceGiven,
  options: GradcheckOptions = {},
): GradcheckReport {
  checkGradcheckOptions(options);
  const { tolerance = 1e-6, spacing = 1e-4, signal, onProgress } = options;
  const symbolic = evaluateSequence(bound, given, unclipped(bound.graph)).adjoint!;
  // A difference needs the forward sweep alone.
  const { adjoint: _, ...graph } = bound.graph;
  const step: Bound<StepGraph> = { ...bound, graph };
  const { visit, point } = notePoint(graph);
  const base = traceKinks(step, given, visit);

  const objectiveSize = Math.max(1, magnitude(given, base.result));

  const pairs = [
    ...pairsOf('parameter', given.parameters, symbolic.gradients),
    ...pairsOf('input', given.inputs, symbolic.inputCotangents),
    ...pairsOf('start', given.starts ?? new Map(), symbolic.startCotangents),
  ];
  const total = pairs.reduce((sum, { array }) => sum + array.length, 0);
  let done = 0;

  const compare = ({ array, cotangent }: Pair, entry: number, floor: number): Comparison | undefined => {
    const exact = cotangent[entry]!;
    const value = array[entry]!;
    const h = spacing * Math.max(1, Math.abs(value));
    const around = [-2, -1, 1, 2].map((k) => {
      array[entry] = value + k * h;
      const trace = traceKinks(step, given, linearised(graph, point));
      array[entry] = value;
      return trace;
    });
    if (around.some((trace) => mayCrossKink(base, trace))) return undefined;
    const [a, b, c, d] = around.map(({ result }) => objective(given, result)) as [
      number,
      number,
      number,
      number,
    ];
    const numeric = (a - 8 * b + 8 * c - d) / (12 * h);
    const error = Math.abs(exact - numeric) / Math.max(Math.abs(exact), Math.abs(numeric), floor);
    return { entry, symbolic: exact, numeric, error: Number.isNaN(error) ? Number.POSITIVE_INFINITY : error };
  };

  const checkArray = (pair: Pair): CheckedArray => {
    const { kind, name, array, cotangent } = pair;
    const largest = cotangent.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const floor = Math.max(floorShare.ofObjective * objectiveSize, floorShare.ofLargest * largest);
    const comparisons = Array.from(array, (_, entry) => {
      if (signal?.aborted) throw signal.reason;
      const comparison = compare(pair, entry, floor);
      onProgress?.({ done: ++done, total });
      return comparison;
    });
    const compared = comparisons.filter((c) => c !== undefined);
    const [worst] = [...compared].sort((a, b) => b.error - a.error);
    const counts = { compared: compared.length, besideKink: comparisons.length - compared.length };
    return { kind, name, ...counts, ...(worst === undefined ? {} : { worst }) };
  };

  const checked = pairs.map(checkArray);
  return {
    passed:
      checked.every(({ worst }) => worst === undefined || worst.error <= tolerance) &&
      checked.some(({ compared }) => compared > 0),
    checked,
    notDerivatives: notDerivativesOf(bound.graph),
  };
}

/** An array of the cell, and the symbolic derivative of L by it. */
interface Pair {
  readonly kind: CheckedArray['kind'];
  readonly name: string;
  readonly array: Values;
  readonly cotangent: Values;
}

/** Those that have a derivative. */
function pairsOf(
  kind: CheckedArray['kind'],
  arrays: ReadonlyMap<string, Values>,
  cotangents: ReadonlyMap<string, Values>,
): readonly Pair[] {
  return [...arrays].flatMap(([name, array]) => {
    const cotangent = cotangents.get(name);
    return cotangent === undefined ? [] : [{ kind, name, array, cotangent }];
  });
}

/** The scalar that is differentiated: losses, outputs and final states, each times the weight it was given. */
export function objective(given: SequenceGiven, result: SequenceResult): number {
  return addends(given, result).reduce((sum, x) => sum + x, 0);
}

function magnitude(given: SequenceGiven, result: SequenceResult): number {
  return addends(given, result).reduce((sum, x) => sum + Math.abs(x), 0);
}

function addends(given: SequenceGiven, result: SequenceResult): readonly number[] {
  const weighted = (weights: Values | undefined, values: Values | undefined) =>
    Array.from(weights ?? [], (weight, i) => (weight === 0 ? 0 : weight * values![i]!));
  const byName = (weights: ReadonlyMap<string, Values> | undefined, values: ReadonlyMap<string, Values>) =>
    [...(weights ?? [])].flatMap(([name, array]) => weighted(array, values.get(name)));
  return [
    ...weighted(given.lossWeights, result.loss),
    ...byName(given.outputCotangents, result.outputs),
    ...byName(given.finalCotangents, result.finals),
  ];
}

/** A `stop_gradient` around the formula of a function with a derivative of its own was not written by anybody. */
function notDerivativesOf(graph: TrainingGraph): readonly NotDerivative[] {
  const formulas = new Set(
    graph.nodes.flatMap((node) =>
      node.form === 'map' && node.op === 'surrogate' ? [node.operands[0]!] : [],
    ),
  );
  const ops = new Set(
    graph.nodes.flatMap((node, id) =>
      node.form === 'map' && !(node.op === 'stop_gradient' && formulas.has(id)) ? [node.op] : [],
    ),
  );
  return [...ops].flatMap((op) => {
    const promise = mathOps.get(op)?.derivativeIsNot;
    return promise === undefined ? [] : [{ op, promise }];
  });
}
