import type { Span } from '../source/source.ts';
import type { Dim } from './dim.ts';
import type { TensorType } from './type.ts';

/*
 * A checked cell: every name resolved, every shape known symbolically, functions and inner cells inlined. Values of
 * inner cells are named by path (`inner.W_i`, `inner.h`), so one flat name space holds all; a name defined in the cell
 * itself has no dot. After this stage there are no user errors but sizes (`bind`).
 */

export interface Cell {
  readonly name: string;
  readonly span: Span;
  readonly sizes: readonly SizeParameter[];
  readonly numbers: readonly NumberParameter[];
  readonly inputs: readonly Input[];
  readonly targets: readonly Input[];
  readonly states: readonly State[];
  readonly parameters: readonly Parameter[];
  readonly constants: readonly Constant[];
  readonly noises: readonly Noise[];
  /** In dependency order: an equation reads only earlier ones, and previous values of states. */
  readonly equations: readonly Equation[];
  /** What a caller sees per step, in order of declaration; the states where the cell names no output. */
  readonly outputs: readonly Output[];
  /** A scalar per example and step. */
  readonly loss?: TypedExpression;
  /** Sizes that loops depend on; the equations hold for these values, and no others can be bound. */
  readonly fixed: ReadonlyMap<string, number>;
  /** What sizes must satisfy when they are bound, besides that every shape's sizes are positive whole numbers. */
  readonly constraints: readonly SizeConstraint[];
}

export interface SizeParameter {
  readonly name: string;
  readonly default?: number;
  readonly span: Span;
}

export interface NumberParameter {
  readonly name: string;
  readonly default?: number;
  readonly span: Span;
}

export interface Input {
  readonly name: string;
  /** Outer axes: those of `perStep`, or of `perExample` where it is given once per sequence; and what it varies over. */
  readonly type: TensorType;
  /** For `index(V)`: V. */
  readonly classes?: Dim;
  /** Value before the first step, where `x_prev` is read: 0, or what the declaration says. */
  readonly start: number;
  /** Whether some equation reads `x_prev` or `prev(x, 3)`. */
  readonly lagged: boolean;
  readonly span: Span;
}

export interface State {
  readonly name: string;
  readonly shape: readonly Dim[];
  /** Value before the first step; over parameters and constants only, of the state's shape (or a scalar to repeat). */
  readonly start: TypedExpression;
  readonly span: Span;
}

export interface Parameter {
  readonly name: string;
  readonly shape: readonly Dim[];
  readonly frozen: boolean;
  readonly initialiser: Initialiser;
  readonly span: Span;
}

/** How a parameter starts: a formula over draws and, where `indices` are given, over the indices of the entry. */
export interface Initialiser {
  readonly kind: 'value' | 'draw';
  /** Names of index variables, one per axis, where the initialiser is an index function; else empty. */
  readonly indices: readonly string[];
  /** Scalar formula; may hold `draw` where `kind` is 'draw'. */
  readonly value: TypedExpression;
}

/** A constant array by its indices, computed once in f64 when sizes are bound. */
export interface Constant {
  readonly name: string;
  readonly shape: readonly Dim[];
  /** One per axis, or none where the value is the same everywhere. */
  readonly indices: readonly string[];
  readonly value: TypedExpression;
  readonly span: Span;
}

/** A random value: drawn in training, its expectation in evaluation. */
export interface Noise {
  readonly name: string;
  readonly shape: readonly Dim[];
  /** How often it is drawn: `step` and `sequence` for every example, `update` once for all. */
  readonly scope: 'step' | 'sequence' | 'update';
  readonly distribution: NoiseDistribution;
  /** Numbers, as formulas of sizes and numbers; `cell/noise.ts` says what each means. */
  readonly args: readonly TypedExpression[];
  /** Likewise. */
  readonly expectation: TypedExpression;
  readonly span: Span;
}

export type NoiseDistribution = 'bernoulli' | 'normal' | 'uniform';

export interface Equation {
  /** The path name of the value it defines; a state's new value has the state's name. */
  readonly name: string;
  readonly value: TypedExpression;
  readonly span: Span;
}

export interface Output {
  readonly name: string;
  readonly value: TypedExpression;
  readonly span: Span;
}

/** `value` must be at least `least` (and whole) for the program to make sense, e.g. a slice inside its vector. */
export interface SizeConstraint {
  readonly value: Dim;
  readonly least: number;
  /** In the user's words: `z[2:H] needs H to be at least 3`. */
  readonly reason: string;
  readonly span: Span;
}

