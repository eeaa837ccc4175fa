import { boundShape } from '../graph/bind.ts';
import type { NodeId } from '../graph/graph.ts';
import { invariant } from '../support/invariant.ts';
import { nest } from './nest.ts';
import { axisIndex, type Operands } from './operands.ts';
import type { ProgramExpression } from './program.ts';
import { reduction } from './reduction.ts';
import { affine, op, shift, store } from './write.ts';

/** A sum or maximum over axes of each row of the frame. */
export function lowerWholeReduce(id: NodeId, operands: Operands) {
  const { graph } = operands.plan.bound;
  const node = graph.nodes[id]!;
  invariant(node.form === 'reduce', 'not a reduction');
  const from = boundShape(graph, node.operand).map((extent, axis) => ({
    index: axisIndex(axis),
    extent,
    axis,
  }));
  const kept = from.filter(({ axis }) => !node.axes.includes(axis));
  let stride = 1;
  const terms = [...kept].reverse().map(({ index, extent }) => {
    const term = { index, stride };
    stride *= extent;
    return term;
  });
  const element = operands.readAt(
    node.operand,
    from.map(({ index }) => index),
  );
  const joinOp = node.op === 'max' ? 'max' : 'add';
  const join = (a: ProgramExpression, b: ProgramExpression) => op(joinOp, a, b);
  const body = reduction(
    {
      axes: from.filter(({ axis }) => node.axes.includes(axis)),
      identity: node.op === 'max' ? Number.NEGATIVE_INFINITY : 0,
      step: (running) => join(running, element),
      join,
      isReal: operands.isReal,
    },
    (result) => [store(shift(operands.place(id), affine(0, ...terms)), result)],
  );
  return nest([...operands.frame.rows, ...kept], body, operands.isReal);
}
