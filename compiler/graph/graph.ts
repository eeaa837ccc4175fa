import type { Constant } from '../cell/cell.ts';
import type { Dim } from '../cell/dim.ts';
import type { OuterAxis, TensorType } from '../cell/type.ts';
import type { Span } from '../source/source.ts';

/*
 * The value graph: pure values, no memory, no batch or time in shapes. Few forms, closed under differentiation; each
 * node stands after the nodes it reads. Sizes are symbolic until `bind` replaces them by numbers.
 */

export type NodeId = number;

/** Where a node comes from, for messages and printing. */
export interface Origin {
  readonly span: Span;
  /** `adjoint` nodes carry the place of the equation they differentiate. */
  readonly sweep: 'primal' | 'adjoint';
  /** The user's name for the value, where it has one: `c`, `c_bar`, `W_bar`. */
  readonly name?: string;
}

interface NodeBase {
  readonly type: TensorType;
  readonly origin: Origin;
}

/** What arrives from outside the graph. */
export interface Leaf extends NodeBase {
  readonly form: 'leaf';
  readonly role: LeafRole;
  /** Name of the input, state, parameter, constant or output it belongs to. */
  readonly name: string;
}

export type LeafRole =
  | 'input'
  /** Value of a state one step back. */
  | 'previous'
  | 'parameter'
  | 'constant'
  /** Drawn before each run, or its expectation; nothing goes back to it. */
  | 'noise'
  /** A number of the cell's header, settled by `bind`. */
  | 'number'
  /** Steps of this row's sequence so far (a whole number, as real). */
  | 'step'
  /** How many entries of a size this row's sequence has (a whole number, as real), at most all. */
  | 'entries'
  /** dL/d output, given from outside for this step. */
  | 'outputCotangent'
  /** Weight of this step's loss. */
  | 'lossCotangent'
  /** What comes back to a state from step t + 1. */
  | 'stateCotangent'
  /** What arrives at a start value; per example, once per sequence. */
  | 'startCotangent';

/** The same number everywhere. */
export interface Fill extends NodeBase {
  readonly form: 'fill';
  /** A size is a number only after `bind`. */
  readonly value: number | Dim;
}

/** One scalar op on operands of equal shape. */
export interface MapNode extends NodeBase {
  readonly form: 'map';
  readonly op: string;
  readonly operands: readonly NodeId[];
}

/** Sum of addends of equal shape; their order is the plan's choice, not the author's. */
export interface SumNode extends NodeBase {
  readonly form: 'sum';
  readonly operands: readonly NodeId[];
}

/**
 * Sum of products. Axes are labelled: `left[leftAxes] * right[rightAxes] -> out[outAxes]`; a label that is not in the
 * result is summed over, and stands in both operands. W·x, Wᵀ·z and z⊗x are one form.
 */
export interface Contract extends NodeBase {
  readonly form: 'contract';
  readonly left: NodeId;
  readonly right: NodeId;
  readonly leftAxes: readonly number[];
  readonly rightAxes: readonly number[];
  readonly outAxes: readonly number[];
}

/** A whole number as a vector of zeros with a single one. Contracted with E it reads one row of E. */
export interface OneHot extends NodeBase {
  readonly form: 'oneHot';
  readonly operand: NodeId;
}

/** Sum or largest over some axes, which go away. */
export interface Reduce extends NodeBase {
  readonly form: 'reduce';
  readonly op: 'sum' | 'max';
  readonly operand: NodeId;
  /** Ascending. */
  readonly axes: readonly number[];
}

/** Running sum along an axis: `up` from the first entry, `down` from the last. */
export interface Running extends NodeBase {
  readonly form: 'running';
  readonly operand: NodeId;
  readonly axis: number;
  readonly direction: 'up' | 'down';
}

/** Lays a value along new axes or in another order: operand axis i becomes axis `axes[i]`; the others repeat. */
export interface Broadcast extends NodeBase {
  readonly form: 'broadcast';
  readonly operand: NodeId;
  readonly axes: readonly number[];
}

