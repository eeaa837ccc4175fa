/**
 * What a compiled cell needs and offers, as plain data: the contract between the compiler and the runtime, which imports
 * nothing else of the compiler. It travels as JSON with every module. Shapes are slowest axis first; `buffer` names refer
 * to `buffers`.
 */
export interface Manifest {
  /** The version of this description. */
  readonly format: 1;
  /** Name of the cell. */
  readonly cell: string;
  /** The sizes it was compiled with, by name. */
  readonly sizes: Readonly<Record<string, number>>;
  /** The real numbers of its header, by name. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Rows of a batch, >= 1. */
  readonly batch: number;
  /** Most steps of one call of `forward`, >= 1. */
  readonly window: number;
  /** Whether `backward` and `finish` do anything. */
  readonly training: boolean;
  /** How multiply-adds round; where the code has several variants, in the first of them. */
  readonly profile: 'separate' | 'fused';
  /** Memory block, a multiple of 16. */
  readonly memoryBytes: number;
  /** Where everything lies in memory. */
  readonly buffers: readonly ManifestBuffer[];
  /** What is to be filled before each run; absent where the cell has none. */
  readonly noises?: readonly ManifestNoise[];
  /** In order of declaration, as all lists. */
  readonly inputs: readonly ManifestInput[];
  /** What is given once per sequence; absent where the cell has none. */
  readonly sequenceInputs?: readonly ManifestSequenceInput[];
  /** Sizes that values vary over (`over S`); absent where there are none. */
  readonly overs?: readonly ManifestOver[];
  /** What the loss compares with. */
  readonly targets: readonly ManifestInput[];
  /** What rows do apart from one another; where asked for at compile time. */
  readonly rows?: ManifestRows;
  /** Hidden ones too: what is kept of inputs for `x_prev`. */
  readonly states: readonly ManifestState[];
  /** Frozen ones too. */
  readonly parameters: readonly ManifestParameter[];
  /** What a caller sees of each step. */
  readonly outputs: readonly ManifestOutput[];
  /** Absent where the cell has none. */
  readonly loss?: ManifestLoss;
  /** i32 [batch]: steps each row has done since its sequence began, before this window. Kept up to date by the runtime. */
  readonly stepCounter: string;
  /** i32 [batch]: the running number of each row's sequence, given by the caller. */
  readonly sequenceNumber: string;
  /**
   * Buffer of two f64 per learned entry, aligned to 8 bytes, that the cell leaves alone: room for what an optimiser
   * gathers, so that kernels in WebAssembly reach it. Absent without training.
   */
  readonly optimiserState?: string;
  /** Values to be in memory before anything runs. */
  readonly constants: readonly ManifestConstant[];
}

export interface ManifestBuffer {
  readonly name: string;
  readonly lanes: 'f32' | 'i32';
  /** In bytes. */
  readonly offset: number;
  /** In lanes. */
  readonly length: number;
}

export interface ManifestConstant {
  readonly buffer: string;
  readonly values: readonly number[];
}

export interface ManifestInput {
  readonly name: string;
  /** Per example and step. */
  readonly shape: readonly number[];
  /** The axes of `shape` as the user wrote them, `4*H`; for messages. */
  readonly axes?: readonly string[];
  /** Buffer [window, batch, ...shape]; i32 where `classes` is given. */
  readonly buffer: string;
  /** Entries are whole numbers 0 … classes - 1. */
  readonly classes?: number;
  /** Buffer [window, batch, ...shape] that `backward` fills with the loss's derivative; where asked for at compile time. */
  readonly cotangent?: string;
}

/** Buffers f32 [window, batch], zeros for rows that do nothing of their own. */
export interface ManifestRows {
  /** Not 0 from the step on at which the row has ended: its states stay, its outputs and losses are 0. */
  readonly ended?: string;
  /** Not 0 where the row begins a new sequence with this step, its states at their start values. */
  readonly reset?: string;
  /** To be added to `stepCounter` and the steps of the window, so that `step` counts from a reset; where the cell counts. */
  readonly stepOffset?: string;
}

/** An input that is given once per sequence. Its shape begins with the sizes that it varies over. */
export interface ManifestSequenceInput {
  readonly name: string;
  /** Per example. */
  readonly shape: readonly number[];
  /** The axes of `shape` as the user wrote them, `4*H`; for messages. */
  readonly axes?: readonly string[];
  /** Names of sizes in `overs`: the first axes of `shape`. */
  readonly over: readonly string[];
  /** Buffer [batch, ...shape]; i32 where `classes` is given. */
  readonly buffer: string;
  /** Entries are whole numbers 0 … classes - 1. */
  readonly classes?: number;
  /** Buffer [batch, ...shape] that `finish` fills with the loss's derivative; where asked for at compile time. */
  readonly cotangent?: string;
}

/** A size of which a row may have fewer entries. */
export interface ManifestOver {
  /** Name of the size. */
  readonly name: string;
  /** The most entries: the size. */
  readonly size: number;
  /** Buffer f32 [batch]: how many entries each row has, 0 … size. Kept by the runtime. */
  readonly buffer: string;
}

