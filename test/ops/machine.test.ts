import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fusedMultiplyAdd } from '../../compiler/ops/fused.ts';
import { machineOps } from '../../compiler/ops/machine.ts';
import { type Exact, exact, nearestF32, over, plus, times } from './exact.ts';

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
/** f32 whose exponents are near each other, so that sums cancel and halfway cases come up. */
const close = fc
  .tuple(fc.integer({ min: -(2 ** 24) + 1, max: 2 ** 24 - 1 }), fc.integer({ min: -30, max: 6 }))
  .map(([significand, exponent]) => significand * 2 ** exponent);
const short = fc
  .tuple(fc.integer({ min: -4097, max: 4097 }), fc.integer({ min: -80, max: -60 }))
  .map(([significand, exponent]) => significand * 2 ** exponent);
const operand = fc.oneof(float, close, short);
const runs = { seed: 13, numRuns: 4000 };

const {
  add,
  sub,
  mul,
  mulAdd,
  div,
  sqrt,
  min,
  max,
  nearest,
  select,
  pow2,
  exponent,
  significand,
  pseudoMin,
  pseudoMax,
  copySign,
  negateIfOdd,
} = machineOps;

const negative = (x: Exact): Exact => ({ ...x, numerator: -x.numerator });

describe('rounding of machine operations', () => {
  it('add, sub and mul round once', () => {
    fc.assert(
      fc.property(operand, operand, (a, b) => {
        expect(add.evaluate(a, b) + 0).toBe(nearestF32(plus(exact(a), exact(b))) + 0);
        expect(sub.evaluate(a, b) + 0).toBe(nearestF32(plus(exact(a), negative(exact(b)))) + 0);
        expect(mul.evaluate(a, b) + 0).toBe(nearestF32(times(exact(a), exact(b))) + 0);
      }),
      runs,
    );
  });

  it('div rounds once', () => {
    fc.assert(
      fc.property(operand, operand, (a, b) => {
        fc.pre(b !== 0);
        expect(div.evaluate(a, b) + 0).toBe(nearestF32(over(exact(a), exact(b))) + 0);
      }),
      runs,
    );
  });

  it('sqrt is within half a unit', () => {
    fc.assert(
      fc.property(operand, (x) => {
        fc.pre(x > 0);
        const { numerator: root, exponent: scale } = exact(sqrt.evaluate(x));
        const { numerator, exponent: own } = exact(x);
        const common = BigInt(2 * scale - 2 - own);
        const aligned = common >= 0n ? numerator : numerator << -common;
        const unit = common >= 0n ? 1n << common : 1n;
        expect((2n * root - 1n) ** 2n * unit <= aligned && aligned <= (2n * root + 1n) ** 2n * unit).toBe(
          true,
        );
      }),
      runs,
    );
  });

  it('mulAdd rounds twice', () => {
    fc.assert(
      fc.property(close, close, close, (a, b, c) => {
        const product = nearestF32(times(exact(a), exact(b)));
        expect(mulAdd.evaluate(a, b, c) + 0).toBe(nearestF32(plus(exact(product), exact(c))) + 0);
      }),
      runs,
    );
  });

  it('the fused multiply-add rounds once', () => {
    fc.assert(
      fc.property(operand, operand, operand, (a, b, c) => {
        const sum = plus(times(exact(a), exact(b)), exact(c));
        expect(fusedMultiplyAdd(a, b, c) + 0).toBe(nearestF32(sum) + 0);
      }),
      { ...runs, numRuns: 10_000 },
    );
  });

  it.each([
    [1 + 2 ** -12, 1 + 2 ** -12, 2 ** -80, 1 + 2 ** -11 + 2 ** -23],
    [1 + 2 ** -12, 1 + 2 ** -12, -(2 ** -80), 1 + 2 ** -11],
    [-1 - 2 ** -12, 1 + 2 ** -12, -(2 ** -80), -(1 + 2 ** -11 + 2 ** -23)],
    [-1 - 2 ** -12, 1 + 2 ** -12, 2 ** -80, -(1 + 2 ** -11)],
    [2 ** -75, 2 ** -75, 0, 0],
    [2 ** -75, 2 ** -75, 2 ** -149, 2 ** -148],
    [2 ** 100, 2 ** 100, -Infinity, -Infinity],
    [2 ** 100, 2 ** 100, 1, Infinity],
    [2 ** 100, 2 ** 27, -(2 ** 127), 0],
    [Infinity, 0, 1, Number.NaN],
    [1, 1, Number.NaN, Number.NaN],
    [-0, 1, -0, -0],
    [1, -1, 1, 0],
  ])('fused %d * %d + %d is %d', (a, b, c, expected) => {
    expect(fusedMultiplyAdd(a, b, c)).toBe(expected);
  });
});

