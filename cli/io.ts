import type picocolors from 'picocolors';

/** Where a command writes; tests hand in their own. */
export interface Io {
  /** Results. */
  out(text: string): void;
  /** Errors and everything that is not the result. */
  err(text: string): void;
  /** For what goes to standard error and for tables; plain where that is no terminal. */
  readonly colour: ReturnType<typeof picocolors.createColors>;
}
