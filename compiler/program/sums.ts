import type { Affine, ProgramExpression, ProgramStatement } from './program.ts';
import { affine, letReal, local, loop, loops, op, real, set } from './write.ts';

/** Running values a sum or maximum keeps: element j of the innermost axis goes to value j mod 16. */
const ways = 16;

export interface Reduction {
  /** Sizes of the axes that go away, the innermost last. */
  readonly extents: readonly number[];
  /** What a running value starts as. */
  readonly identity: number;
  /**
   * Joins a running value with one more element. `place` turns an operand's strides along the reduced axes into where
   * that element stands.
   */
  readonly step: (
    running: ProgramExpression,
    place: (strides: readonly number[]) => Affine,
  ) => ProgramExpression;
  /** Joins two running values. */
  readonly join: (a: ProgramExpression, b: ProgramExpression) => ProgramExpression;
}

/**
 * A sum or maximum in sixteen running values, joined by a fixed tree, 8 + 4 + 2 + 1: any number of lanes that divides
 * sixteen gives the same bits. Running values that no element reaches are left out (joining the identity would change
 * nothing).
 *
 * @param finish  what to do with the result
 */
export function reduction(
  { extents, identity, step, join }: Reduction,
  finish: (result: ProgramExpression) => readonly ProgramStatement[],
): readonly ProgramStatement[] {
  const inner = extents.length - 1;
  const length = extents[inner]!;
  const used = Math.min(ways, length);
  const name = (k: number) => `running${k}`;
  const outer = extents.slice(0, inner);
  const outerIndices = outer.map((_, axis) => `r${axis}`);
  const place = (position: number, inBlock: boolean) => (strides: readonly number[]) =>
    affine(
      position * strides[inner]!,
      ...(inBlock ? [{ index: 'block', stride: ways * strides[inner]! }] : []),
      ...outerIndices.map((index, axis) => ({ index, stride: strides[axis]! })),
    );
  const blocks = Math.floor(length / ways);
  const accumulate = (count: number, first: number, inBlock: boolean) =>
    Array.from({ length: count }, (_, k) => set(name(k), step(local(name(k)), place(first + k, inBlock))));
  const body = [
    ...loop('block', blocks, accumulate(ways, 0, true)),
    ...accumulate(length % ways, blocks * ways, false),
  ];
  let running: readonly ProgramExpression[] = Array.from({ length: used }, (_, k) => local(name(k)));
  for (let half = ways / 2; half >= 1; half /= 2) {
    running = running.slice(0, half).map((a, k) => {
      const b = running[k + half];
      return b === undefined ? a : join(a, b);
    });
  }
  return [
    ...Array.from({ length: used }, (_, k) => letReal(name(k), real(identity))),
    ...loops(outerIndices, outer, body),
    ...finish(running[0] ?? real(identity)),
  ];
}

export const addition = (a: ProgramExpression, b: ProgramExpression) => op('add', a, b);
