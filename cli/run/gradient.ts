import { type Clipper, clipByGlobalNorm } from '../../runtime/index.ts';

/** Clips by the norm of the whole gradient, and tells the norm of each update; without a limit it only tells. */
export interface WatchedClip extends Clipper {
  /** Of the last update's gradient before clipping. */
  readonly norm: number;
}

export function watchedClip(limit = Number.POSITIVE_INFINITY): WatchedClip {
  let norm = 0;
  let updates = 0;
  let clipped = 0;
  /** A clipper of this update alone, whose largest norm is its norm. */
  const once = <T>(use: (clip: Clipper) => T): T => {
    const clip = clipByGlobalNorm(limit);
    const result = use(clip);
    norm = clip.report.largest;
    updates++;
    clipped += clip.report.clipped;
    return result;
  };
  return {
    get norm() {
      return norm;
    },
    get report() {
      return { updates, clipped, largest: norm };
    },
    apply: (gradients) => once((clip) => clip.apply(gradients)),
    factors: (gradients, steps) => once((clip) => clip.factors!(gradients, steps)),
  };
}
