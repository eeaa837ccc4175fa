import { arrayAlgebra } from '../../graph/arrayAlgebra.ts';
import type { GraphBuilder } from '../../graph/build.ts';
import type { NodeId } from '../../graph/graph.ts';
import { arrayFunctions } from '../../ops/array.ts';
import type { StableRewrite } from './rewrites.ts';

/** exp(values)/sum(exp(values)), over one axis or all. */
interface Softmax {
  readonly values: NodeId;
  readonly total: NodeId;
  /** All of them, where there is none. */
  readonly axis?: number;
}

/** exp(values), its sum over axes. */
function exponentialSum(builder: GraphBuilder, total: NodeId): Softmax | undefined {
  const node = builder.node(total);
  if (node.form !== 'reduce' || node.op !== 'sum') return undefined;
  const exponential = builder.node(node.operand);
  if (exponential.form !== 'map' || exponential.op !== 'exp') return undefined;
  const isAll = node.axes.length === exponential.type.shape.length;
  if (!isAll && node.axes.length > 1) return undefined;
  return { values: exponential.operands[0]!, total, ...(isAll ? {} : { axis: node.axes[0]! }) };
}

function softmaxAt(builder: GraphBuilder, id: NodeId): Softmax | undefined {
  const quotient = builder.node(id);
  if (quotient.form !== 'map' || quotient.op !== 'div') return undefined;
  const [above, below] = quotient.operands as [NodeId, NodeId];
  const spread = builder.node(below);
  if (spread.form !== 'broadcast') return undefined;
  const sum = exponentialSum(builder, spread.operand);
  const reduced = builder.node(spread.operand);
  if (sum === undefined || reduced.form !== 'reduce' || reduced.operand !== above) return undefined;
  const kept = quotient.type.shape.flatMap((_, axis) => (reduced.axes.includes(axis) ? [] : [axis]));
  return kept.length === spread.axes.length && kept.every((axis, i) => spread.axes[i] === axis)
    ? sum
    : undefined;
}

/** Ops around a shift. */
const unseen: ReadonlySet<string> = new Set(['stop_gradient', 'finite']);

/** x - max(x), written by hand or by softmax itself: nothing overflows. */
function isShifted(builder: GraphBuilder, id: NodeId): boolean {
  const node = builder.node(id);
  if (node.form !== 'map' || node.op !== 'sub') return false;
  let shift = node.operands[1]!;
  for (;;) {
    const inner = builder.node(shift);
    if (inner.form === 'reduce') return inner.op === 'max' && inner.operand === node.operands[0];
    const isWrapped = inner.form === 'broadcast' || (inner.form === 'map' && unseen.has(inner.op));
    if (!isWrapped) return false;
    shift = inner.form === 'broadcast' ? inner.operand : inner.operands[0]!;
  }
}

function call(builder: GraphBuilder, name: string, { values, axis }: Softmax): NodeId {
  return arrayFunctions.get(name)!.build(arrayAlgebra(builder), [values], axis);
}

function logSoftmax(builder: GraphBuilder, softmax: Softmax): NodeId {
  if (!isShifted(builder, softmax.values)) return call(builder, 'log_softmax', softmax);
  const algebra = arrayAlgebra(builder);
  const { values, total, axis } = softmax;
  return algebra.map('sub', values, algebra.spread(algebra.map('log', total), values, axis));
}

/** The logarithm of a softmax, or of entries that are picked from one. */
function logarithmOf(builder: GraphBuilder, id: NodeId): NodeId | undefined {
  const softmax = softmaxAt(builder, id);
  if (softmax !== undefined) return logSoftmax(builder, softmax);
  const node = builder.node(id);
  if (node.form === 'slice') {
    const inner = logarithmOf(builder, node.operand);
    return inner === undefined
      ? undefined
      : builder.slice(inner, node.axis, node.start, node.type.shape[node.axis]!);
  }
  if (node.form === 'reshape') {
    const inner = logarithmOf(builder, node.operand);
    return inner === undefined ? undefined : builder.reshape(inner, node.type.shape);
  }
  if (node.form !== 'contract') return undefined;
  const { left, right, leftAxes, rightAxes, outAxes } = node;
  const isPick = (hot: NodeId, axes: readonly number[]) =>
    builder.node(hot).form === 'oneHot' && !outAxes.includes(axes[0]!);
  if (isPick(left, leftAxes)) {
    const inner = logarithmOf(builder, right);
    return inner === undefined ? undefined : builder.contract(left, inner, leftAxes, rightAxes, outAxes);
  }
  if (isPick(right, rightAxes)) {
    const inner = logarithmOf(builder, left);
    return inner === undefined ? undefined : builder.contract(inner, right, leftAxes, rightAxes, outAxes);
  }
  return undefined;
}

function argumentOf(builder: GraphBuilder, op: string, id: NodeId): NodeId | undefined {
  const node = builder.node(id);
  return node.form === 'map' && node.op === op ? node.operands[0] : undefined;
}

/** The sum of the squares of all entries, or of those along an axis. */
function isSumOfSquares(builder: GraphBuilder, id: NodeId): boolean {
  const node = builder.node(id);
  if (node.form === 'contract') {
    const { left, right, leftAxes, rightAxes, outAxes } = node;
    return left === right && outAxes.length === 0 && leftAxes.every((label, i) => rightAxes[i] === label);
  }
  if (node.form !== 'reduce' || node.op !== 'sum') return false;
  const square = builder.node(node.operand);
  return square.form === 'map' && square.op === 'mul' && square.operands[0] === square.operands[1];
}

/** Of vectors, and of matrices along an axis. */
export const arrayRewrites: readonly StableRewrite[] = [
  {
    pattern: 'log(softmax(v))',
    result: 'log_softmax(v)',
    why: 'log_softmax is defined so; the logarithm of one entry, or of the entry of a class, is that entry of it.',
    cures: 'an entry of softmax is rounded to 0, and the logarithm to minus infinity',
    apply: ({ builder }, id) => {
      const operand = argumentOf(builder, 'log', id);
      return operand === undefined ? undefined : logarithmOf(builder, operand);
    },
  },
  {
    pattern: 'exp(v)/sum(exp(v))',
    result: 'softmax(v)',
    why: 'Above and below divided by exp(max(v)).',
    cures: 'exp overflows and infinity/infinity is NaN; where all are rounded to 0 so is 0/0',
    except: 'not where the largest entry is subtracted already',
    apply: ({ builder }, id) => {
      const softmax = softmaxAt(builder, id);
      if (softmax === undefined || isShifted(builder, softmax.values)) return undefined;
      return call(builder, 'softmax', softmax);
    },
  },
  {
    pattern: 'log(sum(exp(v)))',
    result: 'logsumexp(v)',
    why: 'logsumexp is defined so.',
    cures: 'exp overflows, or all are rounded to 0',
    except: 'not where the largest entry is subtracted already',
    apply: ({ builder }, id) => {
      const operand = argumentOf(builder, 'log', id);
      const sum = operand === undefined ? undefined : exponentialSum(builder, operand);
      if (sum === undefined || isShifted(builder, sum.values)) return undefined;
      return call(builder, 'logsumexp', sum);
    },
  },
  {
    pattern: 'sqrt(sum(v*v))',
    result: 'norm(v)',
    why: 'norm is defined so; its derivative at the zero vector, where there is none, is 0.',
    cures: 'the derivative at the zero vector is 0/0',
    apply: ({ builder }, id) => {
      const operand = argumentOf(builder, 'sqrt', id);
      if (operand === undefined || !isSumOfSquares(builder, operand)) return undefined;
      return builder.map('root', operand);
    },
  },
];
