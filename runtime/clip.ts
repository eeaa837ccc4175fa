import { requireSetting } from './errors.ts';
import { checkGradients } from './finite.ts';
import { entriesOf, type Given } from './named.ts';
import { cut, largestOf, scale, squaresOf } from './passes.ts';

/*
 * Four ways to bound a gradient, once per update: after it is summed over batch and steps, before an optimiser sees it.
 * Norms are L2, summed in f64, so that squares of 1e25 and 1e-25 are no trouble: within a parameter by `squaresOf`, then
 * one parameter after the other. A gradient at or under the limit keeps all its bits, and a gradient of zeros stays zeros.
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

/** Bounds the gradients of one training; it counts what it did. */
export interface Clipper {
  /**
   * Bounds gradients in place.
   *
   * @param gradients  by parameter, e.g. `instance.gradients`
   * @returns whether any changed
   * @throws RuntimeError RNN511 where an entry is not finite; nothing is changed then
   */
  apply(gradients: Given<Float32Array>): boolean;
  /**
   * The first half of `apply`, counted in the report: finds the factor of each gradient and leaves the scaling to the
   * caller, since an optimiser can scale in the pass that updates (`update` does that). Where clipping is not scaling
   * it is done at once, and the factors are 1.
   *
   * @param steps  the steps the gradients come from, for the message
   * @returns a factor per gradient, in their order; 1 where it stays
   * @throws RuntimeError RNN511 where an entry is not finite; nothing is changed then
   */
  factors?(gradients: Given<Float32Array>, steps?: readonly [first: number, last: number]): readonly number[];
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
  return clipper(squaresOf, (squares, gradients) => {
    const norm = jointNorm(squares);
    return { measure: norm, factors: gradients.map(() => (norm > limit ? limit / norm : 1)) };
  });
}

/**
 * As `clipByGlobalNorm`, each parameter's gradient by its own norm. The direction does not stay.
 *
 * @param limit  > 0
 * @throws RuntimeError RNN509
 */
export function clipByParameterNorm(limit: number): Clipper {
  requireLimit(limit);
  return clipper(squaresOf, (squares) => {
    const norms = squares.map(Math.sqrt);
    return {
      measure: Math.max(0, ...norms),
      factors: norms.map((norm) => (norm > limit ? limit / norm : 1)),
    };
  });
}

/**
 * Entries above `limit` become `limit`, those below `-limit` become `-limit` (Mikolov 2012).
 *
 * @param limit  > 0
 * @throws RuntimeError RNN509
 */
export function clipByValue(limit: number): Clipper {
  requireLimit(limit);
  return clipper(largestOf, (largest, gradients) => {
    const over = gradients.filter((_, i) => largest[i]! > limit);
    for (const gradient of over) cut(gradient, limit);
    return { measure: Math.max(0, ...largest), factors: gradients.map(() => 1), cut: over.length > 0 };
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
  return clipper(squaresOf, (squares, gradients) => {
    const before = jointNorm(squares);
    return { measure: before, factors: gradients.map(() => (before > 0 ? norm / before : 1)) };
  });
}

/** What is to be done to gradients: `measure` is for the report. */
interface Bounds {
  readonly measure: number;
  readonly factors: readonly number[];
  /** Whether entries were changed already. */
  readonly cut?: boolean;
}

/**
 * @param look   one pass over a gradient; its result is not finite where an entry is not
 * @param bound  decides, with the results for all gradients
 */
function clipper(
  look: (gradient: Float32Array) => number,
  bound: (seen: readonly number[], gradients: readonly Float32Array[]) => Bounds,
): Clipper {
  const report = { updates: 0, clipped: 0, largest: 0 };
  const factors: NonNullable<Clipper['factors']> = (given, steps) => {
    const gradients = entriesOf(given).map(([, gradient]) => gradient);
    const seen = gradients.map(look);
    if (!seen.every(Number.isFinite)) checkGradients(given, steps);
    const bounds = bound(seen, gradients);
    report.updates++;
    if (bounds.cut === true || bounds.factors.some((factor) => factor !== 1)) report.clipped++;
    report.largest = Math.max(report.largest, bounds.measure);
    return bounds.factors;
  };
  return {
    report,
    factors,
    apply(given) {
      const before = report.clipped;
      const scales = factors(given);
      for (const [i, [, gradient]] of entriesOf(given).entries()) {
        if (scales[i] !== 1) scale(gradient, scales[i]!);
      }
      return report.clipped > before;
    },
  };
}

function jointNorm(squares: readonly number[]): number {
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
}

function requireLimit(limit: number): void {
  requireSetting('limit', limit, limit > 0, 'a number above 0');
}
