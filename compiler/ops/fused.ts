const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

/**
 * a*b + c rounded once to f32, for f32 values: `mulAdd` under the profile `fused`.
 *
 * The product of two f32 is exact in f64. Their sum with c may not be, and rounding it to f64 and then to f32 would round
 * twice: so an inexact sum is first moved to whichever of its two neighbours in f64 has an odd last bit. Boldo & Melquiond
 * 2008, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd".
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const added = sum - product;
  const error = product - (sum - added) + (c - added);
  if (error !== 0 && Number.isFinite(sum)) return Math.fround(roundedToOdd(sum, error));
  return Math.fround(sum);
}

/** `sum` is the exact value minus `error`, rounded to nearest. */
function roundedToOdd(sum: number, error: number): number {
  double[0] = sum;
  const isOdd = (bits[0]! & 1n) === 1n;
  if (isOdd) return sum;
  const awayFromZero = sum < 0 === error < 0;
  bits[0] = bits[0]! + (awayFromZero ? 1n : -1n);
  return double[0]!;
}
