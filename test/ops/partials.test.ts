import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argument } from '../../compiler/ops/expression.ts';
import { mathOps } from '../../compiler/ops/math.ts';
import type { Interval, MathOp } from '../../compiler/ops/mathOp.ts';
import { evaluateScalar } from './evaluateScalar.ts';

const STEP = 2 ** -13;
const GRID = 1_000_003;

/** Values of the partial derivatives as the table gives them. */
function partialsAt(op: MathOp, args: readonly number[]): number[] {
  const expressions = op.partials(
    args.map((_, index) => argument(index)),
    argument(-1),
  );
  return expressions.map((partial) => (partial ? evaluateScalar(partial, args, op.evaluate(...args)) : 0));
}

/** Central difference by one argument, two steps combined so that the error falls with the fourth power of the step. */
function difference(op: MathOp, args: readonly number[], by: number): number {
  const at = (offset: number) => op.evaluate(...args.map((x, index) => (index === by ? x + offset : x)));
  const slope = (step: number) => (at(step) - at(-step)) / (2 * step);
  return (4 * slope(STEP / 2) - slope(STEP)) / 3;
}

const one = (name: string) => mathOps.get(name)!;

describe('partial derivatives', () => {
  for (const op of mathOps.values()) {
    if (op.derivativeIsNot) continue;
    it(`of ${op.name} are its slopes`, () => {
      const range = ([low, high]: Interval) => fc.nat(GRID).map((n) => low + (high - low) * (n / GRID));
      fc.assert(
        fc.property(fc.tuple(...op.domain.map(range)), (args) => {
          fc.pre(!op.kinkDistance || op.kinkDistance(...args) > 4 * STEP);
          const partials = partialsAt(op, args);
          expect(partials).toHaveLength(args.length);
          partials.forEach((partial, by) => {
            const slope = difference(op, args, by);
            expect(Math.abs(partial - slope)).toBeLessThanOrEqual(1e-7 * (1 + Math.abs(slope)));
          });
        }),
        { seed: 11, numRuns: 200 },
      );
    });
  }

  it('of every op are tested away from kinks more often than not', () => {
    for (const { name, domain, kinkDistance } of mathOps.values()) {
      const middles = [0.13, 0.31, 0.57, 0.83].map((part) =>
        domain.map(([low, high], index) => low + (high - low) * ((part + 0.27 * index) % 1)),
      );
      const kept = middles.filter((args) => !kinkDistance || kinkDistance(...args) > 4 * STEP);
      expect(kept.length, name).toBeGreaterThanOrEqual(2);
    }
  });

  it('of stop_gradient are none, although its slope is 1', () => {
    expect(partialsAt(one('stop_gradient'), [2])).toEqual([0]);
    expect(difference(one('stop_gradient'), [2], 0)).toBeCloseTo(1);
  });

  it.each([
    ['abs', [0], [0]],
    ['relu', [0], [0]],
    ['leaky_relu', [0], [0.01]],
    ['root', [0], [0]],
    ['max', [1, 1], [1, 0]],
    ['min', [1, 1], [1, 0]],
    ['clamp', [1, 1, 2], [1, 0, 0]],
    ['clamp', [2, 1, 2], [1, 0, 0]],
    ['clamp', [0, 1, 2], [0, 1, 0]],
    ['clamp', [5, 2, 1], [0, 0, 1]],
    ['clamp', [0, 2, 1], [0, 0, 1]],
    ['select', [0, 3, 4], [0, 0, 1]],
    ['select', [Number.NaN, 3, 4], [0, 1, 0]],
    ['softplus', [0], [0.5]],
    ['masked_mul', [0, Infinity], [0, 0]],
  ])('of %s at %j are %j', (name, args, expected) => {
    expect(partialsAt(one(name), args)).toEqual(expected);
  });

  it('stay finite for arguments of any size', () => {
    const names = 'sigmoid log_sigmoid tanh softplus silu gelu elu relu erf abs sin cos'.split(' ');
    const sizes = [1e-300, 1e-30, 1, 30, 100, 800, 1e10, 1e30, 1e300];
    for (const name of names) {
      for (const x of [0, ...sizes, ...sizes.map((size) => -size)]) {
        expect(Number.isFinite(partialsAt(one(name), [x])[0]), `${name}'(${x})`).toBe(true);
      }
    }
  });
});
