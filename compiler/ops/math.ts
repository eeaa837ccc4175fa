import { exponential, exponentialMinusOne } from './expansion/exponential.ts';
import { logarithm, logarithmOfOnePlus } from './expansion/logarithm.ts';
import { LARGEST_QUOTIENT, modulo } from './expansion/modulo.ts';
import * as normal from './expansion/normal.ts';
import { power } from './expansion/power.ts';
import * as squashing from './expansion/squashing.ts';
import { cosine, sine } from './expansion/wave.ts';
import { apply, constant } from './expression.ts';
import { type AccuracyRange, binary, type Interval, type MathOp, ternary, unary } from './mathOp.ts';
import {
  abs,
  add,
  and,
  cos,
  div,
  erf,
  exp,
  floor,
  less,
  lessEqual,
  log,
  max,
  min,
  mul,
  neg,
  pow,
  select,
  sigmoid,
  sign,
  sin,
  softplus,
  sub,
} from './notation.ts';
import { roundToEven } from './roundToEven.ts';
import * as special from './special.ts';

/*
 * The scalar ops. From one entry follow: the name in the language, its derivative, all targets, the gradient test, the
 * accuracy sweep and the row in docs/ops.md. How to add one: README.md.
 */

const LEAK = 0.01;
const zero = constant(0);
const one = constant(1);

const moderate: Interval = [-3, 3];
const wide: Interval = [-40, 40];
const positive: Interval = [0.05, 8];

const fromZero = (x: number) => Math.abs(x);
const apart = (a: number, b: number) => Math.abs(a - b);
const nearerZero = (a: number, b: number) => Math.min(Math.abs(a), Math.abs(b));
const truth = (condition: boolean) => (condition ? 1 : 0);
/** Comparisons and logic are operators of the language, and flat. */
const flat = {
  inLanguage: false,
  partials: () => [null, null] as const,
  domain: [moderate, moderate] as const,
};

function moduloOf(a: number, b: number): number {
  const remainder = Number.isFinite(b) ? a % b : Number.NaN;
  if (remainder === 0) return 0;
  return remainder < 0 === b < 0 ? remainder : remainder + b;
}

/** 1 to any power that is a number is 1; JavaScript says NaN for infinite ones. */
function powerOf(x: number, exponent: number): number {
  if (x < 0 || Number.isNaN(x)) return Number.NaN;
  return x === 1 && !Number.isNaN(exponent) ? 1 : Math.abs(x) ** exponent;
}

function sigmoidOf(x: number): number {
  return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
}

