import type { Case } from './cases.ts';
import type { Machine } from './machine.ts';
import type { Spread } from './statistics.ts';

/** What a run of the bench leaves behind, as JSON in `results/`. */
export interface BenchResult {
  readonly format: 1;
  /** Of the day, `2026-01-31`. */
  readonly date: string;
  readonly machine: Machine;
  /** The commit that was measured, with `+` where files differ from it. */
  readonly commit: string;
  readonly settings: {
    readonly rounds: number;
    readonly milliseconds: number;
    readonly quick: boolean;
    readonly pinned: boolean;
  };
  readonly peers: readonly PeerResult[];
  readonly cases: readonly CaseResult[];
  /** Of cases and parts that were measured again later and took the place of the first: names, and the commit of then. */
  readonly again?: readonly { readonly commit: string; readonly what: readonly string[] }[];
  readonly memory: readonly MemoryResult[];
  readonly compile: readonly CompileResult[];
  readonly sizes: readonly SizeResult[];
}

export interface PeerResult {
  readonly name: string;
  readonly title: string;
  readonly family: 'rnnc' | 'npm' | 'native';
  /** What the worker said it is, with versions. */
  readonly ready?: string;
  readonly absent?: string;
}

export interface CaseResult {
  readonly case: Case;
  /** Of its matrix products, forward and backward; absent for cells that the bench does not know. */
  readonly multiplyAdds?: number;
  readonly timings: readonly CaseTiming[];
}

export interface CaseTiming {
  readonly peer: string;
  /** Microseconds, absent where it failed. */
  readonly spread?: Spread;
  /** Microseconds: the median of each visit. */
  readonly rounds?: readonly number[];
  /** Multiply-adds per second of a loop of nothing else, measured after each visit. */
  readonly peaks?: readonly number[];
  readonly note?: string;
  readonly failed?: string;
}

/** Bytes of the most memory a process held, doing next to nothing and doing `case`. */
export interface MemoryResult {
  readonly peer: string;
  readonly case: Case;
  readonly idle: number;
  readonly peak: number;
}

/** Milliseconds for `lstm.rnn` from text to an instance. */
export interface CompileResult {
  readonly peer: string;
  readonly case: Case;
  /** Once the process has done it a few times; of that, the part of `compile`. */
  readonly warm: number;
  readonly warmCompile: number;
  /** Another instance of what was compiled, for which the register block is known. */
  readonly warmAgain: number;
  /** The first time in a process that was already up. */
  readonly first: number;
  /** From the start of a new process to its end, and the same of one that does nothing. */
  readonly process: Spread;
  readonly emptyProcess: Spread;
}

/** Bytes. */
export interface SizeResult {
  readonly peer: string;
  readonly case: Case;
  readonly figures: Readonly<Record<string, number>>;
}