describe('the other machine operations', () => {
  it.each([
    ['min', min.evaluate(0, -0), -0],
    ['min', min.evaluate(Number.NaN, 1), Number.NaN],
    ['max', max.evaluate(-0, 0), 0],
    ['max', max.evaluate(1, Number.NaN), Number.NaN],
    ['nearest', nearest.evaluate(2.5), 2],
    ['nearest', nearest.evaluate(-0.5), -0],
    ['nearest', nearest.evaluate(8388607.5), 8388608],
    ['nearest', nearest.evaluate(-Infinity), -Infinity],
    ['select', select.evaluate(Number.NaN, 1, 2), 1],
    ['select', select.evaluate(-0, 1, 2), 2],
    ['and', machineOps.and.evaluate(Number.NaN, 2), 1],
    ['or', machineOps.or.evaluate(0, -0), 0],
    ['not', machineOps.not.evaluate(-0), 1],
    ['lessEqual', machineOps.lessEqual.evaluate(Number.NaN, Number.NaN), 0],
    ['equal', machineOps.equal.evaluate(0, -0), 1],
    ['pow2', pow2.evaluate(-126), 2 ** -126],
    ['pow2', pow2.evaluate(127), 2 ** 127],
    ['pow2', pow2.evaluate(-127), 0],
    ['pow2', pow2.evaluate(128), Infinity],
    ['pow2', pow2.evaluate(0), 1],
    ['pseudoMin', pseudoMin.evaluate(2, 1), 1],
    ['pseudoMin', pseudoMin.evaluate(Number.NaN, 1), Number.NaN],
    ['pseudoMin', pseudoMin.evaluate(1, Number.NaN), 1],
    ['pseudoMin', pseudoMin.evaluate(0, -0), 0],
    ['pseudoMax', pseudoMax.evaluate(1, 2), 2],
    ['pseudoMax', pseudoMax.evaluate(Number.NaN, 1), Number.NaN],
    ['pseudoMax', pseudoMax.evaluate(1, Number.NaN), 1],
    ['pseudoMax', pseudoMax.evaluate(-0, 0), -0],
    ['copySign', copySign.evaluate(1, -0), -1],
    ['copySign', copySign.evaluate(-Infinity, 2), Infinity],
    ['copySign', copySign.evaluate(-0, -3), -0],
    ['negateIfOdd', negateIfOdd.evaluate(2, -3), -2],
    ['negateIfOdd', negateIfOdd.evaluate(-2, 4194303), 2],
    ['negateIfOdd', negateIfOdd.evaluate(0, 1), -0],
    ['negateIfOdd', negateIfOdd.evaluate(5, -0), 5],
    ['exponent', exponent.evaluate(0.75), 0],
    ['exponent', exponent.evaluate(0.7), -1],
    ['exponent', exponent.evaluate(0), -127],
    ['exponent', exponent.evaluate(Infinity), 128],
    ['significand', significand.evaluate(12), 0.75],
    ['significand', significand.evaluate(11), 1.375],
    ['significand', significand.evaluate(0), 1],
    ['significand', significand.evaluate(Infinity), 1],
    ['addI32', machineOps.addI32.evaluate(2147483647, 1), -2147483648],
    ['subI32', machineOps.subI32.evaluate(-2147483648, 1), 2147483647],
    ['xorI32', machineOps.xorI32.evaluate(-1, 1), -2],
    ['shiftLeftI32', machineOps.shiftLeftI32.evaluate(3, 33), 6],
    ['shiftRightI32', machineOps.shiftRightI32.evaluate(-1, 28), 15],
    ['shiftRightI32', machineOps.shiftRightI32.evaluate(-1, 32), -1],
    ['convertI32', machineOps.convertI32.evaluate(16777217), 16777216],
  ])('%s: %d is %d', (_op, got, expected) => {
    expect(got).toBe(expected);
  });

  it('exponent and significand take a positive normal number apart', () => {
    fc.assert(
      fc.property(float, (x) => {
        fc.pre(x >= 2 ** -126);
        expect(significand.evaluate(x) * 2 ** exponent.evaluate(x)).toBe(x);
        expect(significand.evaluate(x)).toBeGreaterThanOrEqual(Math.SQRT1_2 - 2 ** -24);
        expect(significand.evaluate(x)).toBeLessThan(Math.SQRT2);
      }),
      runs,
    );
  });
});
