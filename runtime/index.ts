/*
 * The public face of the runtime: what a compiled cell needs to live, learn and run. It contains no part of the compiler.
 */

// ---- a live cell

export type {
  CellTypes,
  CompiledCell,
  CompiledCode,
  Manifest,
  ManifestBuffer,
  ManifestConstant,
  ManifestInput,
  ManifestLoss,
  ManifestNoise,
  ManifestOutput,
  ManifestOver,
  ManifestParameter,
  ManifestRows,
  ManifestSequenceInput,
  ManifestState,
  WasmVariant,
} from '../compiler/module/manifest.ts';
export type { Values } from './arrays.ts';
export type { BackwardOptions } from './cotangents.ts';
export type { ForwardOptions, Instance } from './instance.ts';
export { type InstantiateOptions, instantiate, instantiateSync } from './instantiate.ts';
export { readWasm } from './load.ts';
export type { Lanes } from './memory.ts';
export type { Given, Named } from './named.ts';
export type { Mode } from './noiseBuffers.ts';
export type { RowTimes } from './rows.ts';
export type { SetInputsOptions } from './sequenceInputs.ts';
export type { StateSnapshot } from './state.ts';
export type { VariantOptions } from './variant.ts';
export type { StateView } from './views.ts';

// ---- what V8 can be asked for, in Node

export { enableRelaxed } from './relaxed.ts';
export type { Switched } from './v8.ts';
export { enableWide } from './wide.ts';

// ---- long sequences: running, and truncated back-propagation through time

export {
  type Evaluable,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  evaluateAsync,
  type InputSource,
} from './evaluate.ts';
export type { Abort, LongCallOptions, Progress } from './longCall.ts';
export { type Epoch, type TrainOptions, trainEpoch, trainEpochAsync } from './train.ts';
export { type Sequence, type Window, type WindowOptions, type WindowPosition, windows } from './window.ts';

// ---- weights outside a cell

export {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorFile,
  type TensorValues,
} from './safetensors.ts';
export {
  copyWeights,
  loadWeights,
  type SaveWeightsOptions,
  saveWeights,
  setWeights,
  type Weighted,
  weightTensors,
} from './weights.ts';

// ---- bounding gradients

export {
  type Clipper,
  type ClipReport,
  clipByGlobalNorm,
  clipByParameterNorm,
  clipByValue,
  rescaleToNorm,
} from './clip.ts';

// ---- optimisers

export { type AdagradOptions, adagrad } from './optimisers/adagrad.ts';
export { type AdamOptions, adam } from './optimisers/adam.ts';
export { type AdamwOptions, adamw } from './optimisers/adamw.ts';
export type { Optimiser, OptimiserState, Trainable } from './optimisers/optimiser.ts';
export { type RmspropOptions, rmsprop } from './optimisers/rmsprop.ts';
export { loadOptimiser, saveOptimiser } from './optimisers/save.ts';
export { type SgdOptions, sgd } from './optimisers/sgd.ts';
export {
  type CosineScheduleOptions,
  cosineSchedule,
  type Schedule,
  type StepScheduleOptions,
  stepSchedule,
  type WarmupOptions,
  warmup,
} from './schedules.ts';
export { update } from './update.ts';

// ---- losses outside a cell

export { crossEntropy } from './losses/crossEntropy.ts';
export { type LossAndCotangent, squaredError } from './losses/squaredError.ts';

// ---- random numbers, errors

export { RuntimeError, runtimeErrors } from './errors.ts';
export { Random } from './random.ts';
