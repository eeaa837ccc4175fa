import { mathOps } from '../ops/math.ts';
import { invariant } from '../support/invariant.ts';
import { boundDim, boundShape, entriesOf } from './bind.ts';
import type { Graph, NodeId } from './graph.ts';

/** Row-major entries, f64; a whole number is kept as one. */
export type Values = Float64Array;

/**
 * The meaning of each form, in f64, for one example and one step. Leaves and totals come from the caller, who knows the
 * outer axes.
 *
 * @param read  the values of an operand, computed before
 */
export function evaluateNode(graph: Graph, id: NodeId, read: (operand: NodeId) => Values): Values {
  const node = graph.nodes[id]!;
  const shape = boundShape(graph, id);
  const result = new Float64Array(entriesOf(shape));
  switch (node.form) {
    case 'fill':
      invariant(typeof node.value === 'number', 'a size was not bound');
      return result.fill(node.value);
    case 'map': {
      const op = mathOps.get(node.op);
      invariant(op !== undefined, `no op ${node.op}`);
      const operands = node.operands.map(read);
      return result.map((_, i) => op.evaluate(...operands.map((values) => values[i]!)));
    }
    case 'sum': {
      for (const operand of node.operands) {
        read(operand).forEach((value, i) => {
          result[i]! += value;
        });
      }
      return result;
    }
    case 'contract': {
      const labels = [...new Set([...node.outAxes, ...node.leftAxes, ...node.rightAxes])];
      const leftShape = boundShape(graph, node.left);
      const rightShape = boundShape(graph, node.right);
      const extents = labels.map((label) => {
        const axis = node.leftAxes.indexOf(label);
        return axis >= 0 ? leftShape[axis]! : rightShape[node.rightAxes.indexOf(label)]!;
      });
      const left = read(node.left);
      const right = read(node.right);
      // What a one-hot vector does not pick is not read: an infinity there is no NaN.
      const isHot = (operand: NodeId) => graph.nodes[operand]!.form === 'oneHot';
      const [skipsLeft, skipsRight] = [isHot(node.left), isHot(node.right)];
      forEachPlace(extents, (place) => {
        const at = (axes: readonly number[], of: readonly number[]) =>
          axes.reduce((offset, label, axis) => offset * of[axis]! + place[labels.indexOf(label)]!, 0);
        const a = left[at(node.leftAxes, leftShape)]!;
        const b = right[at(node.rightAxes, rightShape)]!;
        if ((skipsLeft && a === 0) || (skipsRight && b === 0)) return;
        result[at(node.outAxes, shape)]! += a * b;
      });
      return result;
    }
    case 'oneHot': {
      const index = read(node.operand)[0]!;
      invariant(index >= 0 && index < result.length, `class ${index} of ${result.length}`);
      result[index] = 1;
      return result;
    }
    case 'reduce': {
      const from = boundShape(graph, node.operand);
      const values = read(node.operand);
      if (node.op === 'max') result.fill(Number.NEGATIVE_INFINITY);
      let entry = 0;
      forEachPlace(from, (place) => {
        const at = place.reduce((o, p, axis) => (node.axes.includes(axis) ? o : o * from[axis]! + p), 0);
        const value = values[entry++]!;
        result[at] = node.op === 'sum' ? result[at]! + value : Math.max(result[at]!, value);
      });
      return result;
    }
    case 'running': {
      const stride = entriesOf(shape.slice(node.axis + 1));
      const extent = shape[node.axis]!;
      const values = read(node.operand);
      const order = Array.from(values, (_, i) => i);
      if (node.direction === 'down') order.reverse();
      for (const i of order) {
        const place = Math.floor(i / stride) % extent;
        const first = node.direction === 'up' ? place === 0 : place === extent - 1;
        const before = node.direction === 'up' ? i - stride : i + stride;
        result[i] = first ? values[i]! : result[before]! + values[i]!;
      }
      return result;
    }
    case 'broadcast': {
      const from = boundShape(graph, node.operand);
      const values = read(node.operand);
      let entry = 0;
      forEachPlace(shape, (place) => {
        const at = node.axes.reduce((offset, axis, i) => offset * from[i]! + place[axis]!, 0);
        result[entry++] = values[at]!;
      });
      return result;
    }
    case 'slice':
    case 'pad': {
      // A slice is read through its window into the operand; a pad is written through it.
      const inner = node.form === 'slice' ? shape : boundShape(graph, node.operand);
      const outer = node.form === 'slice' ? boundShape(graph, node.operand) : shape;
      const start = boundDim(node.start);
      const values = read(node.operand);
      let entry = 0;
      forEachPlace(inner, (place) => {
        const at = place.reduce((o, p, axis) => o * outer[axis]! + p + (axis === node.axis ? start : 0), 0);
        if (node.form === 'slice') result[entry] = values[at]!;
        else result[at] = values[entry]!;
        entry++;
      });
      return result;
    }
    case 'concat': {
      const inside = entriesOf(shape.slice(node.axis + 1));
      let start = 0;
      for (const operand of node.operands) {
        const block = boundShape(graph, operand)[node.axis]! * inside;
        read(operand).forEach((value, i) => {
          result[Math.floor(i / block) * shape[node.axis]! * inside + start + (i % block)] = value;
        });
        start += block;
      }
      return result;
    }
    case 'reshape':
      return Float64Array.from(read(node.operand));
    case 'leaf':
    case 'total':
      invariant(false, `a ${node.form} has no meaning inside one step`);
  }
}

/** Visits every place of an array of this shape in row-major order; the place array is reused. */
function forEachPlace(shape: readonly number[], visit: (place: readonly number[]) => void): void {
  const place = shape.map(() => 0);
  const total = entriesOf(shape);
  for (let entry = 0; entry < total; entry++) {
    visit(place);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place[axis]! += 1;
      if (place[axis]! < shape[axis]!) break;
      place[axis] = 0;
    }
  }
}
