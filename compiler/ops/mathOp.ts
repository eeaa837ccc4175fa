import type { ScalarExpression } from './expression.ts';
import type { MachineOp } from './machine.ts';

/** A scalar op: everything the compiler knows about it, in one record. */
export interface MathOp {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly doc: string;
  /** Whether users call it by name; the others are written as operators or made by the compiler. */
  readonly inLanguage: boolean;
  /** Its meaning, in f64, to a few units of the last place. */
  readonly evaluate: (...args: readonly number[]) => number;
  /**
   * Derivative by each argument, written with the arguments and the result; null where it is zero everywhere. Finite
   * wherever the derivative is.
   */
  readonly partials: (
    args: readonly ScalarExpression[],
    result: ScalarExpression,
  ) => readonly (ScalarExpression | null)[];
  /** What it is in f32. */
  readonly lowering: Lowering;
  /** Largest error of the f32 result, in units of its last place (half a unit is what rounding alone costs). */
  readonly maxError: number;
  /** Where `maxError` holds, if not for all f32; results elsewhere are said in `doc` or here. */
  readonly accurateWhere?: AccuracyRange;
  /** Where tests draw each argument, [low, high]. */
  readonly domain: readonly Interval[];
  /** Distance from the arguments to the nearest place where the slope jumps; without it there is none. */
  readonly kinkDistance?: (...args: readonly number[]) => number;
  /** For ops whose partials are not the derivative, on purpose: what they promise instead. */
  readonly derivativeIsNot?: string;
  /**
   * For ops whose adjoint is no product with a partial: the op that turns what arrives, and the operands behind the
   * first, into what goes to the first. Two such nodes are never one, for the sum of two results is not the result of a
   * sum.
   */
  readonly backward?: string;
}

/**
 * An exact machine operation, or a formula in ops nearer the machine: other ops of math.ts, or machine operations by their
 * name. A name that is in both tables means the one of math.ts.
 */
export type Lowering =
  | { readonly machine: MachineOp }
  | { readonly expand: (args: readonly ScalarExpression[]) => ScalarExpression };

export interface AccuracyRange {
  readonly doc: string;
  readonly holds: (...args: readonly number[]) => boolean;
}

export type Interval = readonly [low: number, high: number];

type Expression = ScalarExpression;
type Partial = ScalarExpression | null;

interface Entry {
  readonly doc: string;
  /** Default: true. */
  readonly inLanguage?: boolean;
  readonly derivativeIsNot?: string;
  readonly backward?: string;
  /** Default: half a unit, one rounding. */
  readonly maxError?: number;
  readonly accurateWhere?: AccuracyRange;
}

/** The name of a machine operation, or the expansion. */
type LoweringEntry<Expand> = MachineOp | Expand;

interface UnaryEntry extends Entry {
  readonly lowering: LoweringEntry<(x: Expression) => Expression>;
  readonly evaluate: (x: number) => number;
  readonly partial: (x: Expression, y: Expression) => Partial;
  readonly domain: Interval;
  readonly kinkDistance?: (x: number) => number;
}

interface BinaryEntry extends Entry {
  readonly lowering: LoweringEntry<(a: Expression, b: Expression) => Expression>;
  readonly evaluate: (a: number, b: number) => number;
  readonly partials: (a: Expression, b: Expression, y: Expression) => readonly [Partial, Partial];
  readonly domain: readonly [Interval, Interval];
  readonly kinkDistance?: (a: number, b: number) => number;
}

interface TernaryEntry extends Entry {
  readonly lowering: LoweringEntry<(a: Expression, b: Expression, c: Expression) => Expression>;
  readonly evaluate: (a: number, b: number, c: number) => number;
  readonly partials: (
    a: Expression,
    b: Expression,
    c: Expression,
    y: Expression,
  ) => readonly [Partial, Partial, Partial];
  readonly domain: readonly [Interval, Interval, Interval];
  readonly kinkDistance?: (a: number, b: number, c: number) => number;
}

const defaults = { inLanguage: true, maxError: 0.5 };

export function unary(name: string, entry: UnaryEntry, parameter = 'x'): MathOp {
  const { partial, domain, lowering } = entry;
  return {
    ...defaults,
    ...entry,
    name,
    parameters: [parameter],
    partials: ([x], y) => [partial(x!, y)],
    domain: [domain],
    lowering: typeof lowering === 'string' ? { machine: lowering } : { expand: ([x]) => lowering(x!) },
  };
}

export function binary(name: string, parameters: [string, string], entry: BinaryEntry): MathOp {
  const { partials, lowering } = entry;
  return {
    ...defaults,
    ...entry,
    name,
    parameters,
    partials: ([a, b], y) => partials(a!, b!, y),
    lowering: typeof lowering === 'string' ? { machine: lowering } : { expand: ([a, b]) => lowering(a!, b!) },
  };
}

export function ternary(name: string, parameters: [string, string, string], entry: TernaryEntry): MathOp {
  const { partials, lowering } = entry;
  return {
    ...defaults,
    ...entry,
    name,
    parameters,
    partials: ([a, b, c], y) => partials(a!, b!, c!, y),
    lowering:
      typeof lowering === 'string' ? { machine: lowering } : { expand: ([a, b, c]) => lowering(a!, b!, c!) },
  };
}
