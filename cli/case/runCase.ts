import type { Cell } from '../../compiler/cell/cell.ts';
import type { Load } from '../../compiler/cell/modules.ts';
import { checkedCell, compile, compileStages } from '../../compiler/compile.ts';
import { cellCatalog } from '../../compiler/diagnostics/catalog/cell.ts';
import { CompileError } from '../../compiler/diagnostics/compileError.ts';
import { evaluateSequence, type SequenceGiven, type SequenceResult } from '../../compiler/graph/evaluate.ts';
import type { CompiledCell } from '../../compiler/module/manifest.ts';
import type { Source } from '../../compiler/source/source.ts';
import type { Target } from '../../compiler/targets/target.ts';
import { fusesMultiplyAdd } from '../../runtime/host.ts';
import { fitsEvaluator } from '../memory.ts';
import { caseErrors } from './errors.ts';
import { kernels } from './kernels.ts';
import { type Case, cellNameOf, openCase, readCase } from './readCase.ts';
import { Reporter } from './reporter.ts';
import { withoutPadding, withRowTimes } from './rowTimes.ts';
import { sizesGiven } from './scalars.ts';
import { writeResult } from './writeResult.ts';

export interface CaseCall {
  readonly source: Source;
  readonly load: Load;
  /** The case file. */
  readonly data: Source;
  readonly target: 'evaluate' | Target['name'];
  /** Instead of the one that the case names. */
  readonly cell?: string | undefined;
  /** Whether to write the values of all equations; with `evaluate` only. */
  readonly values: boolean;
}

/**
 * Computes a case.
 *
 * @returns the result as JSON, or everything that is wrong with the case
 * @throws CompileError for the cell's own mistakes
 */
export function runCase(
  call: CaseCall,
): { readonly result: string } | { readonly errors: readonly string[] } {
  const { source, data, target, values } = call;
  const reporter = new Reporter(data.name);
  const { errors } = reporter;
  const members = openCase(data.text, reporter);
  if (members === undefined) return { errors };
  const name = call.cell ?? cellNameOf(members, reporter);
  const options = { load: call.load, ...(name === undefined ? {} : { cell: name }) };
  const sized = { ...options, sizes: sizesGiven(members) };
  const cell = call.cell === undefined ? cellOfCase(source, sized, reporter) : checkedCell(source, sized);
  if (cell === undefined) return { errors };
  const checked = readCase(members, cell, reporter);
  if (checked === undefined) return { errors };
  if (target === 'wasm' && checked.profile === 'fused' && !fusesMultiplyAdd()) {
    reporter.report(caseErrors.cannotFuse, {});
    return { errors };
  }

  const result = compute(call, cell, options, checked);
  if (result === undefined) {
    reporter.report(caseErrors.tooLarge, checked.given);
    return { errors };
  }
  const precision = target === 'evaluate' ? 'f64' : 'f32';
  return { result: writeResult(cell, checked, result, { target, precision, values }) };
}

/**
 * That there is no cell of the case's name is the case's mistake; what else is wrong with the source comes first.
 *
 * @returns undefined after a report
 */
function cellOfCase(
  source: Source,
  options: { readonly load: Load; readonly cell?: string; readonly sizes: ReadonlyMap<string, number> },
  reporter: Reporter,
): Cell | undefined {
  try {
    return checkedCell(source, options);
  } catch (error) {
    if (!(error instanceof CompileError) || options.cell === undefined) throw error;
    // An inner cell that is unknown has a name in the text.
    const missing = error.diagnostics.find(
      ({ code, span }) => code === cellCatalog.unknownCell.code && span.end === 0,
    );
    const others = error.diagnostics.filter((diagnostic) => diagnostic !== missing);
    if (others.length > 0) throw new CompileError(others);
    const { name: owner } = source;
    reporter.report(caseErrors.unknownName, {
      owner,
      what: 'cell',
      name: options.cell,
      known: [],
      hint: missing?.hint,
    });
    return undefined;
  }
}

/** @returns undefined where memory does not suffice */
function compute(
  { source, target }: CaseCall,
  cell: Cell,
  base: { readonly load: Load; readonly cell?: string },
  { binding, profile, given, lengths, resets, differentiated, noise }: Case,
): SequenceResult | undefined {
  const times = { lengths, resets };
  const over = (run: (all: SequenceGiven) => SequenceResult) =>
    withoutPadding(run(withRowTimes(given, cell, times)), given, times);
  const rows = { lengths: lengths !== undefined, resets: resets !== undefined };
  const { steps, batch } = given;
  const options = {
    ...base,
    ...rows,
    sizes: new Map([...binding.sizes, ...binding.numbers]),
    batch,
    window: steps,
    training: differentiated,
    noise,
    inputCotangents: true,
    profile,
  };
  if (target === 'evaluate') {
    const { bound } = compileStages(source, { ...options, batch: 1, window: 1 });
    return fitsEvaluator(bound, steps, batch) ? over((all) => evaluateSequence(bound, all)) : undefined;
  }
  const run = allocated(compile(source, { ...options, target }));
  return run && over(run);
}

function allocated(compiled: CompiledCell): ReturnType<typeof kernels> | undefined {
  try {
    return kernels(compiled);
  } catch (error) {
    // What hosts throw where there is no room for the memory block.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
