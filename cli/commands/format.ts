import { CompileError } from '../../compiler/diagnostics/compileError.ts';
import { renderDiagnostics } from '../../compiler/diagnostics/render.ts';
import { format } from '../../compiler/syntax/format.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { readSource, writeAtomically } from '../files.ts';
import type { Io } from '../io.ts';

export interface FormatCommand {
  /** Write nothing, name the files. */
  readonly check: boolean;
  readonly stdout: boolean;
}

/**
 * Writes files in canonical form, in place. One with a mistake of syntax stays as it is, and so does one that cannot be
 * read or written; they do not keep the others from being done.
 */
export function formatFiles(paths: readonly string[], command: FormatCommand, io: Io): ExitCode {
  if (command.stdout && paths.length > 1)
    throw new Failure(exitCodes.usage, '--stdout takes one file: several texts could not be told apart.');
  const codes = paths.map((path) => {
    try {
      return formatFile(path, command, io);
    } catch (error) {
      return reported(error, io);
    }
  });
  const worst = [exitCodes.file, exitCodes.failed].find((code) => codes.includes(code));
  return worst ?? exitCodes.fine;
}

function formatFile(path: string, { check, stdout }: FormatCommand, io: Io): ExitCode {
  const source = readSource(path);
  if (source.text.trim() === '') io.err(`${source.name}: there is nothing in it\n`);
  const text = format(source);
  if (check) {
    if (text === source.text) return exitCodes.fine;
    io.out(`${source.name}\n`);
    return exitCodes.failed;
  }
  if (stdout || path === '-') io.out(text);
  else if (text !== source.text) {
    writeAtomically(path, text);
    io.out(`${path}\n`);
  }
  return exitCodes.fine;
}

/** @throws whatever is no fault of the file */
function reported(error: unknown, io: Io): ExitCode {
  if (error instanceof CompileError) {
    const colour = io.colours.err.isColorSupported;
    io.err(`${renderDiagnostics(error.diagnostics, { colour }).trimEnd()}\n`);
    return exitCodes.failed;
  }
  if (!(error instanceof Failure)) throw error;
  io.err(`${error.message}\n`);
  return error.exitCode;
}
