import type { GraphBuilder } from '../../graph/build.ts';
import type { NodeId } from '../../graph/graph.ts';
import { arrayFunctions, shiftedExponentials } from '../../ops/array.ts';
import {
  algebraOf,
  type ExponentialSum,
  exponentialSum,
  isShifted,
  keptOf,
  laidAlong,
  masked,
  sameNumbers,
  unmasked,
} from './exponentials.ts';
import type { StableRewrite } from './rewrites.ts';

function softmaxAt(builder: GraphBuilder, id: NodeId): ExponentialSum | undefined {
  const quotient = builder.node(id);
  if (quotient.form !== 'map' || quotient.op !== 'div') return undefined;
  const [above, below] = quotient.operands as [NodeId, NodeId];
  const { inner, axes } = laidAlong(builder, below);
  const sum = exponentialSum(builder, inner);
  if (sum === undefined || sum.powers !== above) return undefined;
  return sameNumbers(axes, keptOf(builder, sum)) ? sum : undefined;
}

function call(builder: GraphBuilder, name: string, sum: ExponentialSum): NodeId {
  return arrayFunctions.get(name)!.build(algebraOf(builder, sum), [sum.values], undefined);
}

function logSoftmax(builder: GraphBuilder, sum: ExponentialSum): NodeId {
  if (!isShifted(builder, sum.values)) return call(builder, 'log_softmax', sum);
  const algebra = algebraOf(builder, sum);
  return algebra.map('sub', sum.values, algebra.spread(algebra.map('log', sum.total), sum.values));
}

/** `above`, a sum of the exponentials with factors, of others in their place; `axes`: where the kept axes lie in it. */
function weighted(
  builder: GraphBuilder,
  above: NodeId,
  sum: ExponentialSum,
  axes: readonly number[],
  powers: NodeId,
): NodeId | undefined {
  const node = builder.node(above);
  const isPowers = (id: NodeId) => {
    const { inner, masks } = unmasked(builder, id, 0);
    return inner === sum.powers && sameNumbers(masks, sum.masks);
  };
  if (node.form === 'contract') {
    const { left, right, leftAxes, rightAxes, outAxes } = node;
    const instead = masked(builder, powers, sum.masks, 0);
    const isAlong = (labels: readonly number[]) =>
      sum.axes.every((axis) => !outAxes.includes(labels[axis]!)) &&
      sameNumbers(
        keptOf(builder, sum).map((axis) => outAxes.indexOf(labels[axis]!)),
        axes,
      );
    if (isPowers(left) && isAlong(leftAxes))
      return builder.contract(instead, right, leftAxes, rightAxes, outAxes);
    if (isPowers(right) && isAlong(rightAxes))
      return builder.contract(left, instead, leftAxes, rightAxes, outAxes);
    return undefined;
  }
  if (node.form !== 'reduce' || node.op !== 'sum' || !sameNumbers(node.axes, sum.axes)) return undefined;
  const { inner, masks } = unmasked(builder, node.operand, 0);
  const product = builder.node(inner);
  if (product.form !== 'map' || product.op !== 'mul' || !sameNumbers(masks, sum.masks)) return undefined;
  const [left, right] = product.operands as [NodeId, NodeId];
  const other = left === sum.powers ? right : right === sum.powers ? left : undefined;
  if (
    other === undefined ||
    !sameNumbers(
      axes,
      node.type.shape.map((_, axis) => axis),
    )
  )
    return undefined;
  const algebra = algebraOf(builder, sum);
  return algebra.sum(algebra.map('mul', powers, other));
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
    const isSummed = leftAxes.some((label) => !outAxes.includes(label));
    return left === right && isSummed && sameNumbers(leftAxes, rightAxes);
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
    pattern: 'sum(exp(v)*z)/sum(exp(v))',
    result: 'sum(exp(v - m)*z)/sum(exp(v - m)), m = max(v)',
    why: 'Above and below divided by exp(m); so it is for dot(exp(v), z)/sum(exp(v)) and for a matrix product above, along an axis and over a size. Where m is infinite it is taken as 0.',
    cures: 'exp overflows and infinity/infinity is NaN; where all are rounded to 0 so is 0/0',
    except: 'not where the largest entry is subtracted already',
    apply: ({ builder }, id) => {
      const quotient = builder.node(id);
      if (quotient.form !== 'map' || quotient.op !== 'div') return undefined;
      const [above, below] = quotient.operands as [NodeId, NodeId];
      const { inner, axes } = laidAlong(builder, below);
      const sum = exponentialSum(builder, inner);
      if (sum === undefined || isShifted(builder, sum.values)) return undefined;
      const { exponentials, total } = shiftedExponentials(algebraOf(builder, sum), sum.values, undefined);
      const instead = weighted(builder, above, sum, axes, exponentials);
      if (instead === undefined) return undefined;
      return builder.map('div', instead, builder.broadcast(total, axes, quotient.type.shape));
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
