import { type ExitCode, exitCodes, Failure } from './failure.ts';
import type { Io } from './io.ts';
import { runProgram } from './program.ts';

/** Runs one call of `rnnc`; whatever goes wrong becomes a message and an exit code. */
export async function main(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await runProgram(args, io);
  } catch (error) {
    return report(error, io);
  }
}

function report(error: unknown, io: Io): ExitCode {
  const { name, message, stack } = error as Error;
  if (error instanceof Failure) {
    io.err(`${message.trimEnd()}\n`);
    return error.exitCode;
  }
  // By name: this file starts without the compiler and the runtime that define them.
  if (name === 'CompileError' || name === 'RuntimeError') {
    io.err(`${message.trimEnd()}\n`);
    return exitCodes.failed;
  }
  io.err(
    name === 'InvariantError' ? `${message}\n` : `Internal error in rnnc: ${message}. Please report this.\n`,
  );
  if (process.env.RNNC_DEBUG === '1') io.err(`${stack}\n`);
  return exitCodes.internal;
}
