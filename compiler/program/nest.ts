import { affinesOf, loopInLanes, mapAffine } from './lanes.ts';
import type { Axis } from './operands.ts';
import type { Affine, ProgramStatement } from './program.ts';
import { affine, loop } from './write.ts';

/**
 * Loops over independent iterations, axes outermost first: those that lie in memory like one long axis become one, and
 * the innermost goes four lanes at a time where that can be.
 */
export function nest(
  axes: readonly Axis[],
  body: readonly ProgramStatement[],
  isReal: (buffer: string) => boolean,
): readonly ProgramStatement[] {
  const joined = joinAxes(axes, affinesOf(body));
  const inner = mapAffine(body, joined.rewrite);
  const last = joined.axes.at(-1);
  if (last === undefined) return loop('once', 1, inner);
  const innermost = loopInLanes(last.index, last.extent, inner, isReal);
  return joined.axes
    .slice(0, -1)
    .reduceRight<readonly ProgramStatement[]>(
      (inside, { index, extent }) => loop(index, extent, inside),
      innermost,
    );
}

export interface JoinedAxes {
  readonly axes: readonly Axis[];
  readonly rewrite: (at: Affine) => Affine;
}

/** Joins neighbouring axes along which every one of these sums moves like along one; drops axes of one entry. */
export function joinAxes(axes: readonly Axis[], sums: readonly Affine[]): JoinedAxes {
  const strides = sums.map((at) => new Map(at.terms.map(({ index, stride }) => [index, stride])));
  const dropped = new Set<string>();
  const joined: Axis[] = [];
  for (const axis of [...axes].reverse()) {
    if (axis.extent === 1) {
      dropped.add(axis.index);
      continue;
    }
    const inside = joined[0];
    const joins =
      inside !== undefined &&
      strides.every((of) => (of.get(axis.index) ?? 0) === (of.get(inside.index) ?? 0) * inside.extent);
    if (joins) {
      dropped.add(axis.index);
      joined[0] = { index: inside.index, extent: inside.extent * axis.extent };
    } else joined.unshift(axis);
  }
  const rewrite = (at: Affine) =>
    dropped.size === 0 ? at : affine(at.constant, ...at.terms.filter(({ index }) => !dropped.has(index)));
  return { axes: joined, rewrite };
}
