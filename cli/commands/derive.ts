import type { Cell } from '../../compiler/cell/cell.ts';
import { perStep, sameOuter } from '../../compiler/cell/type.ts';
import { checkedCell, frozenParameters, stepGraph } from '../../compiler/compile.ts';
import { derive } from '../../compiler/derive/derive.ts';
import { printDerived } from '../../compiler/derive/print.ts';
import { unroll } from '../../compiler/derive/unroll.ts';
import { cellCatalog } from '../../compiler/diagnostics/catalog/cell.ts';
import { CompileError } from '../../compiler/diagnostics/compileError.ts';
import { diagnose } from '../../compiler/diagnostics/diagnostic.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { loadImport, readSource } from '../files.ts';
import type { Io } from '../io.ts';

export interface DeriveCommand {
  readonly cell?: string;
  /** Sizes, where a lag or the bound of a loop is one. */
  readonly size?: ReadonlyMap<string, number>;
  readonly latex: boolean;
  readonly unroll?: number;
}

/** The adjoint of a cell as equations. */
export function deriveFile(
  path: string,
  { latex, unroll: steps, size, ...options }: DeriveCommand,
  io: Io,
): ExitCode {
  const cell = checkedCell(readSource(path), {
    ...options,
    ...(size && { sizes: size }),
    load: loadImport,
  });
  refusePerSequence(cell);
  const graph = stepGraph(cell, size === undefined ? {} : { sizes: size });
  const frozen = frozenParameters(cell);
  const format = latex ? 'latex' : 'text';
  const text =
    steps === undefined ? printDerived(derive(graph, frozen), format) : unroll(graph, steps, format, frozen);
  io.out(`${text.trimEnd()}\n`);
  return exitCodes.fine;
}

/** The page has no place yet for what is known once per sequence, nor words for the entries of a size. */
function refusePerSequence({ inputs }: Cell): void {
  const input = inputs.find(({ type }) => !sameOuter(type.outer, perStep));
  if (input === undefined) return;
  const what = `derive, for what is given once per sequence or over a size (${input.name})`;
  throw new CompileError([diagnose(cellCatalog.notYet, input.span, { what })]);
}
