/*
 * The public face of the compiler: `rnnc/compiler`. Outsiders import nothing else of this folder.
 */

export type { Load } from './cell/modules.ts';
// ---- text to module ----------------------------------------------------------------------------------------------
export {
  type CompileOptions,
  checkedCell,
  checkSource,
  compile,
  compileStages,
  type Stages,
} from './compile.ts';
// ---- what is wrong with a text -----------------------------------------------------------------------------------
export { CompileError } from './diagnostics/compileError.ts';
export type { Diagnostic, Related, Severity } from './diagnostics/diagnostic.ts';
export { type RenderOptions, renderDiagnostics } from './diagnostics/render.ts';
// ---- stages as text ----------------------------------------------------------------------------------------------
export { dump, type StageName, stageNames } from './dump.ts';
export {
  type CheckedArray,
  type Comparison,
  type GradcheckOptions,
  type GradcheckReport,
  gradcheck,
  type NotDerivative,
} from './gradcheck/gradcheck.ts';
// ---- meaning and derivative --------------------------------------------------------------------------------------
export {
  evaluateSequence,
  type SequenceAdjoint,
  type SequenceGiven,
  type SequenceResult,
} from './graph/evaluate.ts';
export { type Bundle, bundleModule, bundleWasm } from './module/bundle.ts';
export type { CompiledCell, CompiledCode, Manifest } from './module/manifest.ts';
// ---- tables, for tools -------------------------------------------------------------------------------------------
export { arrayFunctions } from './ops/array.ts';
export { mathOps } from './ops/math.ts';
export type { Source, Span } from './source/source.ts';
export { format } from './syntax/format.ts';
export { parse } from './syntax/parse.ts';
export { targets } from './targets/index.ts';
