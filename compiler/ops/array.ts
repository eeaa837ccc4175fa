/*
 * Functions of arrays: what users call on vectors and matrices. Each is one record: what it takes, what it gives, and a
 * formula over the few forms that the graph has, so derivative, plans and targets follow by themselves.
 */

/** What a formula may use; the graph builder implements it, with V a node. Axes count from 0, slowest first. */
export interface ArrayAlgebra<V> {
  /** One op of math.ts, element by element; a scalar operand is repeated. */
  map(op: string, ...args: readonly V[]): V;
  constant(value: number): V;
  /** Sums over one axis, or all where none is given; the axis goes away. */
  sum(x: V, axis?: number): V;
  /** Largest over one axis, or all. */
  max(x: V, axis?: number): V;
  /** Undoes the loss of an axis: `y` (x reduced over `axis`) repeated to the shape of `x`. */
  spread(y: V, x: V, axis?: number): V;
  /** Number of entries along the axis, or of all, as a real number. */
  count(x: V, axis?: number): V;
  /** Running sum along an axis, from its first entry up. */
  running(x: V, axis: number): V;
}

export interface ArrayFunction {
  readonly name: string;
  readonly doc: string;
  /** Number of arrays it takes (all of one shape), before the optional axis. */
  readonly arity: number;
  /** `reduced`: the axis (or all axes) goes away. `same`: the shape of the first argument. */
  readonly result: 'reduced' | 'same';
  readonly build: <V>(algebra: ArrayAlgebra<V>, args: readonly V[], axis: number | undefined) => V;
}

const entry = (
  name: string,
  doc: string,
  result: ArrayFunction['result'],
  build: ArrayFunction['build'],
  arity = 1,
): ArrayFunction => ({ name, doc, arity, result, build });

/**
 * exp(x - max) and its sum: the shifted exponentials that softmax and its kin share. The shift cancels in the result. An
 * infinite maximum is no shift: the exponentials of -infinity are 0 and so is their sum, infinity stays infinity.
 */
export function shiftedExponentials<V>(a: ArrayAlgebra<V>, x: V, axis: number | undefined) {
  const largest = a.map('stop_gradient', a.map('finite', a.max(x, axis)));
  const shifted = a.map('sub', x, a.spread(largest, x, axis));
  const exponentials = a.map('exp', shifted);
  return { largest, shifted, exponentials, total: a.sum(exponentials, axis) };
}

function centred<V>(a: ArrayAlgebra<V>, x: V, axis: number | undefined): V {
  const mean = a.map('div', a.sum(x, axis), a.count(x, axis));
  return a.map('sub', x, a.spread(mean, x, axis));
}

function meanSquare<V>(a: ArrayAlgebra<V>, x: V, axis: number | undefined): V {
  return a.map('div', a.sum(a.map('mul', x, x), axis), a.count(x, axis));
}

function dividedByRoot<V>(a: ArrayAlgebra<V>, x: V, square: V, axis: number | undefined): V {
  return a.map('div', x, a.spread(a.map('sqrt', a.map('add', square, a.constant(1e-5))), x, axis));
}

/** Functions of whole arrays by name, `sum` or `softmax`, each one record: shapes, meaning, documentation. */
export const arrayFunctions: ReadonlyMap<string, ArrayFunction> = new Map(
  [
    entry('sum', 'Sum of the entries.', 'reduced', (a, [x], axis) => a.sum(x!, axis)),
    entry('mean', 'Mean of the entries.', 'reduced', (a, [x], axis) =>
      a.map('div', a.sum(x!, axis), a.count(x!, axis)),
    ),
    entry('max', 'Largest entry; equal largest ones share the cotangent.', 'reduced', (a, [x], axis) =>
      a.max(x!, axis),
    ),
    entry('min', 'Smallest entry; equal smallest ones share the cotangent.', 'reduced', (a, [x], axis) =>
      a.map('neg', a.max(a.map('neg', x!), axis)),
    ),
    entry(
      'norm',
      'Euclidean length, sqrt(sum(x*x)); its gradient at the zero vector is zero.',
      'reduced',
      (a, [x], axis) => a.map('root', a.sum(a.map('mul', x!, x!), axis)),
    ),
    entry(
      'cumsum',
      'Running sum from the first entry on; along axis 0 unless another is given.',
      'same',
      (a, [x], axis) => a.running(x!, axis ?? 0),
    ),
    entry('softmax', 'exp(x) divided by its sum, computed without overflow.', 'same', (a, [x], axis) => {
      const { exponentials, total } = shiftedExponentials(a, x!, axis);
      return a.map('div', exponentials, a.spread(total, x!, axis));
    }),
    entry('log_softmax', 'Logarithm of softmax, computed without overflow.', 'same', (a, [x], axis) => {
      const { shifted, total } = shiftedExponentials(a, x!, axis);
      return a.map('sub', shifted, a.spread(a.map('log', total), x!, axis));
    }),
    entry(
      'logsumexp',
      'Logarithm of the sum of exp(x), computed without overflow; where all entries are -infinity it is -infinity, and its slope 0.',
      'reduced',
      (a, [x], axis) => {
        const { largest, total } = shiftedExponentials(a, x!, axis);
        return a.map('add', largest, a.map('log_total', total));
      },
    ),
    entry(
      'layer_norm',
      '(x - mean)/sqrt(variance + 1e-5), variance over n. Ba, Kiros & Hinton 2016.',
      'same',
      (a, [x], axis) => {
        const difference = centred(a, x!, axis);
        return dividedByRoot(a, difference, meanSquare(a, difference, axis), axis);
      },
    ),
    entry('rms_norm', 'x/sqrt(mean(x*x) + 1e-5). Zhang & Sennrich 2019.', 'same', (a, [x], axis) =>
      dividedByRoot(a, x!, meanSquare(a, x!, axis), axis),
    ),
  ].map((fn) => [fn.name, fn]),
);
