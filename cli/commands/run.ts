import { enableWide } from '../../runtime/wide.ts';
import { runCase } from '../case/runCase.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { loadImport, readSource, writeAtomically } from '../files.ts';
import type { Io } from '../io.ts';

export interface RunCommand {
  readonly data: string;
  readonly out?: string;
  readonly target: 'evaluate' | 'interpreter' | 'js' | 'wasm';
  readonly cell?: string;
  readonly values: boolean;
  readonly wide: boolean;
}

/** Computes one case, and writes the result once all of it is there. */
export function runFile(path: string, { data, out, wide, ...options }: RunCommand, io: Io): ExitCode {
  if (options.values && options.target !== 'evaluate') {
    const why = 'kernels do not keep the values of all equations';
    throw new Failure(exitCodes.usage, `--values goes with --target evaluate only: ${why}.`);
  }
  if (wide && options.target !== 'wasm') {
    throw new Failure(exitCodes.usage, '--wide goes with --target wasm only: it is about WebAssembly code.');
  }
  if (path === '-' && data === '-') {
    throw new Failure(exitCodes.usage, 'Only one of cell and case can come from standard input.');
  }
  const source = readSource(path);
  const widened = wide ? enableWide() : undefined;
  if (widened?.enabled === false) io.err(`--wide is left out: ${widened.reason}\n`);
  const outcome = runCase({ ...options, source, load: loadImport, data: readSource(data) });
  if ('errors' in outcome) throw new Failure(exitCodes.failed, outcome.errors.join('\n'));
  if (out === undefined || out === '-') io.out(outcome.result);
  else writeAtomically(out, outcome.result);
  return exitCodes.fine;
}
