/** What `rnnc` answers to the shell; scripts can rely on these. */
export const exitCodes = {
  fine: 0,
  /** The source, the data or the check has errors. */
  failed: 1,
  /** The words of the call are wrong. */
  usage: 2,
  /** A file cannot be read or written. */
  file: 3,
  /** A mistake of rnnc itself. */
  internal: 70,
  /** Ended by a signal, as shells write Ctrl-C; what was done is kept. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command: the message goes to standard error as it is. */
export class Failure extends Error {
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
