import type { Contract } from '../graph/graph.ts';
import { call, dot, entry, matrixProduct, outer, product, transpose } from './algebra.ts';
import type { Formula } from './formula.ts';

/** An operand of a contraction: its formula in full, and the labels of its axes. */
interface Side {
  readonly formula: Formula;
  readonly axes: readonly number[];
  /** Where the operand is a whole number as a vector of zeros with a single one: that number. */
  readonly index?: Formula;
}

/**
 * A sum of products as it is called on paper: `W @ x`, `W.T @ z`, `outer(a, b)`, `dot(a, b)`, `E[token]`, a product with
 * a scalar; the general form, by its labels, is `contract_ijk_k_ij(T, x)`.
 *
 * @param asWritten  whether `x @ W` stays, or becomes `W.T @ x`
 */
export function writeContraction(
  left: Side,
  right: Side,
  out: Contract['outAxes'],
  asWritten: boolean,
): Formula {
  const lookup = lookedUp(left, right, out) ?? lookedUp(right, left, out);
  if (lookup !== undefined) return lookup;
  const [l, r] = [left.axes.length, right.axes.length];
  if (l === 0 || r === 0) return scaled(left, right, out);
  if (l === 1 && r === 1) return ofVectors(left, right, out);
  if (l === 2 && r === 1) return ofMatrixAndVector(left, right, out);
  if (l === 1 && r === 2) {
    if (asWritten && left.axes[0] === right.axes[0]) return matrixProduct(left.formula, right.formula);
    return ofMatrixAndVector(right, left, out);
  }
  return l === 2 && r === 2 ? ofMatrices(left, right, out) : general(left, right, out);
}

function lookedUp(hot: Side, table: Side, out: readonly number[]): Formula | undefined {
  if (hot.index === undefined || table.axes[0] !== hot.axes[0] || out.includes(hot.axes[0]!))
    return undefined;
  return isSame(table.axes.slice(1), out) ? entry(table.formula, hot.index) : undefined;
}

function scaled(left: Side, right: Side, out: readonly number[]): Formula {
  const [scalar, array] = left.axes.length === 0 ? [left, right] : [right, left];
  const scaledArray = product([scalar.formula, array.formula]);
  if (isSame(array.axes, out)) return scaledArray;
  return array.axes.length === 2 ? transpose(scaledArray) : general(left, right, out);
}

function ofVectors(left: Side, right: Side, out: readonly number[]): Formula {
  if (left.axes[0] === right.axes[0]) {
    return out.length === 0 ? dot(left.formula, right.formula) : product([left.formula, right.formula]);
  }
  const inOrder = out[0] === left.axes[0];
  return inOrder ? outer(left.formula, right.formula) : outer(right.formula, left.formula);
}

function ofMatrixAndVector(matrix: Side, vector: Side, out: readonly number[]): Formula {
  const label = vector.axes[0]!;
  if (out.length !== 1 || !matrix.axes.includes(label) || out[0] === label)
    return general(matrix, vector, out);
  const turned = matrix.axes[0] === label ? transpose(matrix.formula) : matrix.formula;
  return matrixProduct(turned, vector.formula);
}

function ofMatrices(left: Side, right: Side, out: readonly number[]): Formula {
  const common = left.axes.filter((label) => right.axes.includes(label));
  if (common.length === 2 && out.length === 0) {
    const second = isSame(left.axes, right.axes) ? right.formula : transpose(right.formula);
    return call('sum', [product([left.formula, second])], 0);
  }
  const [summed] = common;
  if (common.length !== 1 || out.length !== 2 || out.includes(summed!)) return general(left, right, out);
  const [first, second] = left.axes.includes(out[0]!) ? [left, right] : [right, left];
  return matrixProduct(
    first.axes[1] === summed ? first.formula : transpose(first.formula),
    second.axes[0] === summed ? second.formula : transpose(second.formula),
  );
}

/** Labels i, j, k … in the name: `contract_ijk_k_ij(T, x)` sums over k. */
function general(left: Side, right: Side, out: readonly number[]): Formula {
  const labels = [left.axes, right.axes, out].map((axes) =>
    axes.map((label) => String.fromCharCode('i'.charCodeAt(0) + label)).join(''),
  );
  return call(['contract', ...labels].join('_'), [left.formula, right.formula], out.length);
}

const isSame = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((label, i) => label === b[i]);
