import type { Bound } from '../graph/bind.ts';
import type { NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import type { Buffer } from './memory.ts';

/** How `mulAdd` rounds: twice, everywhere the same; or once, where the host can. */
export type RoundingProfile = 'separate' | 'fused';

/**
 * `prepare()` once per update, `start()` at the start of sequences (and after it, where something is known once per
 * sequence), `forward(steps)`, `backward(steps)`, and `finish()`
 * after the backward sweep.
 */
export const procedureNames = ['prepare', 'start', 'forward', 'backward', 'finish'] as const;
export type ProcedureName = (typeof procedureNames)[number];

/**
 * Decisions about a bound graph: what is computed when, in which order, and where each value lives. Nothing here is a
 * loop yet (`program/lower.ts` writes those) and nothing is a value any more.
 */
export interface Plan {
  readonly bound: Bound<StepGraph | TrainingGraph>;
  readonly batch: number;
  /** Most steps of one call; the tape has this many slots. */
  readonly window: number;
  readonly profile: RoundingProfile;
  readonly block: RegisterBlock;
  /** Steps that stages over a slab do at once; where it is 1, every stage goes step by step. */
  readonly slab: number;
  readonly buffers: readonly Buffer[];
  readonly memoryBytes: number;
  /**
   * Where the value of a node lives. Numbers (`fill`), counters, fused operands, what stays in registers of its group and
   * what is read in place through another node (`access.ts`) have none.
   */
  readonly places: ReadonlyMap<NodeId, Place>;
  readonly sweeps: Readonly<Record<ProcedureName, Sweep>>;
}

export interface Sweep {
  /** Run once, before the stages. */
  readonly before: readonly Kernel[];
  /** Run one after the other for each slab of steps. Only the forward and the backward sweep have any. */
  readonly stages: readonly Stage[];
}

/** Kernels over all steps of a slab at once, or one step after the other. */
export interface Stage {
  readonly over: 'slab' | 'step';
  readonly kernels: readonly Kernel[];
}

/**
 * Rows and columns (of four lanes) of results that a contraction keeps in registers at a time. It divides results only,
 * so it changes speed and never bits.
 */
export interface RegisterBlock {
  readonly rows: number;
  readonly columns: number;
}

/** Entry e of a value at step t, row b stands at `offset + t*stepStride + b*rowStride + e`, in lanes of its buffer. */
export interface Place {
  readonly buffer: string;
  readonly offset: number;
  /** 0: one value for all steps. */
  readonly stepStride: number;
  readonly rowStride: number;
  /** Whether steps are counted from the start of the slab, not of the window. */
  readonly inSlab?: true;
}

/** Which loops a kernel runs inside: none, over the rows of the batch, or over steps and rows. */
export type Extent = 'once' | 'example' | 'step';

export type Kernel =
  /** Computes a node into its place, entry by entry. */
  | { readonly kind: 'compute'; readonly node: NodeId; readonly over: Extent }
  /** Computes maps and sums of one shape in one loop, four entries at a time; those without a place stay in registers. */
  | { readonly kind: 'group'; readonly nodes: readonly NodeId[]; readonly over: Extent }
  /** A contraction in register tiles. */
  | {
      readonly kind: 'product';
      readonly node: NodeId;
      readonly over: Extent;
      /** The shared operand in panels, as `pack` has laid it. */
      readonly packed?: Packed;
    }
  /** Lays a shared operand of a contraction in panels: the lanes of one column block side by side for each summed index. */
  | { readonly kind: 'pack'; readonly node: NodeId; readonly packed: Packed; readonly over: 'once' }
  /** Sum or largest over axes, four lanes at a time. */
  | { readonly kind: 'reduce'; readonly node: NodeId; readonly over: Extent }
  /** Adds a total's operand, at each step and row it varies over, to the place of the total. */
  | { readonly kind: 'accumulate'; readonly total: NodeId; readonly over: Extent }
  /** The same for all rows (and steps of a slab) in one loop, in register tiles. */
  | { readonly kind: 'total'; readonly total: NodeId; readonly over: 'step' }
  /** Copies a value to a second place. */
  | {
      readonly kind: 'copy';
      readonly from: NodeId;
      readonly to: Place;
      readonly over: Extent;
      readonly why: string;
      /** The concat that the copy is a part of. */
      readonly into?: NodeId;
    }
  /** Copies a value to its part of a concat; only while a plan is made. */
  | {
      readonly kind: 'part';
      readonly from: NodeId;
      readonly concat: NodeId;
      readonly offset: number;
      readonly over: 'step';
    }
  /** Copies `entries` lanes at each step and row from one place to another. */
  | {
      readonly kind: 'move';
      readonly from: Place;
      readonly to: Place;
      readonly entries: number;
      readonly over: Extent;
      readonly why: string;
    }
  /** Sets the place of a total to zero. */
  | { readonly kind: 'clear'; readonly total: NodeId; readonly over: 'once' | 'example' };

/** A shared operand laid out for the tiles of a contraction. */
export interface Packed {
  readonly buffer: string;
  /** Which operand of the contraction. */
  readonly side: 'left' | 'right';
  /** Of a panel, each four lanes wide. */
  readonly columns: number;
}

/** Names of the buffers that the outside world reads and writes; one place for the spelling. */
export const bufferNames = {
  input: (name: string) => `input.${name}`,
  /** How many entries of a size each row has. */
  entries: (size: string) => `entries.${size}`,
  state: (name: string) => `state.${name}`,
  /** Slots of a state and of what lags behind it: each `state` buffer is a part. */
  lagged: (name: string) => `lagged.${name}`,
  /** All parameters side by side, the learned ones first. */
  parameters: 'parameters',
  parameter: (name: string) => `parameter.${name}`,
  constant: (name: string) => `constant.${name}`,
  noise: (name: string) => `noise.${name}`,
  output: (name: string) => `output.${name}`,
  loss: 'loss',
  /** All gradients side by side, in the order of their parameters. */
  gradients: 'gradients',
  gradient: (name: string) => `gradient.${name}`,
  /** Room for what an optimiser keeps: two doubles per learned entry. */
  optimiserState: 'optimiser.state',
  outputCotangent: (name: string) => `cotangent.output.${name}`,
  lossCotangent: 'cotangent.loss',
  inputCotangent: (name: string) => `cotangent.input.${name}`,
  stateCotangent: (name: string) => `cotangent.state.${name}`,
  startCotangent: (name: string) => `cotangent.start.${name}`,
  stepCounter: 'counter.step',
  sequenceNumber: 'counter.sequence',
} as const;