export interface ManifestState {
  readonly name: string;
  readonly shape: readonly number[];
  /** The axes of `shape` as the user wrote them, `4*H`; for messages. */
  readonly axes?: readonly string[];
  /** Buffer [window + 1, batch, ...shape]: slot t is the value before step t of the window, slot t + 1 the one after. */
  readonly buffer: string;
  /** i32 state: the last value of an index input, kept for `token_prev`. */
  readonly lanes: 'f32' | 'i32';
  /** Written by the compiler for `x_prev` of an input; carried like any state, but the user never named it a state. */
  readonly hidden: boolean;
  /**
   * Buffer [batch, ...shape]: before `backward`, what arrives at the last state from outside (zero in truncated BPTT);
   * after it, the cotangent of the state before the window's first step. Absent for i32 and without training.
   */
  readonly cotangent?: string;
  /**
   * Buffer [batch, ...shape] read by `finish`: the cotangent of the start value, where the window began its sequences
   * (copied from `cotangent` by the runtime), else zeros. It goes on to the parameters a learned start is made of.
   */
  readonly startCotangent?: string;
}

export interface ManifestParameter {
  /** Path name: `W`, `inner.W`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The axes of `shape` as the user wrote them, `4*H`; for messages. */
  readonly axes?: readonly string[];
  readonly frozen: boolean;
  /** Buffer [...shape]. */
  readonly buffer: string;
  /** Buffer [...shape], overwritten by `finish`; absent for frozen parameters and without training. */
  readonly gradient?: string;
  readonly initialiser: InitialiserFormula;
}

export interface ManifestNoise {
  /** Path name: `m`, `inner.m`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The axes of `shape` as the user wrote them, `4*H`; for messages. */
  readonly axes?: readonly string[];
  /**
   * Buffer [window, batch, ...shape]; [...shape] where the scope is `update`. Absent where the code reads none: it was
   * compiled with the expectation, or nothing depends on the noise.
   */
  readonly buffer?: string;
  /** How often it is drawn: for every example at each step or once per sequence, or once per update for all. */
  readonly scope: 'step' | 'sequence' | 'update';
  readonly distribution: 'bernoulli' | 'normal' | 'uniform';
  /** bernoulli: the probability of a 1; normal: mean, deviation; uniform: low, high. */
  readonly args: readonly number[];
  /** Its value in evaluation. */
  readonly expectation: number;
}

export interface ManifestOutput {
  readonly name: string;
  readonly shape: readonly number[];
  /** The axes of `shape` as the user wrote them, `4*H`; for messages. */
  readonly axes?: readonly string[];
  /** Buffer [window, batch, ...shape]. */
  readonly buffer: string;
  /** Buffer [window, batch, ...shape]: the caller's dL/d output, read by `backward`. Absent without training. */
  readonly cotangent?: string;
}

export interface ManifestLoss {
  /** Buffer [window, batch]: the loss of each step and example. */
  readonly buffer: string;
  /** Buffer [window, batch]: weight of each in the scalar that is differentiated, e.g. 1/(steps*batch) for the mean. */
  readonly cotangent?: string;
}

/** How a parameter starts. Sizes and numbers are already in. */
export type InitialiserFormula =
  | { readonly kind: 'number'; readonly value: number }
  /** All entries, row-major: what an index function gave. */
  | { readonly kind: 'values'; readonly values: readonly number[] }
  /** A draw per entry (uniform: low, high; normal: mean, deviation), or for the whole array (the others). */
  | {
      readonly kind: 'draw';
      readonly distribution: 'uniform' | 'normal' | 'glorot' | 'he' | 'orthogonal' | 'identity' | 'spectral';
      readonly args: readonly InitialiserFormula[];
    }
  /** An elementwise function of these, e.g. log(-0.5*log(uniform(0.81, 0.98))). */
  | { readonly kind: 'apply'; readonly op: string; readonly args: readonly InitialiserFormula[] };

/** The procedures of a module once it lives. `steps` is at most the manifest's window. */
export interface Procedures {
  prepare(): void;
  start(): void;
  forward(steps: number): void;
  backward(steps: number): void;
  finish(): void;
}

/**
 * The names of a cell and what their arrays are, for TypeScript: the declarations of a compiled module fill it in, so that
 * a misspelled name is a type error.
 */
export interface CellTypes {
  readonly inputs: Readonly<Record<string, Float32Array | Int32Array>>;
  readonly sequenceInputs?: Readonly<Record<string, Float32Array | Int32Array>>;
  readonly targets: Readonly<Record<string, Float32Array | Int32Array>>;
  readonly outputs: Readonly<Record<string, Float32Array>>;
  readonly states: Readonly<Record<string, Float32Array>>;
  readonly parameters: Readonly<Record<string, Float32Array>>;
}

/** A compiled cell: manifest, and the code in one of two forms. */
export interface CompiledCell<Types extends CellTypes = CellTypes> {
  /** What it needs and offers. */
  readonly manifest: Manifest;
  /** What runs. */
  readonly code: CompiledCode;
  /** Never there; it tells TypeScript the names. */
  readonly types?: Types;
}

/** The code of a cell. */
export type CompiledCode =
  /** WebAssembly: at least one variant, the host's choice at load, no two of equal profile and block. */
  | { readonly kind: 'wasm'; readonly variants: readonly WasmVariant[] }
  /** JavaScript: given the memory block, returns the five procedures. */
  | { readonly kind: 'js'; readonly create: (memory: ArrayBuffer) => Procedures; readonly source: string };

/**
 * One WebAssembly module that does what the cell's manifest says. It imports its memory as `rnnc.memory` and exports the
 * five procedures. All variants of a cell have one memory map, so that they may run by turns on one memory;
 * after a change of variants `prepare` lays parameters out anew.
 */
export interface WasmVariant {
  /** `fused` rounds a multiply-add once; such a module may need relaxed SIMD on a host that fuses. */
  readonly profile: 'separate' | 'fused';
  /** Register block of its contractions, rows x vectors, `6x2`; `scalar` without SIMD. It changes speed, never bits. */
  readonly block: string;
  readonly bytes: Uint8Array;
}