function softplusOf(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

const arithmeticOps: readonly MathOp[] = [
  binary('add', ['a', 'b'], {
    doc: 'Sum.',
    inLanguage: false,
    evaluate: (a, b) => a + b,
    lowering: 'add',
    partials: () => [one, one],
    domain: [moderate, moderate],
  }),
  binary('sub', ['a', 'b'], {
    doc: 'Difference.',
    inLanguage: false,
    evaluate: (a, b) => a - b,
    lowering: 'sub',
    partials: () => [one, constant(-1)],
    domain: [moderate, moderate],
  }),
  binary('mul', ['a', 'b'], {
    doc: 'Product.',
    inLanguage: false,
    evaluate: (a, b) => a * b,
    lowering: 'mul',
    partials: (a, b) => [b, a],
    domain: [moderate, moderate],
  }),
  binary('div', ['a', 'b'], {
    doc: 'Quotient.',
    inLanguage: false,
    evaluate: (a, b) => a / b,
    lowering: 'div',
    partials: (_a, b, y) => [div(1, b), neg(div(y, b))],
    domain: [moderate, [0.3, 4]],
  }),
  unary('neg', {
    doc: 'Negative.',
    inLanguage: false,
    evaluate: (x) => -x,
    lowering: 'neg',
    partial: () => constant(-1),
    domain: moderate,
  }),
  binary('masked_mul', ['a', 'b'], {
    doc: 'Product, and 0 where a is 0, whatever b is: a cotangent of a branch not taken times an infinite slope.',
    inLanguage: false,
    evaluate: (a, b) => (a === 0 ? 0 : a * b),
    lowering: (a, b) => select(a, mul(a, b), 0),
    partials: (a, b) => [select(a, b, 0), a],
    domain: [moderate, moderate],
    kinkDistance: fromZero,
  }),
  unary('abs', {
    doc: 'Absolute value; its slope at 0 is taken as 0.',
    evaluate: Math.abs,
    lowering: 'abs',
    partial: (x) => sign(x),
    domain: moderate,
    kinkDistance: fromZero,
  }),
  unary('sign', {
    doc: '-1, 0 or 1; flat.',
    evaluate: Math.sign,
    lowering: (x) => select(less(0, x), 1, select(less(x, 0), -1, x)),
    partial: () => null,
    domain: moderate,
    kinkDistance: fromZero,
  }),
  binary('min', ['a', 'b'], {
    doc: 'Smaller of the two, NaN where either is; a tie gives the cotangent to the first argument.',
    evaluate: (a, b) => Math.min(a, b),
    lowering: 'min',
    partials: (a, b) => [lessEqual(a, b), less(b, a)],
    domain: [moderate, moderate],
    kinkDistance: apart,
  }),
  binary('max', ['a', 'b'], {
    doc: 'Larger of the two, NaN where either is; a tie gives the cotangent to the first argument.',
    evaluate: (a, b) => Math.max(a, b),
    lowering: 'max',
    partials: (a, b) => [lessEqual(b, a), less(a, b)],
    domain: [moderate, moderate],
    kinkDistance: apart,
  }),
  ternary('clamp', ['x', 'low', 'high'], {
    doc: 'min(max(x, low), high); passes the cotangent to x from low to high, both included.',
    evaluate: (x, low, high) => Math.min(Math.max(x, low), high),
    lowering: (x, low, high) => min(max(x, low), high),
    partials: (x, low, high) => [
      and(lessEqual(low, x), lessEqual(x, high)),
      and(less(x, low), lessEqual(low, high)),
      less(high, max(x, low)),
    ],
    domain: [moderate, [-2, 0.5], [-0.5, 2]],
    kinkDistance: (x, low, high) => Math.min(apart(x, low), apart(x, high), apart(low, high)),
  }),
  unary('floor', {
    doc: 'Largest whole number at most x; flat.',
    evaluate: Math.floor,
    lowering: 'floor',
    partial: () => null,
    domain: moderate,
    kinkDistance: (x) => Math.abs(x - Math.round(x)),
  }),
  unary('round', {
    doc: 'Nearest whole number, halves to the even one; flat.',
    evaluate: roundToEven,
    lowering: 'nearest',
    partial: () => null,
    domain: moderate,
    kinkDistance: (x) => Math.abs(x - Math.floor(x) - 0.5),
  }),
  binary('mod', ['a', 'b'], {
    doc: 'a - b*floor(a/b): what is left of a, with the sign of b; NaN where b is 0 or infinite.',
    evaluate: moduloOf,
    lowering: modulo,
    accurateWhere: {
      doc: '|a/b| < 2^22 and |b| < 2^114; past the first 0, past the second NaN',
      holds: (a, b) => Math.abs(a / b) < LARGEST_QUOTIENT && Math.abs(b) < 2 ** 114,
    },
    partials: (a, b) => [one, neg(floor(div(a, b)))],
    domain: [moderate, [0.4, 2]],
    kinkDistance: (a, b) => (Math.abs(a / b - Math.round(a / b)) * b) / (1 + Math.abs(a / b)),
  }),
];

const logicOps: readonly MathOp[] = [
  binary('less', ['a', 'b'], {
    ...flat,
    doc: '1 where a < b, else 0.',
    evaluate: (a, b) => truth(a < b),
    lowering: 'less',
    kinkDistance: apart,
  }),
  binary('lessEqual', ['a', 'b'], {
    ...flat,
    doc: '1 where a <= b, else 0.',
    evaluate: (a, b) => truth(a <= b),
    lowering: 'lessEqual',
    kinkDistance: apart,
  }),
  binary('equal', ['a', 'b'], {
    ...flat,
    doc: '1 where a == b, else 0.',
    evaluate: (a, b) => truth(a === b),
    lowering: 'equal',
    kinkDistance: apart,
  }),
  binary('and', ['a', 'b'], {
    ...flat,
    doc: '1 where neither is zero, else 0.',
    evaluate: (a, b) => truth(a !== 0 && b !== 0),
    lowering: 'and',
    kinkDistance: nearerZero,
  }),
  binary('or', ['a', 'b'], {
    ...flat,
    doc: '1 where one at least is not zero, else 0.',
    evaluate: (a, b) => truth(a !== 0 || b !== 0),
    lowering: 'or',
    kinkDistance: nearerZero,
  }),
  unary('not', {
    doc: '1 where x is zero, else 0.',
    inLanguage: false,
    evaluate: (x) => truth(x === 0),
    lowering: 'not',
    partial: () => null,
    domain: moderate,
    kinkDistance: fromZero,
  }),
  ternary('select', ['condition', 'a', 'b'], {
    doc: 'a where the condition is not zero, else b.',
    inLanguage: false,
    evaluate: (condition, a, b) => (condition !== 0 ? a : b),
    lowering: 'select',
    partials: (condition) => [null, select(condition, one, zero), select(condition, zero, one)],
    domain: [moderate, moderate, moderate],
    kinkDistance: fromZero,
  }),
  unary('stop_gradient', {
    doc: 'x; no cotangent goes back through it.',
    evaluate: (x) => x,
    lowering: (x) => x,
    partial: () => null,
    domain: moderate,
    derivativeIsNot: 'zero, although the slope is 1',
  }),
  unary('finite', {
    doc: 'x where it is finite, else 0: what may be subtracted from infinities.',
    inLanguage: false,
    evaluate: (x) => (Number.isFinite(x) ? x : 0),
    lowering: (x) => select(less(abs(x), Number.POSITIVE_INFINITY), x, 0),
    partial: () => one,
    domain: moderate,
  }),
  ternary('surrogate', ['value', 'argument', 'slope'], {
    doc: 'The value; what arrives goes back to the argument times the slope: a function written `with derivative`.',
    inLanguage: false,
    evaluate: (value) => value,
    lowering: (value) => value,
    partials: (_value, _argument, slope) => [one, slope, null],
    domain: [moderate, moderate, moderate],
    derivativeIsNot: 'what its function declares, and differences are compared with that',
  }),
  binary('clip_gradient', ['x', 'limit'], {
    doc: 'x; every entry of what arrives is kept between -limit and limit on its way back.',
    inLanguage: false,
    evaluate: (x) => x,
    lowering: (x) => x,
    partials: () => [one, null],
    domain: [moderate, positive],
    derivativeIsNot: 'clipped, and compared as if it were not',
    backward: 'clip_cotangent',
  }),
  binary('clip_cotangent', ['cotangent', 'limit'], {
    doc: 'clamp(cotangent, -|limit|, |limit|): the backward of clip_gradient.',
    inLanguage: false,
    evaluate: (x, limit) => Math.min(Math.max(x, -Math.abs(limit)), Math.abs(limit)),
    lowering: (x, limit) => min(max(x, neg(abs(limit))), abs(limit)),
    partials: (x, limit) => [
      lessEqual(abs(x), abs(limit)),
      select(less(abs(limit), abs(x)), mul(sign(x), sign(limit)), 0),
    ],
    domain: [moderate, positive],
    kinkDistance: (x, limit) => Math.min(apart(Math.abs(x), Math.abs(limit)), Math.abs(limit)),
  }),
];

const powerOps: readonly MathOp[] = [
  unary('sqrt', {
    doc: 'Square root.',
    evaluate: Math.sqrt,
    lowering: 'sqrt',
    partial: (_x, y) => div(0.5, y),
    domain: positive,
  }),
  unary('root', {
    doc: 'Square root whose slope at 0 is taken as 0: the length of a zero vector.',
    inLanguage: false,
    evaluate: Math.sqrt,
    lowering: 'sqrt',
    partial: (x, y) => select(less(0, x), div(0.5, y), 0),
    domain: positive,
    kinkDistance: fromZero,
  }),
  binary('pow', ['x', 'exponent'], {
    doc: 'x to the power of the exponent, x >= 0; NaN for x < 0 (a whole constant exponent is repeated multiplication).',
    inLanguage: false,
    evaluate: powerOf,
    lowering: power,
    maxError: 2,
    partials: (x, exponent, y) => [mul(exponent, pow(x, sub(exponent, 1))), mul(y, log(x))],
    domain: [positive, moderate],
  }),
  unary('exp', {
    doc: 'Exponential.',
    evaluate: Math.exp,
    lowering: exponential,
    maxError: 2,
    partial: (_x, y) => y,
    domain: moderate,
  }),
  unary('expm1', {
    doc: 'exp(x) - 1, accurate near 0.',
    evaluate: Math.expm1,
    lowering: exponentialMinusOne,
    maxError: 2,
    partial: (x) => exp(x),
    domain: moderate,
  }),
  unary('log', {
    doc: 'Natural logarithm.',
    evaluate: Math.log,
    lowering: logarithm,
    maxError: 1,
    partial: (x) => div(1, x),
    domain: positive,
  }),
  unary('log_total', {
    doc: 'Logarithm whose slope at 0 is taken as 0: of a sum of exponentials that are all exp(-infinity).',
    inLanguage: false,
    evaluate: Math.log,
    lowering: logarithm,
    maxError: 1,
    partial: (x) => select(apply('equal', x, 0), 0, div(1, x)),
    domain: positive,
    kinkDistance: fromZero,
  }),
  unary('log1p', {
    doc: 'log(1 + x), accurate near 0.',
    evaluate: Math.log1p,
    lowering: logarithmOfOnePlus,
    maxError: 2,
    partial: (x) => div(1, add(1, x)),
    domain: [-0.9, 8],
  }),
];

const squashingOps: readonly MathOp[] = [
  unary('sigmoid', {
    doc: '1/(1 + exp(-x)).',
    evaluate: sigmoidOf,
    lowering: squashing.sigmoid,
    maxError: 3,
    partial: (_x, y) => mul(y, sub(1, y)),
    domain: wide,
  }),
  unary('log_sigmoid', {
    doc: 'log(sigmoid(x)), without overflow.',
    evaluate: (x) => -softplusOf(-x),
    lowering: (x) => neg(softplus(neg(x))),
    maxError: 3,
    partial: (x) => sigmoid(neg(x)),
    domain: wide,
  }),
  unary('tanh', {
    doc: 'Hyperbolic tangent.',
    evaluate: Math.tanh,
    lowering: squashing.tanh,
    maxError: 3,
    partial: (_x, y) => sub(1, mul(y, y)),
    domain: wide,
  }),
  unary('relu', {
    doc: 'max(x, 0); its slope at 0 is taken as 0.',
    evaluate: (x) => Math.max(x, 0),
    lowering: (x) => max(x, 0),
    partial: (x) => less(0, x),
    domain: moderate,
    kinkDistance: fromZero,
  }),
  unary('leaky_relu', {
    doc: `x where x > 0, else ${LEAK}*x; its slope at 0 is taken as ${LEAK}.`,
    evaluate: (x) => (x > 0 ? x : LEAK * x),
    lowering: (x) => select(less(0, x), x, mul(LEAK, x)),
    maxError: 1,
    partial: (x) => select(less(0, x), 1, LEAK),
    domain: moderate,
    kinkDistance: fromZero,
  }),
  unary('elu', {
    doc: 'x where x > 0, else exp(x) - 1. Clevert, Unterthiner & Hochreiter 2016, alpha = 1.',
    evaluate: (x) => (x > 0 ? x : Math.expm1(x)),
    lowering: squashing.elu,
    maxError: 2,
    partial: (x) => select(less(0, x), 1, exp(x)),
    domain: moderate,
    kinkDistance: fromZero,
  }),
  unary('softplus', {
    doc: 'Smooth version of max(x, 0): log(1 + exp(x)), without overflow.',
    evaluate: softplusOf,
    lowering: squashing.softplus,
    maxError: 3,
    partial: (x) => sigmoid(x),
    domain: wide,
  }),
  unary('silu', {
    doc: 'x*sigmoid(x), also called swish.',
    evaluate: (x) => Math.max(x, -800) * sigmoidOf(x),
    lowering: squashing.silu,
    maxError: 3,
    partial: (x, y) => {
      const gate = sigmoid(x);
      return add(gate, mul(y, sub(1, gate)));
    },
    domain: wide,
  }),
  unary('gelu', {
    doc: 'x times the normal distribution at x: 0.5*x*(1 + erf(x/sqrt(2))), not the tanh formula. Hendrycks & Gimpel 2016.',
    evaluate: (x) => Math.max(x, -40) * special.normalDistribution(x),
    lowering: normal.gelu,
    maxError: 4,
    partial: (x) =>
      add(
        mul(0.5, add(1, erf(mul(x, Math.SQRT1_2)))),
        mul(x, mul(1 / Math.sqrt(2 * Math.PI), exp(mul(-0.5, mul(x, x))))),
      ),
    domain: wide,
  }),
  unary('erf', {
    doc: 'Error function: 2/sqrt(pi) times the integral of exp(-t*t) from 0 to x.',
    evaluate: special.erf,
    lowering: normal.erf,
    maxError: 2,
    partial: (x) => mul(2 / Math.sqrt(Math.PI), exp(neg(mul(x, x)))),
    domain: moderate,
  }),
];

const waveRange: AccuracyRange = {
  doc: '|x| <= 2^13; past that a number from -1 to 1',
  holds: (x) => Math.abs(x) <= 2 ** 13,
};

const waveOps: readonly MathOp[] = [
  unary('sin', {
    doc: 'Sine; x in radians.',
    evaluate: Math.sin,
    lowering: sine,
    maxError: 3,
    accurateWhere: waveRange,
    partial: (x) => cos(x),
    domain: wide,
  }),
  unary('cos', {
    doc: 'Cosine; x in radians.',
    evaluate: Math.cos,
    lowering: cosine,
    maxError: 3,
    accurateWhere: waveRange,
    partial: (x) => neg(sin(x)),
    domain: wide,
  }),
];

/** All scalar ops by name. */
export const mathOps: ReadonlyMap<string, MathOp> = new Map(
  [arithmeticOps, logicOps, powerOps, squashingOps, waveOps].flat().map((op) => [op.name, op]),
);
