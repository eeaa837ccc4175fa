import { perStep, sameOuter } from '../cell/type.ts';
import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import { CompileError } from '../diagnostics/compileError.ts';
import { diagnose } from '../diagnostics/diagnostic.ts';
import type { StepGraph } from '../graph/graph.ts';

/**
 * The cotangent of what is given once per sequence is a sum over the steps of its sequence, and entries over a size are
 * summed over entries: the page has no place for either yet.
 *
 * @throws CompileError where the cell needs one
 */
export function refuseUnprinted({ nodes, inputs, targets }: StepGraph): void {
  const given = [...inputs, ...targets].find(({ node }) => !sameOuter(nodes[node]!.type.outer, perStep));
  if (given === undefined) return;
  const what = `derive, for what is given once per sequence or over a size (${given.name})`;
  throw new CompileError([diagnose(cellCatalog.notYet, nodes[given.node]!.origin.span, { what })]);
}
