/**
 * Makes vectors orthonormal, one after another, in place (Gram-Schmidt, each done twice against rounding). For normal
 * draws the result is even over all orthonormal systems, since every vector keeps the sign of its own remainder.
 *
 * @param matrix  f64 [count, length], count <= length, a vector per row
 */
export function orthonormalise(matrix: Float64Array, count: number, length: number): void {
  for (let i = 0; i < count; i++) {
    const vector = matrix.subarray(i * length, (i + 1) * length);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = matrix.subarray(j * length, (j + 1) * length);
        let product = 0;
        for (let k = 0; k < length; k++) product += other[k]! * vector[k]!;
        for (let k = 0; k < length; k++) vector[k]! -= product * other[k]!;
      }
    }
    let square = 0;
    for (let k = 0; k < length; k++) square += vector[k]! * vector[k]!;
    const norm = Math.sqrt(square);
    for (let k = 0; k < length; k++) vector[k]! /= norm;
  }
}
