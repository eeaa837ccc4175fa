import type { Bound } from '../graph/bind.ts';
import type { NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import type { Buffer } from './memory.ts';

/** How `mulAdd` rounds: twice, everywhere the same; or once, where the host can. */
export type RoundingProfile = 'separate' | 'fused';

/**
 * `prepare()` once per update, `start()` at the start of sequences, `forward(steps)`, `backward(steps)`, and `finish()`
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
  readonly buffers: readonly Buffer[];
  readonly memoryBytes: number;
  /** Where the value of a node lives. Numbers (`fill`), counters and fused operands have no place. */
  readonly places: ReadonlyMap<NodeId, Place>;
  /** Kernels in the order they run; those over `step` run step by step, one after the other within a step. */
  readonly sweeps: Readonly<Record<ProcedureName, readonly Kernel[]>>;
}

/** Entry e of a value at step t, row b stands at `offset + t*stepStride + b*rowStride + e`, in lanes of its buffer. */
export interface Place {
  readonly buffer: string;
  readonly offset: number;
  readonly stepStride: number;
  readonly rowStride: number;
}

/** Which loops a kernel runs inside: none, over the rows of the batch, or over steps and rows. */
export type Extent = 'once' | 'example' | 'step';

export type Kernel =
  /** Computes a node into its place. */
  | { readonly kind: 'compute'; readonly node: NodeId; readonly over: Extent }
  /** Adds a total's operand, at each step and row it varies over, to the place of the total. */
  | { readonly kind: 'accumulate'; readonly total: NodeId; readonly over: Extent }
  /** Copies a value to a second place. */
  | {
      readonly kind: 'copy';
      readonly from: NodeId;
      readonly to: Place;
      readonly over: Extent;
      readonly why: string;
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
  | { readonly kind: 'clear'; readonly total: NodeId; readonly over: 'once' };

/** Names of the buffers that the outside world reads and writes; one place for the spelling. */
export const bufferNames = {
  input: (name: string) => `input.${name}`,
  state: (name: string) => `state.${name}`,
  parameter: (name: string) => `parameter.${name}`,
  constant: (name: string) => `constant.${name}`,
  output: (name: string) => `output.${name}`,
  loss: 'loss',
  gradient: (name: string) => `gradient.${name}`,
  outputCotangent: (name: string) => `cotangent.output.${name}`,
  lossCotangent: 'cotangent.loss',
  inputCotangent: (name: string) => `cotangent.input.${name}`,
  stateCotangent: (name: string) => `cotangent.state.${name}`,
  startCotangent: (name: string) => `cotangent.start.${name}`,
  stepCounter: 'counter.step',
  sequenceNumber: 'counter.sequence',
} as const;
