import type picocolors from 'picocolors';

type Colours = ReturnType<typeof picocolors.createColors>;

/** Where a command writes; tests hand in their own. */
export interface Io {
  /** Results. */
  out(text: string): void;
  /** Errors and everything that is not the result. */
  err(text: string): void;
  /** Resolves when what was written to `out` has gone on its way; a long stream waits for it now and then. */
  drained?(): Promise<void>;
  /** From now on a reader that closes `out` does not end the process; what is written there is lost then. */
  outlive?(): void;
  /** Whether a progress bar can be drawn on standard error. */
  readonly terminal: boolean;
  /** For what goes there; plain where that is no terminal. */
  readonly colours: { readonly out: Colours; readonly err: Colours };
}
