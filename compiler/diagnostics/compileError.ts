import type { Diagnostic } from './diagnostic.ts';
import { renderDiagnostics } from './render.ts';

/** All that is wrong with a source; the message holds every diagnostic with its frame, ready to be shown. */
export class CompileError extends Error {
  override readonly name = 'CompileError';

  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(renderDiagnostics(diagnostics));
  }
}
