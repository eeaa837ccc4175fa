/*
 * The quantile of the standard normal distribution, with the same bits on every host: sums, products, quotients and square
 * roots of f64 are exact to the last bit everywhere, Math.log and Math.cos are not.
 */

/** Coefficients of Wichura (1988), algorithm AS 241 (PPND16), lowest power first: the middle, then the tails. */
const middle = {
  above: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  below: [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
};
const tail = {
  above: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  below: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
};

/**
 * The number below which a standard normal draw falls with probability p.
 *
 * @param p  from 2⁻³³ to 1 - 2⁻³³; the tails beyond have another formula
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) return q * ratio(middle, 0.180625 - q * q);
  const root = Math.sqrt(-logarithm(q < 0 ? p : 1 - p));
  const z = ratio(tail, root - 1.6);
  return q < 0 ? -z : z;
}

function ratio({ above, below }: typeof middle, x: number): number {
  return polynomial(above, x) / polynomial(below, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!;
  return sum;
}

/** Natural logarithm of a number from 2⁻³³ to 1/2: p = m*2^e with m from 1/√2 to √2, and log m = 2 artanh((m - 1)/(m + 1)). */
function logarithm(p: number): number {
  let exponent = 0;
  let m = p;
  while (m < Math.SQRT1_2) {
    m *= 2;
    exponent--;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  // |s| is at most 0.172: the eleventh term is below 2⁻⁵³ of the first.
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = sum * square + 1 / k;
  return 2 * s * sum + exponent * Math.LN2;
}
