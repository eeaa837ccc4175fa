import type { Noise } from '../cell/cell.ts';
import { evaluateDim, formatDim } from '../cell/dim.ts';
import { evaluateScalar } from '../cell/formula.ts';
import type { Binding } from '../graph/bind.ts';
import { bufferNames } from '../plan/plan.ts';
import type { ManifestNoise } from './manifest.ts';

/**
 * Noise with sizes and numbers put in.
 *
 * @param isRead  whether the plan has its buffer
 */
export function describeNoise(noise: Noise, binding: Binding, isRead: boolean): ManifestNoise {
  const { name, shape, scope, distribution, args, expectation } = noise;
  const number = (formula: Noise['expectation']) => evaluateScalar(formula, new Map(), binding);
  return {
    name,
    shape: shape.map((dim) => evaluateDim(dim, binding.sizes)),
    axes: shape.map(formatDim),
    ...(isRead && { buffer: bufferNames.noise(name) }),
    scope,
    distribution,
    args: args.map(number),
    expectation: number(expectation),
  };
}
