/*
 * The cells of the papers once more, in loops over numbers, written from the papers and not from the `.rnn` files.
 * Vectors are arrays, a matrix [rows, columns] is row-major.
 */

export type Vector = ArrayLike<number>;
export type Values = (name: string) => Vector;
/**
 * One step of one example.
 *
 * @param x  the first input
 * @param state  before the step, by name
 * @param input  any input by name
 * @returns states after the step and outputs, by name; `y` may be an output of another name
 */
export type Step = (
  parameter: Values,
  x: Vector,
  state: Values,
  input: Values,
) => Readonly<Record<string, readonly number[]>>;

export const sigma = (z: number) => 1 / (1 + Math.exp(-z));
export const map = (f: (...entries: number[]) => number, ...vectors: Vector[]) =>
  Array.from(vectors[0]!, (_, i) => f(...vectors.map((vector) => vector[i]!)));
export const add = (...vectors: Vector[]) =>
  map((...entries) => entries.reduce((a, b) => a + b, 0), ...vectors);
export const times = (a: Vector, b: Vector) => map((u, v) => u * v, a, b);
export const inner = (a: Vector, b: Vector) => times(a, b).reduce((sum, product) => sum + product, 0);
export const product = (matrix: Vector, vector: Vector) =>
  Array.from({ length: matrix.length / vector.length }, (_, row) =>
    inner(Array.from(matrix).slice(row * vector.length, (row + 1) * vector.length), vector),
  );
export const sigmoid = (z: Vector) => map(sigma, z);
export const tanh = (z: Vector) => map(Math.tanh, z);

/** W x + U h + b of a gate, by the names that most files use. */
export const affine = (p: Values, gate: string, x: Vector, h: Vector) =>
  add(product(p(`W_${gate}`), x), product(p(`U_${gate}`), h), p(`b_${gate}`));

/** The old state where `keep` is 1, the candidate where it is 0. */
export const mix = (keep: Vector, old: Vector, candidate: Vector) =>
  map((k, o, n) => k * o + (1 - k) * n, keep, old, candidate);
