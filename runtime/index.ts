/*
 * The public face of the runtime: what a compiled cell needs to live, learn and run. It contains no part of the compiler.
 */

// What a compiled cell is
export type { CompiledCell, Manifest } from '../compiler/module/manifest.ts';
export type { Values } from './arrays.ts';
// Bounding gradients
export {
  type Clipper,
  type ClipReport,
  clipByGlobalNorm,
  clipByParameterNorm,
  clipByValue,
  rescaleToNorm,
} from './clip.ts';
export type { BackwardOptions } from './cotangents.ts';
export { RuntimeError, runtimeErrors } from './errors.ts';
// Running and training over sequences
export { type EvaluateOptions, type Evaluation, evaluate, type InputSource } from './evaluate.ts';
export type { ForwardOptions, Instance } from './instance.ts';
// A live cell
export { type InstantiateOptions, instantiate, instantiateSync } from './instantiate.ts';
export { crossEntropy } from './losses/crossEntropy.ts';
// Losses outside a cell
export { type LossAndCotangent, squaredError } from './losses/squaredError.ts';
export type { Given, Named } from './named.ts';
export { type AdamOptions, adam } from './optimisers/adam.ts';
// Optimisers
export type { Optimiser, OptimiserState, Trainable } from './optimisers/optimiser.ts';
export { type SgdOptions, sgd } from './optimisers/sgd.ts';
// Random numbers, errors
export { Random } from './random.ts';
export type { StateSnapshot } from './state.ts';
export { type Epoch, type TrainOptions, trainEpoch } from './train.ts';
export type { StateView } from './views.ts';
export { type Sequence, type Window, type WindowOptions, windows } from './window.ts';
