/*
 * The spectral radius of a real matrix without symmetry, from all its eigenvalues: reduction to Hessenberg form and the
 * implicit double-shift QR iteration (Francis 1961; Golub & Van Loan, Matrix Computations, section 7.5). A power
 * iteration would not do: the largest eigenvalue of a random matrix is mostly a complex pair with close neighbours.
 */

/**
 * @param matrix  f64 [n, n], row-major; not changed
 * @returns the largest modulus of an eigenvalue; NaN where the iteration does not converge
 */
export function spectralRadius(matrix: Float64Array, n: number): number {
  const h = toHessenberg(matrix, n);
  let radius = 0;
  let last = n - 1;
  let tries = 0;
  while (last >= 0) {
    const first = blockStart(h, n, last);
    if (last - first < 2) {
      radius = Math.max(radius, first === last ? Math.abs(h[last * n + last]!) : pairRadius(h, n, last));
      last = first - 1;
      tries = 0;
    } else {
      tries++;
      if (tries > 300) return Number.NaN;
      sweep(h, n, first, last, tries % 10 === 0);
    }
  }
  return radius;
}

/** A similar matrix with zeros below the first subdiagonal, by Householder reflections. */
function toHessenberg(matrix: Float64Array, n: number): Float64Array {
  const h = matrix.slice();
  for (let k = 0; k < n - 2; k++) {
    const column = new Float64Array(n - k - 1);
    for (let i = 0; i < column.length; i++) column[i] = h[(k + 1 + i) * n + k]!;
    reflect(h, n, k + 1, column, k, 0, n - 1, n - 1);
    for (let i = k + 2; i < n; i++) h[i * n + k] = 0;
  }
  return h;
}

/** Where the unreduced block that ends at `last` begins; the negligible entry before it becomes zero. */
function blockStart(h: Float64Array, n: number, last: number): number {
  for (let i = last; i > 0; i--) {
    const beside = Math.abs(h[i * n + i]!) + Math.abs(h[(i - 1) * n + i - 1]!);
    if (Math.abs(h[i * n + i - 1]!) <= Number.EPSILON * beside) {
      h[i * n + i - 1] = 0;
      return i;
    }
  }
  return 0;
}

/** Larger modulus of the two eigenvalues of the 2 x 2 block that ends at `last`. */
function pairRadius(h: Float64Array, n: number, last: number): number {
  const a = h[(last - 1) * n + last - 1]!;
  const d = h[last * n + last]!;
  const product = h[(last - 1) * n + last]! * h[last * n + last - 1]!;
  const half = (a - d) / 2;
  const discriminant = half * half + product;
  if (discriminant < 0) return Math.sqrt(a * d - product);
  return Math.abs((a + d) / 2) + Math.sqrt(discriminant);
}

/** One double-shift sweep over the block; with unusual shifts where the usual ones run in a circle. */
function sweep(h: Float64Array, n: number, first: number, last: number, unusual: boolean): void {
  const at = (i: number, j: number) => h[i * n + j]!;
  let trace = at(last - 1, last - 1) + at(last, last);
  let determinant = at(last - 1, last - 1) * at(last, last) - at(last - 1, last) * at(last, last - 1);
  if (unusual) {
    const size = Math.abs(at(last, last - 1)) + Math.abs(at(last - 1, last - 2));
    trace = 1.5 * size;
    determinant = size * size;
  }
  const corner = at(first, first);
  const below = at(first + 1, first);
  let bulge = Float64Array.of(
    corner * corner + at(first, first + 1) * below - trace * corner + determinant,
    below * (corner + at(first + 1, first + 1) - trace),
    below * at(first + 2, first + 1),
  );
  for (let k = first; k < last; k++) {
    reflect(h, n, k, bulge, Math.max(first, k - 1), first, last, Math.min(k + 3, last));
    if (k > first) {
      for (let i = k + 1; i <= Math.min(k + 2, last); i++) h[i * n + k - 1] = 0;
    }
    bulge = new Float64Array(Math.min(3, last - k)).map((_, i) => at(k + 1 + i, k));
  }
}

/**
 * Applies the reflection that takes `vector` to a multiple of the first unit vector, from both sides, to rows and
 * columns `from … from + vector.length - 1`: to columns `firstColumn … lastColumn` from the left, to rows
 * `firstRow … lastRow` from the right.
 */
function reflect(
  h: Float64Array,
  n: number,
  from: number,
  vector: Float64Array,
  firstColumn: number,
  firstRow: number,
  lastColumn: number,
  lastRow: number,
): void {
  const length = vector.length;
  let square = 0;
  for (const entry of vector) square += entry * entry;
  if (square === 0) return;
  const norm = Math.sqrt(square);
  const v = vector.slice();
  v[0]! += v[0]! >= 0 ? norm : -norm;
  let vSquare = 0;
  for (const entry of v) vSquare += entry * entry;
  const factor = 2 / vSquare;
  for (let j = firstColumn; j <= lastColumn; j++) {
    let product = 0;
    for (let i = 0; i < length; i++) product += v[i]! * h[(from + i) * n + j]!;
    for (let i = 0; i < length; i++) h[(from + i) * n + j]! -= factor * product * v[i]!;
  }
  for (let i = firstRow; i <= lastRow; i++) {
    let product = 0;
    for (let j = 0; j < length; j++) product += h[i * n + from + j]! * v[j]!;
    for (let j = 0; j < length; j++) h[i * n + from + j]! -= factor * product * v[j]!;
  }
}
