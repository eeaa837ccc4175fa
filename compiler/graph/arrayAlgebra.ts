import type { ArrayAlgebra } from '../ops/array.ts';
import type { GraphBuilder } from './build.ts';
import type { NodeId } from './graph.ts';

/**
 * The formulas of `ops/array.ts` as nodes.
 *
 * @param leading  axes that a value has before those of its own shape: it is taken entry by entry along them
 */
export function arrayAlgebra(builder: GraphBuilder, leading = 0): ArrayAlgebra<NodeId> {
  const axesOf = (x: NodeId, axis: number | undefined) =>
    axis === undefined ? builder.shape(x).flatMap((_, i) => (i < leading ? [] : [i])) : [leading + axis];
  return {
    map: (op, ...args) => builder.map(op, ...args),
    constant: (value) => builder.fill(value),
    sum: (x, axis) => builder.reduce('sum', x, axesOf(x, axis)),
    max: (x, axis) => builder.reduce('max', x, axesOf(x, axis)),
    spread: (y, x, axis) => {
      const reduced = axesOf(x, axis);
      const kept = builder.shape(x).flatMap((_, i) => (reduced.includes(i) ? [] : [i]));
      return builder.broadcast(y, kept, builder.shape(x));
    },
    count: (x, axis) =>
      axesOf(x, axis)
        .map((i) => builder.fill(builder.shape(x)[i]!))
        .reduce((a, b) => builder.map('mul', a, b), builder.fill(1)),
    running: (x, axis) => builder.running(x, leading + axis, 'up'),
  };
}