/** Entries `start` … `start + length - 1` along an axis. */
export interface SliceNode extends NodeBase {
  readonly form: 'slice';
  readonly operand: NodeId;
  readonly axis: number;
  readonly start: Dim;
}

/** The value at `start` along an axis, zeros around it. */
export interface Pad extends NodeBase {
  readonly form: 'pad';
  readonly operand: NodeId;
  readonly axis: number;
  readonly start: Dim;
}

export interface Concat extends NodeBase {
  readonly form: 'concat';
  readonly operands: readonly NodeId[];
  readonly axis: number;
}

/** Same entries in row-major order, another shape. */
export interface Reshape extends NodeBase {
  readonly form: 'reshape';
  readonly operand: NodeId;
}

/** Sum over outer axes: steps, examples. */
export interface Total extends NodeBase {
  readonly form: 'total';
  readonly operand: NodeId;
  readonly over: readonly OuterAxis[];
}

/*
 * `Across` (reverse, last, lag along a time axis) joins this union with whole-sequence networks; inside one cell a
 * previous value is a leaf and its cotangent a result.
 */
export type GraphNode =
  | Leaf
  | Fill
  | MapNode
  | SumNode
  | Contract
  | OneHot
  | Reduce
  | Running
  | Broadcast
  | SliceNode
  | Pad
  | Concat
  | Reshape
  | Total;

export interface Graph {
  /** In dependency order; a NodeId is a place in this list. */
  readonly nodes: readonly GraphNode[];
}

/** One step of a cell: values only. */
export interface StepGraph extends Graph {
  readonly cell: CellInterface;
  /** Named values of equations, in order of definition; for printing and for `evaluate`. */
  readonly values: readonly NamedNode[];
  readonly inputs: readonly NamedNode[];
  readonly targets: readonly NamedNode[];
  /** What rows do apart from one another (`rows.ts`), where that was asked for: leaves. */
  readonly rows?: readonly NamedNode[];
  /** Leaves, by the size: how many of its entries a row has. */
  readonly entries: readonly NamedNode[];
  readonly parameters: readonly NamedNode[];
  readonly states: readonly StateNodes[];
  readonly outputs: readonly NamedNode[];
  readonly loss?: NodeId;
}

export interface NamedNode {
  readonly name: string;
  readonly node: NodeId;
}

export interface StateNodes {
  readonly name: string;
  /** Leaf. Where nothing reads it, it is there all the same. */
  readonly previous: NodeId;
  readonly next: NodeId;
  /** Value before the first step: shared, or per example where it is made of what is given once per sequence. */
  readonly start: NodeId;
  /** Not one of the user's: an input's last value, kept for `x_prev`, or an older value, kept for `prev(h, 3)`. */
  readonly hidden: boolean;
}

/** The step and its adjoint in one graph: the adjoint shares the values of the step. */
export interface TrainingGraph extends StepGraph {
  readonly adjoint: Adjoint;
}

export interface Adjoint {
  /** Leaves, one per output. */
  readonly outputCotangents: readonly NamedNode[];
  /** Leaf, where the cell has a loss. */
  readonly lossCotangent?: NodeId;
  readonly states: readonly StateCotangents[];
  /** For real inputs: per step, or per example where the input is given once per sequence. */
  readonly inputs: readonly NamedNode[];
  /** Shared: totals over steps and examples, for parameters that are not frozen. */
  readonly gradients: readonly NamedNode[];
  /** The full cotangent of each named value of `values`, where any arrives; for printing. */
  readonly cotangents: readonly NamedNode[];
}

export interface StateCotangents {
  readonly name: string;
  /** Leaf: from step t + 1 (or from outside, at the last step). */
  readonly arriving: NodeId;
  /** Cotangent of the previous value: arrives at step t - 1. */
  readonly leaving: NodeId;
  /** Leaf, per example: what leaves the first step of a sequence. */
  readonly startArriving: NodeId;
}

/** What of the cell later stages still need besides values. */
export interface CellInterface {
  readonly name: string;
  readonly constants: readonly Constant[];
}
