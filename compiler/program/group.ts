import { boundShape } from '../graph/bind.ts';
import type { GraphNode, NodeId } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';
import { accessOf, isView } from '../plan/access.ts';
import { invariant } from '../support/invariant.ts';
import { expandMap } from './expandMap.ts';
import { nest } from './nest.ts';
import { axisIndex, type Operands } from './operands.ts';
import type { ProgramExpression, ProgramStatement } from './program.ts';
import { affine, letReal, local, op, set, shift, store } from './write.ts';

/**
 * Maps and sums of one shape in one loop over all their entries: values go from one to the next in locals, and those that
 * somebody else reads are stored.
 */
export function lowerGroup(nodes: readonly NodeId[], operands: Operands): readonly ProgramStatement[] {
  const { plan } = operands;
  const { graph } = plan.bound;
  const shape = boundShape(graph, nodes[0]!);
  const indices = shape.map((_, axis) => axisIndex(axis));
  const members = new Set(nodes);
  const body: ProgramStatement[] = [];
  const loaded = new Map<NodeId, ProgramExpression>();
  const keep = (name: string, value: ProgramExpression): ProgramExpression => {
    if (value.kind === 'constant' || value.kind === 'local') return value;
    body.push(letReal(name, value));
    return local(name);
  };
  const read = (id: NodeId): ProgramExpression => {
    if (members.has(id)) return local(`v${id}`);
    const known = loaded.get(id);
    if (known !== undefined) return known;
    const value = keep(`o${id}`, operands.readAt(id, indices));
    loaded.set(id, value);
    return value;
  };
  /** What is written where the group also reads is written when all has been read. */
  const readBuffers = new Set(
    nodes
      .flatMap((id) => operandsOf(graph, id))
      .flatMap((id) => {
        if (members.has(id)) return [];
        const access = accessOf(graph, plan.places, id);
        return access.kind === 'place' ? [access.place.buffer] : [];
      }),
  );
  const last: ProgramStatement[] = [];
  let stride = 1;
  const terms = shape
    .map((extent, axis) => ({ extent, index: indices[axis]! }))
    .reverse()
    .map(({ extent, index }) => {
      const term = { index, stride };
      stride *= extent;
      return term;
    });
  for (const id of nodes) {
    const node = graph.nodes[id]!;
    const value = `v${id}`;
    if (node.form === 'map') {
      const { statements, result } = expandMap(node.op, node.operands.map(read), `v${id}x`);
      body.push(...statements, letReal(value, result));
    } else if (node.form === 'sum') {
      const [first, ...others] = node.operands.map(read);
      body.push(
        letReal(value, first!),
        ...others.map((addend) => set(value, op('add', local(value), addend))),
      );
    } else body.push(letReal(value, entryOf(id, node, operands, indices)));
    if (!plan.places.has(id)) continue;
    const stored = store(shift(operands.place(id), affine(0, ...terms)), local(value));
    if (readBuffers.has(plan.places.get(id)!.buffer)) last.push(stored);
    else body.push(stored);
  }
  body.push(...last);
  const axes = [...operands.frame.rows, ...shape.map((extent, axis) => ({ index: indices[axis]!, extent }))];
  return nest(axes, body, operands.isReal);
}

/** A view that somebody wants in memory, or a product of two values without a sum. */
function entryOf(
  id: NodeId,
  node: GraphNode,
  operands: Operands,
  indices: readonly string[],
): ProgramExpression {
  if (isView(node.form)) return operands.readView(id, indices);
  invariant(node.form === 'contract', `a ${node.form} is not computed entry by entry`);
  const at = (labels: readonly number[]) => labels.map((label) => indices[node.outAxes.indexOf(label)]!);
  return op(
    'mul',
    operands.readAt(node.left, at(node.leftAxes)),
    operands.readAt(node.right, at(node.rightAxes)),
  );
}
