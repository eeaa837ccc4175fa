/*
 * The functions an initialiser may apply to its draws, in f64, by the names they have in the compiler's table of scalar
 * operations (a test compares the two).
 */

const truth = (condition: boolean) => (condition ? 1 : 0);
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const sigmoid = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

function roundToEven(x: number): number {
  const nearest = Math.round(x);
  return nearest - x === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}

/** By its series, whose terms all have the sign of x; |x| >= 6 gives ±1 exactly in f64. */
function erf(x: number): number {
  if (!(Math.abs(x) < 6)) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

export type Formula = (...args: readonly number[]) => number;

const binary =
  (f: (a: number, b: number) => number): Formula =>
  (a = 0, b = 0) =>
    f(a, b);
const unary =
  (f: (x: number) => number): Formula =>
  (x = 0) =>
    f(x);

export const formulas: ReadonlyMap<string, Formula> = new Map(
  Object.entries({
    add: binary((a, b) => a + b),
    sub: binary((a, b) => a - b),
    mul: binary((a, b) => a * b),
    div: binary((a, b) => a / b),
    neg: unary((x) => -x),
    abs: unary(Math.abs),
    sign: unary(Math.sign),
    min: binary(Math.min),
    max: binary(Math.max),
    clamp: (x = 0, low = 0, high = 0) => Math.min(Math.max(x, low), high),
    floor: unary(Math.floor),
    round: unary(roundToEven),
    mod: binary((a, b) => a - b * Math.floor(a / b)),
    less: binary((a, b) => truth(a < b)),
    lessEqual: binary((a, b) => truth(a <= b)),
    equal: binary((a, b) => truth(a === b)),
    and: binary((a, b) => truth(a !== 0 && b !== 0)),
    or: binary((a, b) => truth(a !== 0 || b !== 0)),
    not: unary((x) => truth(x === 0)),
    select: (condition = 0, a = 0, b = 0) => (condition !== 0 ? a : b),
    sqrt: unary(Math.sqrt),
    pow: binary((x, exponent) => x ** exponent),
    exp: unary(Math.exp),
    expm1: unary(Math.expm1),
    log: unary(Math.log),
    log1p: unary(Math.log1p),
    sigmoid: unary(sigmoid),
    log_sigmoid: unary((x) => -softplus(-x)),
    tanh: unary(Math.tanh),
    relu: unary((x) => Math.max(x, 0)),
    leaky_relu: unary((x) => (x > 0 ? x : 0.01 * x)),
    elu: unary((x) => (x > 0 ? x : Math.expm1(x))),
    softplus: unary(softplus),
    silu: unary((x) => x * sigmoid(x)),
    gelu: unary((x) => (x / 2) * (1 + erf(x / Math.SQRT2))),
    erf: unary(erf),
    sin: unary(Math.sin),
    cos: unary(Math.cos),
    stop_gradient: unary((x) => x),
  } satisfies Record<string, Formula>),
);
