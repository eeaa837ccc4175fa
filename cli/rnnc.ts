import type { CompileError } from '../compiler/diagnostics/compileError.ts';
import { type ExitCode, exitCodes, Failure } from './failure.ts';
import type { Io } from './io.ts';
import { runProgram } from './program.ts';

/** Runs one call of `rnnc`; whatever goes wrong becomes a message and an exit code. */
export async function main(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    return await runProgram(args, io);
  } catch (error) {
    return await report(error, io);
  }
}

async function report(error: unknown, io: Io): Promise<ExitCode> {
  const { name, message, stack } = error as Error;
  if (error instanceof Failure) {
    io.err(`${message.trimEnd()}\n`);
    return error.exitCode;
  }
  // By name: this file starts without the compiler and the runtime that define them.
  if (name === 'CompileError') {
    const { renderDiagnostics } = await import('../compiler/diagnostics/render.ts');
    const colour = io.colours.err.isColorSupported;
    io.err(`${renderDiagnostics((error as CompileError).diagnostics, { colour }).trimEnd()}\n`);
    return exitCodes.failed;
  }
  if (name === 'RuntimeError') {
    io.err(`${message.trimEnd()}\n`);
    return exitCodes.failed;
  }
  io.err(
    name === 'InvariantError' ? `${message}\n` : `Internal error in rnnc: ${message}. Please report this.\n`,
  );
  if (process.env.RNNC_DEBUG === '1') io.err(`${stack}\n`);
  return exitCodes.internal;
}
