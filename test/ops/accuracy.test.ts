import { describe, expect, it } from 'vitest';
import { mathOps } from '../../compiler/ops/math.ts';
import type { MathOp } from '../../compiler/ops/mathOp.ts';
import { runExpansion } from './runExpansion.ts';
import { unitsInLastPlace } from './ulp.ts';

/*
 * The f32 formulas against the meaning in f64, on some arguments; `npm run sweep -- tanh` (sweep.ts) takes all 2^32 of them
 * through the compiled kernel.
 */
const stride = 65_537;
const PAIRS = 60_000;
/** Uniform over these, where f32 of any pattern would be too rare. */
const intervals = [1, 16, 128, 8192];

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

const special = [
  0,
  -0,
  Infinity,
  -Infinity,
  Number.NaN,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  -(2 ** -126),
  1,
  -1,
]
  .concat([0.5, -0.5, 2, -2, 3.4028234663852886e38, -3.4028234663852886e38, 2 ** 24, 1e10, -1e10, 88.8, -104])
  .map(Math.fround);

interface Worst {
  units: number;
  args: readonly number[];
}

function measure(op: MathOp) {
  const run = runExpansion(op.name);
  const worst: Worst = { units: 0, args: [] };
  const at = (...args: readonly number[]) => {
    if (op.accurateWhere && !op.accurateWhere.holds(...args)) return;
    const units = unitsInLastPlace(run(...args), op.evaluate(...args));
    if (units > worst.units) Object.assign(worst, { units, args });
  };
  return { at, worst };
}

/** Whole numbers below 2^32, the same at every run. */
function* sequence(): Generator<number, never> {
  let state = 1;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield (state ^ (state >>> 15)) >>> 0;
  }
}

function floatOf(pattern: number): number {
  bits[0] = pattern;
  return float[0]!;
}

function expectWithin({ maxError, name }: MathOp, { units, args }: Worst) {
  expect(units, `${name}(${args.join(', ')}) in units of the last place`).toBeLessThanOrEqual(maxError);
}

const chosen = [...mathOps.values()];

describe('accuracy in f32', () => {
  for (const op of chosen.filter(({ parameters }) => parameters.length === 1)) {
    it(`of ${op.name}: at most ${op.maxError} units, on every ${stride}th f32 and within ±${intervals.join(', ±')}`, () => {
      const { at, worst } = measure(op);
      for (const x of special) at(x);
      for (let pattern = 0; pattern < 2 ** 32; pattern += stride) at(floatOf(pattern));
      const numbers = sequence();
      for (const bound of intervals) {
        for (let i = 0; i < 20_000; i += 1) at(Math.fround((numbers.next().value / 2 ** 31 - 1) * bound));
      }
      expectWithin(op, worst);
    }, 60_000);
  }

  for (const op of chosen.filter(({ parameters }) => parameters.length > 1)) {
    it(`of ${op.name}: at most ${op.maxError} units, on ${PAIRS} pairs of f32 of any and of moderate size`, () => {
      const { at, worst } = measure(op);
      const numbers = sequence();
      const any = () => floatOf(numbers.next().value);
      const moderate = () => Math.fround((numbers.next().value / 2 ** 32 - 0.5) * 60);
      const nearOne = () => Math.fround(1 + (numbers.next().value / 2 ** 32 - 0.5) / 64);
      for (const a of special) for (const b of special) at(a, b, moderate());
      for (let i = 0; i < PAIRS / 3; i += 1) {
        at(any(), any(), any());
        at(Math.abs(moderate()), moderate(), moderate());
        at(nearOne(), moderate() * 256, nearOne());
      }
      expectWithin(op, worst);
    });
  }

  it('sin and cos hold where quarter turns meet, and next to their zeros', () => {
    for (const op of ['sin', 'cos'].map((name) => mathOps.get(name)!)) {
      const { at, worst } = measure(op);
      for (let eighths = 0; eighths * (Math.PI / 4) < 2 ** 13; eighths += 1) {
        float[0] = eighths * (Math.PI / 4);
        const middle = bits[0]!;
        for (let pattern = Math.max(0, middle - 3); pattern <= middle + 3; pattern += 1) at(floatOf(pattern));
      }
      expectWithin(op, worst);
    }
  });

  it('pow holds where the exponent is large, and the power almost too large or too small', () => {
    const op = mathOps.get('pow')!;
    const { at, worst } = measure(op);
    const numbers = sequence();
    const upTo = (end: number) => (numbers.next().value / 2 ** 32) * end;
    for (let i = 0; i < PAIRS / 3; i += 1) {
      const x = Math.fround(0.7 + upTo(0.75));
      for (const power of [80 + upTo(8.7), -80 - upTo(7)]) at(x, Math.fround(power / Math.log(x)));
    }
    expectWithin(op, worst);
  });

  it('sin and cos stay within -1 and 1 far out, and are NaN at infinity', () => {
    for (const run of [runExpansion('sin'), runExpansion('cos')]) {
      for (let pattern = 0; pattern < 2 ** 32; pattern += 1_000_003) {
        const x = floatOf(pattern);
        if (Number.isFinite(x)) expect(Math.abs(run(x))).toBeLessThanOrEqual(1);
        else expect(run(x)).toBeNaN();
      }
    }
  });

  it('tanh and erf reach 1 exactly, sigmoid reaches 0 and 1', () => {
    expect(runExpansion('tanh')(20)).toBe(1);
    expect(runExpansion('tanh')(-1e30)).toBe(-1);
    expect(runExpansion('erf')(6)).toBe(1);
    expect(runExpansion('sigmoid')(40)).toBe(1);
    expect(runExpansion('sigmoid')(-1e4)).toBe(0);
  });

  it('mod past its range is 0 or NaN', () => {
    expect(runExpansion('mod')(1e30, 1)).toBe(0);
    expect(runExpansion('mod')(1, 2 ** 120)).toBeNaN();
  });
});
