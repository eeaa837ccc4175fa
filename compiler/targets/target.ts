import type { CompiledCode } from '../module/manifest.ts';
import type { Program } from '../program/program.ts';

/** A way to run programs. A target has nothing to decide: order, addresses and rounding stand in the program. */
export interface Target {
  readonly name: 'interpreter' | 'js' | 'wasm';
  readonly doc: string;
  /** Whether the emitted code can be written to a file and run without the compiler. */
  readonly ships: boolean;
  /**
   * The same program gives the same text or bytes.
   *
   * @param block  name of the register block that the program was made for
   */
  emit(program: Program, block?: string): CompiledCode;
}
