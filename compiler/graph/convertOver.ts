import type { TypedArray, TypedExpression } from '../cell/cell.ts';
import { oneDim } from '../cell/dim.ts';
import { oversOf } from '../cell/type.ts';
import { operandsOf } from '../cell/typed.ts';
import { type ArrayAlgebra, arrayFunctions } from '../ops/array.ts';
import { invariant } from '../support/invariant.ts';
import { arrayAlgebra } from './arrayAlgebra.ts';
import type { GraphBuilder } from './build.ts';
import type { NodeId } from './graph.ts';
import { dimsOf, type Over } from './over.ts';

type Convert = (e: TypedExpression) => NodeId;

const oversIn = (e: TypedExpression): readonly string[] => oversOf(e.type.outer);

/** Whether an expression, or anything it is made of, is one value per entry of a size. */
export const variesOver = (e: TypedExpression): boolean =>
  oversIn(e).length > 0 || operandsOf(e).some((operand) => oversIn(operand).length > 0);

/** As the converter of `toGraph.ts`, for what has leading axes; undefined where these make no difference. */
export function convertOver(
  builder: GraphBuilder,
  over: Over,
  e: TypedExpression,
  convert: Convert,
): NodeId | undefined {
  const sizes = oversIn(e);
  const first = sizes.length;
  const rankOf = (operand: TypedExpression) => operand.type.shape.length;
  const laid = (operand: TypedExpression, shape = operand.type.shape) =>
    over.laid(convert(operand), oversIn(operand), rankOf(operand), sizes, shape);
  switch (e.kind) {
    case 'map':
      return builder.map(e.op, ...e.args.map((arg) => laid(arg, e.type.shape)));
    case 'matmul':
    case 'outer':
    case 'dot': {
      const left = Array.from({ length: rankOf(e.left) }, (_, i) => i);
      const shift = e.kind === 'outer' ? left.length : e.kind === 'dot' ? 0 : left.length - 1;
      const right = Array.from({ length: rankOf(e.right) }, (_, i) => shift + i);
      const summed = e.kind === 'outer' ? -1 : left.length - 1;
      const own = [...new Set([...left, ...right])].filter((label) => label !== summed);
      return contracted(builder, over, [e.left, left], [e.right, right], [...sizes], own, convert);
    }
    case 'blocks':
      return contracted(builder, over, [e.left, [0, 1, 2]], [e.right, [0, 2]], sizes, [0, 1], convert);
    case 'transpose': {
      const [rows, columns] = e.value.type.shape;
      const axes = [...sizes.map((_, i) => i), first + 1, first];
      return builder.broadcast(convert(e.value), axes, [...dimsOf(sizes), columns!, rows!]);
    }
    case 'stack': {
      const parts = e.parts.map((part) => {
        const node = spread(part);
        return rankOf(part) === 0 ? builder.reshape(node, [...dimsOf(sizes), oneDim]) : node;
      });
      return builder.concat(parts, first);
    }
    case 'slice':
      return builder.slice(convert(e.value), first, e.start, e.length);
    case 'reshape':
      return builder.reshape(convert(e.value), [...dimsOf(sizes), ...e.type.shape]);
    case 'stretch': {
      const axes = [...sizes.map((_, i) => i), first + e.along];
      return builder.broadcast(convert(e.value), axes, [...dimsOf(sizes), ...e.type.shape]);
    }
    case 'array':
      return e.over === undefined
        ? arrayFunction(e.fn).build(arrayAlgebra(builder, first), e.args.map(convert), e.axis)
        : arrayOver(builder, over, e, convert);
    case 'read':
    case 'power':
      return undefined;
    default:
      invariant(false, `${e.kind} over a size`);
  }

  /** A part of a stack, for every entry of the sizes; a scalar too. */
  function spread(part: TypedExpression): NodeId {
    const node = convert(part);
    const from = oversIn(part);
    if (from.length > 0 || rankOf(part) > 0) return laid(part);
    return builder.broadcast(node, [], dimsOf(sizes));
  }
}

function arrayFunction(name: string) {
  const fn = arrayFunctions.get(name);
  invariant(fn !== undefined, `no array function ${name}`);
  return fn;
}

/**
 * A product of two values, their own axes labelled from 0. Both have nothing beyond the entries of a row, so their
 * gradients have nothing of it either.
 */
function contracted(
  builder: GraphBuilder,
  over: Over,
  [left, leftOwn]: readonly [TypedExpression, readonly number[]],
  [right, rightOwn]: readonly [TypedExpression, readonly number[]],
  sizes: readonly string[],
  own: readonly number[],
  convert: Convert,
): NodeId {
  const all = [...new Set([...oversIn(left), ...oversIn(right)])];
  const label = (size: string) => all.indexOf(size);
  const ownLabel = (axis: number) => all.length + axis;
  const clean = (e: TypedExpression) => over.masked(convert(e), oversIn(e), 0);
  return builder.contract(
    clean(left),
    clean(right),
    [...oversIn(left).map(label), ...leftOwn.map(ownLabel)],
    [...oversIn(right).map(label), ...rightOwn.map(ownLabel)],
    [...sizes.map(label), ...own.map(ownLabel)],
  );
}

/** `softmax(e over S)`; `sum(a*M over S)` is one contraction. */
function arrayOver(builder: GraphBuilder, over: Over, e: TypedArray, convert: Convert): NodeId {
  const [value] = e.args;
  const sizes = oversIn(value!);
  const size = e.over!;
  if (e.fn === 'sum' && value!.kind === 'map' && value!.op === 'mul') {
    const [left, right] = value!.args;
    if (oversIn(left!).includes(size) && oversIn(right!).includes(size)) {
      const own = value!.type.shape.map((_, i) => i);
      const labels = (factor: TypedExpression) => own.slice(0, factor.type.shape.length);
      const left_ = [left!, labels(left!)] as const;
      const right_ = [right!, labels(right!)] as const;
      return contracted(
        builder,
        over,
        left_,
        right_,
        sizes.filter((s) => s !== size),
        own,
        convert,
      );
    }
  }
  const fn = arrayFunction(e.fn);
  const result = fn.build(algebraOver(builder, over, sizes, size), [convert(value!)], undefined);
  return fn.result === 'same' ? over.masked(result, sizes, 0) : result;
}

/** The formulas of `ops/array.ts` over the entries that a row has. Nothing summed is 0, the largest of nothing -∞. */
function algebraOver(
  builder: GraphBuilder,
  over: Over,
  sizes: readonly string[],
  size: string,
): ArrayAlgebra<NodeId> {
  const axis = sizes.indexOf(size);
  const within = (x: NodeId, otherwise: number) => over.masked(x, sizes, otherwise);
  return {
    ...arrayAlgebra(builder),
    sum: (x) => builder.reduce('sum', within(x, 0), [axis]),
    max: (x) => builder.reduce('max', within(x, Number.NEGATIVE_INFINITY), [axis]),
    spread: (y, x) => {
      const kept = builder.shape(x).flatMap((_, i) => (i === axis ? [] : [i]));
      return builder.broadcast(y, kept, builder.shape(x));
    },
    // The mean of nothing is 0, not 0/0.
    count: () => builder.map('max', over.count(size), builder.fill(1)),
    running: (x) => builder.running(within(x, 0), axis, 'up'),
  };
}
