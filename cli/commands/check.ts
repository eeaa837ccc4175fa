import type { Cell } from '../../compiler/cell/cell.ts';
import { check } from '../../compiler/cell/check.ts';
import { renderDiagnostics } from '../../compiler/diagnostics/render.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { loadImport, readSource } from '../files.ts';
import type { Io } from '../io.ts';

/** Names, shapes and sizes of every cell in the files: all mistakes, or one line per cell. */
export function checkFiles(paths: readonly string[], io: Io): ExitCode {
  let failed = false;
  for (const path of paths) {
    const { tree, diagnostics, lost } = parse(readSource(path));
    const checked = check(tree, { load: loadImport, ...(diagnostics.length === 0 ? {} : { lost }) });
    const all = [...diagnostics, ...checked.diagnostics];
    if (all.length > 0)
      io.err(`${renderDiagnostics(all, { colour: io.colours.err.isColorSupported }).trimEnd()}\n`);
    if (all.some(({ severity }) => severity === 'error')) failed = true;
    else if (checked.cells.size === 0) io.out(`${path}: ok, no cells\n`);
    else for (const cell of checked.cells.values()) io.out(`${path}: ok, ${summary(cell)}\n`);
  }
  return failed ? exitCodes.failed : exitCodes.fine;
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
