import type { RegisterBlock, RoundingProfile } from './plan.ts';

/** Register blocks by name, rows x columns of four lanes. */
export const registerBlocks = {
  /** Twelve running values: what sixteen registers hold beside a row and its columns. */
  '6x2': { rows: 6, columns: 2 },
  /** For engines that run short of registers sooner. */
  '3x3': { rows: 3, columns: 3 },
  /** Where a product and a sum are two instructions, which need a register between them. */
  '4x2': { rows: 4, columns: 2 },
  /** For engines that join two vectors of four lanes to one of eight: eight such running values. */
  '4x4': { rows: 4, columns: 4 },
} as const satisfies Record<string, RegisterBlock>;

export type BlockName = keyof typeof registerBlocks;

/** The few that are fastest on some engine (docs/performance.md), the usual best first. */
export const blocksOf: Readonly<Record<RoundingProfile, readonly BlockName[]>> = {
  fused: ['6x2', '3x3', '4x4'],
  separate: ['4x2'],
};
