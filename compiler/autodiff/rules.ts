import { addDims, zeroDim } from '../cell/dim.ts';
import type { GraphBuilder } from '../graph/build.ts';
import type { GraphNode, MapNode, NodeId } from '../graph/graph.ts';
import type { ScalarExpression } from '../ops/expression.ts';
import { mathOps } from '../ops/math.ts';
import { invariant } from '../support/invariant.ts';

/** What goes back to one operand. */
export interface Contribution {
  readonly to: NodeId;
  readonly cotangent: NodeId;
  /** Came through a branch of an `if`, so it is exactly zero where the branch was not taken. */
  readonly masked: boolean;
}

/**
 * The adjoint of each form: given the cotangent of a node, what goes back to its operands. `masked` says that the
 * cotangent is zero where some branch was not taken; a partial that is infinite there must not make it NaN.
 */
export function adjoint(
  builder: GraphBuilder,
  id: NodeId,
  node: GraphNode,
  cotangent: NodeId,
  masked: boolean,
): readonly Contribution[] {
  const to = (operand: NodeId, value: NodeId): Contribution => ({ to: operand, cotangent: value, masked });
  switch (node.form) {
    case 'leaf':
    case 'fill':
    case 'oneHot':
      return [];
    case 'map':
      return mapAdjoint(builder, id, node, cotangent, masked);
    case 'sum':
      return node.operands.map((operand) => to(operand, cotangent));
    case 'contract':
      return [
        to(node.left, builder.contract(cotangent, node.right, node.outAxes, node.rightAxes, node.leftAxes)),
        to(node.right, builder.contract(node.left, cotangent, node.leftAxes, node.outAxes, node.rightAxes)),
      ];
    case 'reduce': {
      const shape = builder.shape(node.operand);
      const kept = shape.flatMap((_, axis) => (node.axes.includes(axis) ? [] : [axis]));
      const spread = (value: NodeId) => builder.broadcast(value, kept, shape);
      if (node.op === 'sum') return [to(node.operand, spread(cotangent))];
      // Equal largest entries share what arrives.
      const winner = builder.map('equal', node.operand, spread(id));
      const share = builder.map('div', cotangent, builder.reduce('sum', winner, node.axes));
      return [to(node.operand, builder.map('select', winner, spread(share), builder.fill(0)))];
    }
    case 'running':
      return [
        to(node.operand, builder.running(cotangent, node.axis, node.direction === 'up' ? 'down' : 'up')),
      ];
    case 'broadcast': {
      const repeated = node.type.shape.flatMap((_, axis) => (node.axes.includes(axis) ? [] : [axis]));
      const summed = builder.reduce('sum', cotangent, repeated);
      // What is left has the operand's axes in the order of the result; put them back into the operand's own order.
      const order = [...node.axes].sort((a, b) => a - b);
      const place = order.map((axis) => node.axes.indexOf(axis));
      return [to(node.operand, builder.broadcast(summed, place, builder.shape(node.operand)))];
    }
    case 'slice':
      return [
        to(
          node.operand,
          builder.pad(cotangent, node.axis, node.start, builder.shape(node.operand)[node.axis]!),
        ),
      ];
    case 'pad':
      return [
        to(
          node.operand,
          builder.slice(cotangent, node.axis, node.start, builder.shape(node.operand)[node.axis]!),
        ),
      ];
    case 'concat': {
      let start = zeroDim;
      return node.operands.map((operand) => {
        const length = builder.shape(operand)[node.axis]!;
        const part = builder.slice(cotangent, node.axis, start, length);
        start = addDims(start, length);
        return to(operand, part);
      });
    }
    case 'reshape':
      return [to(node.operand, builder.reshape(cotangent, builder.shape(node.operand)))];
    case 'total':
      invariant(false, 'a total inside a step has no adjoint yet');
  }
}

function mapAdjoint(
  builder: GraphBuilder,
  id: NodeId,
  node: MapNode,
  cotangent: NodeId,
  masked: boolean,
): readonly Contribution[] {
  const op = mathOps.get(node.op);
  invariant(op !== undefined, `no op ${node.op}`);
  if (op.backward !== undefined) {
    const [to, ...rest] = node.operands;
    return [{ to: to!, cotangent: builder.map(op.backward, cotangent, ...rest), masked }];
  }
  const args: ScalarExpression[] = node.operands.map((_, index) => ({ kind: 'argument', index }));
  const partials = op.partials(args, { kind: 'argument', index: -1 });
  return node.operands.flatMap((to, i) => {
    const partial = partials[i];
    if (partial === null || partial === undefined) return [];
    const value = times(builder, cotangent, partial, { id, operands: node.operands, masked });
    return value === undefined ? [] : [{ to, cotangent: value, masked: masked || node.op === 'select' }];
  });
}

interface Place {
  readonly id: NodeId;
  readonly operands: readonly NodeId[];
  readonly masked: boolean;
}

/** cotangent * partial, written as a person would: a quotient, a minus, an `if` stay what they are. */
function times(
  builder: GraphBuilder,
  cotangent: NodeId,
  partial: ScalarExpression,
  place: Place,
): NodeId | undefined {
  if (partial.kind === 'constant') {
    if (partial.value === 0) return undefined;
    return builder.map('mul', cotangent, builder.fill(partial.value));
  }
  if (partial.kind === 'apply') {
    const [first, second, third] = partial.args;
    if (partial.op === 'neg') {
      const inner = times(builder, cotangent, first!, place);
      return inner === undefined ? undefined : builder.map('neg', inner);
    }
    if (partial.op === 'select') {
      const zero = builder.fill(0);
      const then = times(builder, cotangent, second!, place) ?? zero;
      const otherwise = times(builder, cotangent, third!, place) ?? zero;
      return builder.map('select', instantiate(builder, first!, place), then, otherwise);
    }
    if (partial.op === 'div' && !place.masked && first!.kind === 'constant' && first!.value === 1) {
      return builder.map('div', cotangent, instantiate(builder, second!, place));
    }
  }
  return builder.map(place.masked ? 'masked_mul' : 'mul', cotangent, instantiate(builder, partial, place));
}

/** A scalar expression on the node's operands, as nodes. */
function instantiate(builder: GraphBuilder, expression: ScalarExpression, place: Place): NodeId {
  switch (expression.kind) {
    case 'argument':
      return expression.index === -1 ? place.id : place.operands[expression.index]!;
    case 'constant':
      return builder.fill(expression.value);
    case 'apply':
      return builder.map(expression.op, ...expression.args.map((arg) => instantiate(builder, arg, place)));
  }
}
