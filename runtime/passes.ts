import { kernelsFor } from './kernels.ts';

/*
 * Passes over the entries of one gradient. Where it stands in WebAssembly's memory a kernel does the work; what is written
 * here is the definition, to the bit.
 */

/**
 * Sum of squares in f64. Entry i is added to running value i mod 8; the eight are joined as 4 + 2 + 1. It is finite
 * exactly where all entries are: the square of an f32 always fits into f64.
 */
export function squaresOf(values: Float32Array): number {
  const kernels = kernelsFor(values)?.kernels;
  if (kernels !== undefined) return kernels.squares(values.byteOffset, values.length);
  const running = new Float64Array(8);
  for (let i = 0; i < values.length; i++) running[i & 7]! += values[i]! * values[i]!;
  for (const half of [4, 2, 1]) for (let j = 0; j < half; j++) running[j]! += running[j + half]!;
  return running[0]!;
}

/** Largest absolute value; NaN where there is one, 0 without entries. */
export function largestOf(values: Float32Array): number {
  const kernels = kernelsFor(values)?.kernels;
  if (kernels !== undefined) return kernels.largest(values.byteOffset, values.length);
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}

/** The product is formed in f64 and rounded once, so that a factor outside the range of f32 does no harm. */
export function scale(values: Float32Array, factor: number): void {
  const kernels = kernelsFor(values)?.kernels;
  if (kernels !== undefined) kernels.scale(values.byteOffset, values.length, factor);
  else for (let i = 0; i < values.length; i++) values[i] = values[i]! * factor;
}

/** Entries above `limit` become `limit`, those below `-limit` become `-limit`, rounded to f32. */
export function cut(values: Float32Array, limit: number): void {
  const kernels = kernelsFor(values)?.kernels;
  if (kernels !== undefined) kernels.cut(values.byteOffset, values.length, limit);
  else {
    for (let i = 0; i < values.length; i++) {
      if (Math.abs(values[i]!) > limit) values[i] = Math.sign(values[i]!) * limit;
    }
  }
}