// ---- typed expressions -------------------------------------------------------------------------------------------

interface TypedBase {
  readonly type: TensorType;
  readonly span: Span;
}

/**
 * Expressions with every shape settled. Where an operand of `map` is a scalar and the result is not, it is repeated;
 * otherwise the operands have the result's shape exactly (a `stretch` makes vectors into matrices before).
 */
export type TypedExpression =
  | TypedNumber
  | TypedSize
  | TypedRead
  | TypedStep
  | TypedIndexVariable
  | TypedDraw
  | TypedMap
  | TypedPower
  | TypedProduct
  | TypedTranspose
  | TypedStack
  | TypedSlice
  | TypedReshape
  | TypedStretch
  | TypedArray
  | TypedOneHot;

export interface TypedNumber extends TypedBase {
  readonly kind: 'number';
  readonly value: number;
}

/** A size standing in an equation, as a real number. */
export interface TypedSize extends TypedBase {
  readonly kind: 'size';
  readonly dim: Dim;
}

/** Reads a named value; `previous` is the value `lag` steps back of a state, or of an input. */
export interface TypedRead extends TypedBase {
  readonly kind: 'read';
  readonly from: 'input' | 'previous' | 'value' | 'parameter' | 'constant' | 'noise' | 'number';
  readonly name: string;
  /** Of `previous`; 1 where absent. */
  readonly lag?: Dim;
}

/** `step`: the number of steps since the start of this sequence. */
export interface TypedStep extends TypedBase {
  readonly kind: 'step';
}

/** An index of an index function. */
export interface TypedIndexVariable extends TypedBase {
  readonly kind: 'indexVariable';
  readonly name: string;
}

/** A random draw in an initialiser, entry by entry or for the whole array. */
export interface TypedDraw extends TypedBase {
  readonly kind: 'draw';
  readonly distribution: Distribution;
  readonly args: readonly TypedExpression[];
}

export type Distribution = 'uniform' | 'normal' | 'glorot' | 'he' | 'orthogonal' | 'identity' | 'spectral';

/** One scalar operation of the table `ops/math.ts`, element by element. */
export interface TypedMap extends TypedBase {
  readonly kind: 'map';
  readonly op: string;
  readonly args: readonly TypedExpression[];
}

/** `x^n` with a whole constant n: repeated multiplication. */
export interface TypedPower extends TypedBase {
  readonly kind: 'power';
  readonly base: TypedExpression;
  readonly exponent: number;
}

/**
 * `matmul`: last axis of the left with the first of the right. `outer`, `dot`: of two vectors. `blocks`: each matrix of
 * [N, A, B] with its row of [N, B].
 */
export interface TypedProduct extends TypedBase {
  readonly kind: 'matmul' | 'outer' | 'dot' | 'blocks';
  readonly left: TypedExpression;
  readonly right: TypedExpression;
}

/** Exchanges the two axes of a matrix. */
export interface TypedTranspose extends TypedBase {
  readonly kind: 'transpose';
  readonly value: TypedExpression;
}

/** Joins along the first axis; a scalar among vectors counts as a vector of length 1. */
export interface TypedStack extends TypedBase {
  readonly kind: 'stack';
  readonly parts: readonly TypedExpression[];
}

/** `length` entries from `start` along the first axis. `split` is several of these. */
export interface TypedSlice extends TypedBase {
  readonly kind: 'slice';
  readonly value: TypedExpression;
  readonly start: Dim;
  readonly length: Dim;
}

/** Same entries in the same order, another shape (an element `z[0]` is a slice of length 1, reshaped). */
export interface TypedReshape extends TypedBase {
  readonly kind: 'reshape';
  readonly value: TypedExpression;
}

/** A vector laid along a matrix: `along` 0 is `col(a)` (a scales rows), 1 is `row(v)`. */
export interface TypedStretch extends TypedBase {
  readonly kind: 'stretch';
  readonly value: TypedExpression;
  readonly along: 0 | 1;
}

/**
 * One function of the table `ops/array.ts` (sum, softmax, …) over all axes or the one named; or, with `over`, over the
 * entries that a row has of that size.
 */
export interface TypedArray extends TypedBase {
  readonly kind: 'array';
  readonly fn: string;
  readonly args: readonly TypedExpression[];
  readonly axis?: number;
  readonly over?: string;
}

/** A whole number 0 … classes - 1 as a vector; `E[token]` is `matmul(one hot, E)`. */
export interface TypedOneHot extends TypedBase {
  readonly kind: 'oneHot';
  readonly index: TypedExpression;
  readonly classes: Dim;
}
