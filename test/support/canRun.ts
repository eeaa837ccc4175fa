import type { RoundingProfile } from '../../compiler/program/program.ts';
import type { Target } from '../../compiler/targets/target.ts';
import { fusesMultiplyAdd } from '../../runtime/host.ts';

const fuses = fusesMultiplyAdd();

/** Whether this host runs what the target emits: WebAssembly needs relaxed SIMD under `fused`. */
export const canRun = (target: Target, profile: RoundingProfile): boolean =>
  profile === 'separate' || target.name !== 'wasm' || fuses;
