/** A rational number times a power of two: numerator/denominator * 2^exponent, denominator > 0. */
export interface Exact {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly exponent: number;
}

const words = new DataView(new ArrayBuffer(4));

/** The exact value of a finite f32. */
export function exact(x: number): Exact {
  words.setFloat32(0, x);
  const pattern = words.getUint32(0);
  const field = (pattern >>> 23) & 0xff;
  const fraction = pattern & 0x7fffff;
  const size = BigInt(field === 0 ? fraction : fraction + 2 ** 23);
  const numerator = pattern >>> 31 ? -size : size;
  return { numerator, denominator: 1n, exponent: Math.max(field, 1) - 150 };
}

export function times(a: Exact, b: Exact): Exact {
  return {
    numerator: a.numerator * b.numerator,
    denominator: a.denominator * b.denominator,
    exponent: a.exponent + b.exponent,
  };
}

/** Both over 1. */
export function plus(a: Exact, b: Exact): Exact {
  const exponent = Math.min(a.exponent, b.exponent);
  const aligned = ({ numerator, exponent: own }: Exact) => numerator << BigInt(own - exponent);
  return { numerator: aligned(a) + aligned(b), denominator: 1n, exponent };
}

/** a/b, b not 0. */
export function over(a: Exact, b: Exact): Exact {
  const sign = b.numerator < 0n ? -1n : 1n;
  return {
    numerator: sign * a.numerator * b.denominator,
    denominator: sign * b.numerator * a.denominator,
    exponent: a.exponent - b.exponent,
  };
}

/** Nearest f32, halves to even, with whole numbers alone; 0 for both zeros. */
export function nearestF32({ numerator, denominator, exponent }: Exact): number {
  if (numerator === 0n) return 0;
  const size = numerator < 0n ? -numerator : numerator;
  const bitLength = (x: bigint) => x.toString(2).length;
  // The quotient then has 24 or 25 bits, or fewer where the result is subnormal.
  const shift = Math.max(-149 - exponent, bitLength(size) - bitLength(denominator) - 24);
  const rounded = roundedQuotient(size, denominator, shift);
  const tooLong = bitLength(rounded) > 24;
  const place = tooLong ? shift + 1 : shift;
  const significand = Number(tooLong ? roundedQuotient(size, denominator, place) : rounded);
  const value = significand * 2 ** Math.max(place + exponent, -1000);
  const bounded = value >= 2 ** 128 ? Infinity : value;
  return numerator < 0n ? -bounded : bounded;
}

/** size/denominator/2^shift to the nearest whole number, halves to even. */
function roundedQuotient(size: bigint, denominator: bigint, shift: number): bigint {
  const [top, bottom] =
    shift >= 0 ? [size, denominator << BigInt(shift)] : [size << BigInt(-shift), denominator];
  const quotient = top / bottom;
  const twice = 2n * (top % bottom);
  const up = twice > bottom || (twice === bottom && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}
