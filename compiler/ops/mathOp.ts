import type { ScalarExpression } from './expression.ts';

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
  /** Where tests draw each argument, [low, high]. */
  readonly domain: readonly Interval[];
  /** Distance from the arguments to the nearest place where the slope jumps; without it there is none. */
  readonly kinkDistance?: (...args: readonly number[]) => number;
  /** For ops whose partials are not the derivative, on purpose: what they promise instead. */
  readonly derivativeIsNot?: string;
}

export type Interval = readonly [low: number, high: number];

type Expression = ScalarExpression;
type Partial = ScalarExpression | null;

interface Entry {
  readonly doc: string;
  /** Default: true. */
  readonly inLanguage?: boolean;
  readonly derivativeIsNot?: string;
}

interface UnaryEntry extends Entry {
  readonly evaluate: (x: number) => number;
  readonly partial: (x: Expression, y: Expression) => Partial;
  readonly domain: Interval;
  readonly kinkDistance?: (x: number) => number;
}

interface BinaryEntry extends Entry {
  readonly evaluate: (a: number, b: number) => number;
  readonly partials: (a: Expression, b: Expression, y: Expression) => readonly [Partial, Partial];
  readonly domain: readonly [Interval, Interval];
  readonly kinkDistance?: (a: number, b: number) => number;
}

interface TernaryEntry extends Entry {
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

export function unary(name: string, { partial, domain, ...entry }: UnaryEntry, parameter = 'x'): MathOp {
  return {
    inLanguage: true,
    ...entry,
    name,
    parameters: [parameter],
    partials: ([x], y) => [partial(x!, y)],
    domain: [domain],
  };
}

export function binary(
  name: string,
  parameters: [string, string],
  { partials, ...entry }: BinaryEntry,
): MathOp {
  return { inLanguage: true, ...entry, name, parameters, partials: ([a, b], y) => partials(a!, b!, y) };
}

export function ternary(
  name: string,
  parameters: [string, string, string],
  { partials, ...entry }: TernaryEntry,
): MathOp {
  return {
    inLanguage: true,
    ...entry,
    name,
    parameters,
    partials: ([a, b, c], y) => partials(a!, b!, c!, y),
  };
}
