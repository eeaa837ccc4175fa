/*
 * Operations that take more than one expression of JavaScript, as text for the generated code. `float` and `bits` are two
 * views of the same four bytes, `double` and `words` of the same eight (the low word first, as WebAssembly has it).
 */

const views: Readonly<Record<string, string>> = {
  bits: 'const bits = new Int32Array(1), float = new Float32Array(bits.buffer);',
  words: 'const words = new Int32Array(2), double = new Float64Array(words.buffer);',
};

const helpers: Readonly<Record<string, { readonly views?: string; readonly text: string }>> = {
  nearest: {
    // Doubles at 1.5 * 2^52 hold whole numbers only, so adding that rounds to one; from 2^23 on an f32 is whole already.
    text: `function nearest(a) {
  if (!(Math.abs(a) < 8388608)) return a;
  const whole = a + 6755399441055744 - 6755399441055744;
  return whole === 0 ? a * 0 : whole;
}`,
  },
  pow2: {
    views: 'bits',
    text: `function pow2(n) {
  float[0] = n + 12583039;
  bits[0] <<= 23;
  return float[0];
}`,
  },
  pseudoMin: { text: 'function pseudoMin(a, b) { return b < a ? b : a; }' },
  pseudoMax: { text: 'function pseudoMax(a, b) { return a < b ? b : a; }' },
  exponent: {
    views: 'bits',
    text: `function exponent(a) {
  float[0] = a;
  return bits[0] - 1060439283 >> 23;
}`,
  },
  significand: {
    views: 'bits',
    text: `function significand(a) {
  float[0] = a;
  bits[0] = (bits[0] - 1060439283 & 8388607) + 1060439283;
  return float[0];
}`,
  },
  copySign: {
    views: 'bits',
    text: `function copySign(a, b) {
  float[0] = b;
  const sign = bits[0] & -2147483648;
  float[0] = a;
  bits[0] = bits[0] & 2147483647 | sign;
  return float[0];
}`,
  },
  negateIfOdd: {
    views: 'bits',
    text: `function negateIfOdd(a, n) {
  float[0] = n + 12582912;
  const sign = bits[0] << 31;
  float[0] = a;
  bits[0] ^= sign;
  return float[0];
}`,
  },
  fusedMultiplyAdd: {
    // The product is exact in a double; the sum is rounded to odd (the error of the sum says which way), so that the
    // rounding to f32 is the only one that shows. Boldo & Melquiond 2008.
    views: 'words',
    text: `function fusedMultiplyAdd(a, b, c) {
  const product = a * b, sum = product + c;
  const rest = sum - product;
  const error = product - (sum - rest) + (c - rest);
  if (!(Math.abs(error) > 0)) return fround(sum);
  double[0] = sum;
  if (words[0] & 1) return fround(sum);
  if (error > 0 === sum > 0) words[0] += 1;
  else {
    if (words[0] === 0) words[1] -= 1;
    words[0] -= 1;
  }
  return fround(double[0]);
}`,
  },
};

/** Text of the helpers named, and of the views that they need; nothing for names that are none. */
export function helperText(names: ReadonlySet<string>): string[] {
  const used = Object.keys(helpers).filter((name) => names.has(name));
  const viewsUsed = new Set(used.flatMap((name) => helpers[name]!.views ?? []));
  return [...[...viewsUsed].map((name) => views[name]!), ...used.map((name) => helpers[name]!.text)];
}
