import { printCell } from './cell/print.ts';
import { type CompileOptions, checkedCell, compileStages, graphStages } from './compile.ts';
import { CompileError } from './diagnostics/compileError.ts';
import { printGraph } from './graph/print.ts';
import { printStabilised } from './optimise/stable/print.ts';
import { checkAmong, checkCall } from './options.ts';
import { printPlan } from './plan/print.ts';
import { printProgram } from './program/print.ts';
import type { Source } from './source/source.ts';
import { parse } from './syntax/parse.ts';
import { emitJs } from './targets/js/emit.ts';
import { emitWasm } from './targets/wasm/emit.ts';
import { printModule } from './targets/wasm/text.ts';

/** The stages that `dump` shows, in the order of the compilation. */
export const stageNames = ['syntax', 'cell', 'graph', 'plan', 'program', 'js', 'wat'] as const;
/** One of `stageNames`. */
export type StageName = (typeof stageNames)[number];

/**
 * Any stage of a compilation as text. `syntax` is the tree as JSON, without spans; the others are the stages' own print.
 *
 * @throws CompileError
 */
export function dump(source: Source, stage: StageName, options: CompileOptions = {}): string {
  checkCall(source, options);
  checkAmong(source, 'stage', stage, stageNames);
  if (stage === 'syntax') return syntaxText(source);
  if (stage === 'cell') return printCell(checkedCell(source, options));
  if (stage === 'graph') {
    const { optimised, stabilised } = graphStages(source, options);
    return printGraph(optimised) + printStabilised(stabilised);
  }
  const stages = compileStages(source, options);
  switch (stage) {
    case 'plan':
      return printPlan(stages.plan);
    case 'program':
      return printProgram(stages.program);
    case 'js':
      return emitJs(stages.program);
    case 'wat':
      return printModule(emitWasm(stages.program));
  }
}

function syntaxText(source: Source): string {
  const { tree, diagnostics } = parse(source);
  if (diagnostics.length > 0) throw new CompileError(diagnostics);
  const withoutSpans = (key: string, value: unknown) => (/span$/i.test(key) ? undefined : value);
  return `${JSON.stringify(tree, withoutSpans, 2)}\n`;
}
