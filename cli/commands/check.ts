import type { Cell } from '../../compiler/cell/cell.ts';
import { check } from '../../compiler/cell/check.ts';
import { renderDiagnostics } from '../../compiler/diagnostics/render.ts';
import type { Source } from '../../compiler/source/source.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import type { SyntaxTree } from '../../compiler/syntax/tree.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { loadImport, readSource } from '../files.ts';
import type { Io } from '../io.ts';

/** Names, shapes and sizes of every cell in the files: all mistakes, or one line per cell. */
export function checkFiles(
  paths: readonly string[],
  { size }: { readonly size: ReadonlyMap<string, number> },
  io: Io,
): ExitCode {
  const codes = paths.map((path) => checkFile(path, size, io));
  const worst = [exitCodes.file, exitCodes.failed].find((code) => codes.includes(code));
  return worst ?? exitCodes.fine;
}

function checkFile(path: string, sizes: ReadonlyMap<string, number>, io: Io): ExitCode {
  const source = readable(path, io);
  if (source === undefined) return exitCodes.file;
  const { tree, diagnostics, lost } = parse(source);
  const checked = check(tree, { load: loadImport, sizes, ...(diagnostics.length === 0 ? {} : { lost }) });
  const all = [...diagnostics, ...checked.diagnostics];
  if (all.length > 0)
    io.err(`${renderDiagnostics(all, { colour: io.colours.err.isColorSupported }).trimEnd()}\n`);
  if (all.some(({ severity }) => severity === 'error')) return exitCodes.failed;
  if (checked.cells.size === 0) io.out(`${path}: ${withoutCells(tree)}\n`);
  for (const cell of checked.cells.values()) io.out(`${path}: ok, ${summary(cell)}\n`);
  return exitCodes.fine;
}

/** A file that cannot be read does not hide what is wrong with the others. */
export function readable(path: string, io: Io): Source | undefined {
  try {
    return readSource(path);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    io.err(`${error.message}\n`);
    return undefined;
  }
}

function withoutCells({ items, dangling }: SyntaxTree): string {
  if (items.length > 0) return 'ok, no cells';
  return `there is nothing in it${dangling.length > 0 ? ' but comments' : ''}`;
}

function summary(cell: Cell): string {
  const header = cell.sizes.map(({ name, default: value }) =>
    value === undefined ? name : `${name} = ${value}`,
  );
  const count = (list: readonly unknown[], noun: string) =>
    `${list.length} ${noun}${list.length === 1 ? '' : 's'}`;
  const parts = [
    count(cell.inputs, 'input'),
    count(cell.states, 'state'),
    count(cell.parameters, 'parameter'),
  ];
  return `cell ${cell.name}(${header.join(', ')}): ${parts.join(', ')}${cell.loss === undefined ? '' : ', a loss'}`;
}
