import { checkedCell, frozenParameters, stepGraph } from '../../compiler/compile.ts';
import { derive } from '../../compiler/derive/derive.ts';
import { printDerived } from '../../compiler/derive/print.ts';
import { unroll } from '../../compiler/derive/unroll.ts';
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
  const graph = stepGraph(cell, size === undefined ? {} : { sizes: size });
  const frozen = frozenParameters(cell);
  const format = latex ? 'latex' : 'text';
  const text =
    steps === undefined ? printDerived(derive(graph, frozen), format) : unroll(graph, steps, format, frozen);
  io.out(`${text.trimEnd()}\n`);
  return exitCodes.fine;
}
