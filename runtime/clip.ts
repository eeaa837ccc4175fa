import { requireSetting } from './errors.ts';
import { checkGradients } from './finite.ts';
import { entriesOf, type Given } from './named.ts';

/*
 * Four ways to bound a gradient, once per update: after it is summed over batch and steps, before an optimiser sees it.
 * Norms are L2, summed in f64, so that squares of 1e25 and 1e-25 are no trouble. A gradient at or under the limit keeps
 * all its bits, and a gradient of zeros stays zeros.
 */

/** What a clipper has done so far. */
export interface ClipReport {
  /** Calls of `apply`. */
  readonly updates: number;
  /** Those that changed a gradient. */
  readonly clipped: number;
  /** Largest that was met before clipping: norm over all, norm of one parameter, or value, as the clipper measures. */
  readonly largest: number;
}

export interface Clipper {
  /**
   * Bounds gradients in place.
   *
   * @param gradients  by parameter, e.g. `instance.gradients`
   * @returns whether any changed
   * @throws RuntimeError RNN511 where an entry is not finite; nothing is changed then
   */
  apply(gradients: Given<Float32Array>): boolean;
  readonly report: ClipReport;
}

/**
 * Scales all gradients by one factor where their joint norm is above `limit`, so that it becomes `limit`
 * (Pascanu, Mikolov & Bengio 2013, section 3.2). The direction stays.
 *
 * @param limit  > 0
 * @throws RuntimeError RNN509
 */
export function clipByGlobalNorm(limit: number): Clipper {
  requireLimit(limit);
  return clipper((gradients) => {
    const norm = Math.sqrt(gradients.reduce((sum, gradient) => sum + squareOf(gradient), 0));
    return { measure: norm, changed: norm > limit && scaleAll(gradients, limit / norm) };
  });
}

/** As `clipByGlobalNorm`, each parameter's gradient by its own norm. The direction does not stay. */
export function clipByParameterNorm(limit: number): Clipper {
  requireLimit(limit);
  return clipper((gradients) => {
    const norms = gradients.map((gradient) => Math.sqrt(squareOf(gradient)));
    const changes = gradients.map(
      (gradient, i) => norms[i]! > limit && scaleAll([gradient], limit / norms[i]!),
    );
    return { measure: Math.max(0, ...norms), changed: changes.includes(true) };
  });
}

/** Entries above `limit` become `limit`, those below `-limit` become `-limit` (Mikolov 2012). */
export function clipByValue(limit: number): Clipper {
  requireLimit(limit);
  return clipper((gradients) => {
    let largest = 0;
    for (const gradient of gradients) {
      for (let i = 0; i < gradient.length; i++) {
        const value = gradient[i]!;
        largest = Math.max(largest, Math.abs(value));
        if (Math.abs(value) > limit) gradient[i] = Math.sign(value) * limit;
      }
    }
    return { measure: largest, changed: largest > limit };
  });
}

/**
 * Scales all gradients by one factor, always, so that their joint norm is `norm`: a step of fixed length. A gradient of
 * zeros has no direction and stays.
 *
 * @param norm  > 0, finite
 * @throws RuntimeError RNN509
 */
export function rescaleToNorm(norm: number): Clipper {
  requireSetting('norm', norm, norm > 0 && norm < Infinity, 'a finite number above 0');
  return clipper((gradients) => {
    const before = Math.sqrt(gradients.reduce((sum, gradient) => sum + squareOf(gradient), 0));
    return { measure: before, changed: before > 0 && before !== norm && scaleAll(gradients, norm / before) };
  });
}

function clipper(
  bound: (gradients: readonly Float32Array[]) => { measure: number; changed: boolean },
): Clipper {
  const report = { updates: 0, clipped: 0, largest: 0 };
  return {
    report,
    apply(gradients) {
      checkGradients(gradients);
      const { measure, changed } = bound(entriesOf(gradients).map(([, gradient]) => gradient));
      report.updates++;
      if (changed) report.clipped++;
      report.largest = Math.max(report.largest, measure);
      return changed;
    },
  };
}

function squareOf(gradient: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) sum += gradient[i]! * gradient[i]!;
  return sum;
}

/** The product is formed in f64 and rounded once, so that a factor outside the range of f32 does no harm. */
function scaleAll(gradients: readonly Float32Array[], factor: number): true {
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! * factor;
  }
  return true;
}

function requireLimit(limit: number): void {
  requireSetting('limit', limit, limit > 0, 'a number above 0');
}
