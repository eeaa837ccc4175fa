import { runCase } from '../case/runCase.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { loadImport, readText, writeAtomically } from '../files.ts';
import type { Io } from '../io.ts';

export interface RunCommand {
  readonly data: string;
  readonly out?: string;
  readonly target: 'evaluate' | 'interpreter' | 'js' | 'wasm';
  readonly cell?: string;
  readonly values: boolean;
}

/** Computes one case, and writes the result once all of it is there. */
export function runFile(path: string, { data, out, ...options }: RunCommand, io: Io): ExitCode {
  const outcome = runCase({
    ...options,
    file: path,
    text: readText(path),
    load: loadImport,
    data: { name: data, text: readText(data) },
  });
  if ('errors' in outcome) throw new Failure(exitCodes.failed, outcome.errors.join('\n'));
  if (out === undefined) io.out(outcome.result);
  else writeAtomically(out, outcome.result);
  return exitCodes.fine;
}
