/** Our fault, never the user's: an impossible state of the compiler. The message should be enough to file a bug. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/**
 * Asserts what the compiler guarantees itself.
 *
 * @throws InvariantError when `condition` is false; users' mistakes are diagnostics, never this
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(`Internal error in rnnc: ${message}. Please report this.`);
}
