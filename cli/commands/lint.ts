import { check } from '../../compiler/cell/check.ts';
import { renderDiagnostics } from '../../compiler/diagnostics/render.ts';
import { lint } from '../../compiler/lint/lint.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { loadImport } from '../files.ts';
import type { Io } from '../io.ts';
import { readable } from './check.ts';

export interface LintCommand {
  /** Whether a warning counts as a failure. */
  readonly strict: boolean;
  /** For which loops are written out. */
  readonly size: ReadonlyMap<string, number>;
}

/** Warnings about cells that are sound; errors where they are not. */
export function lintFiles(paths: readonly string[], { strict, size }: LintCommand, io: Io): ExitCode {
  const found = paths.map((path) => lintFile(path, size, io));
  if (found.includes('file')) return exitCodes.file;
  if (found.includes('errors')) return exitCodes.failed;
  return strict && found.includes('warnings') ? exitCodes.failed : exitCodes.fine;
}

function lintFile(
  path: string,
  sizes: ReadonlyMap<string, number>,
  io: Io,
): 'file' | 'errors' | 'warnings' | 'nothing' {
  const source = readable(path, io);
  if (source === undefined) return 'file';
  const { tree, diagnostics, lost } = parse(source);
  const checked = check(tree, { load: loadImport, sizes, ...(diagnostics.length === 0 ? {} : { lost }) });
  const faults = [...diagnostics, ...checked.diagnostics];
  const hasErrors = faults.some(({ severity }) => severity === 'error');
  const all = hasErrors ? faults : [...faults, ...lint(tree, checked.cells.values())];
  if (all.length === 0) {
    io.out(`${path}: nothing to warn of\n`);
    return 'nothing';
  }
  io.err(`${renderDiagnostics(all, { colour: io.colours.err.isColorSupported }).trimEnd()}\n`);
  return hasErrors ? 'errors' : 'warnings';
}
