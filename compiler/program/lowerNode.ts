import { boundDim, boundShape, entriesOf } from '../graph/bind.ts';
import type { Graph, NodeId, Pad, Reduce, Running, SliceNode, SumNode } from '../graph/graph.ts';
import { rowReadOf } from '../plan/fusion.ts';
import { invariant } from '../support/invariant.ts';
import { lowerContract, lowerRowRead } from './contraction.ts';
import { expandMap } from './expandMap.ts';
import type { Operands } from './operands.ts';
import type { Address, ProgramStatement } from './program.ts';
import { addition, reduction } from './sums.ts';
import { affine, letReal, local, loop, loops, op, real, set, shift, store, stridesOf } from './write.ts';

const axisIndices = (shape: readonly number[]) => shape.map((_, axis) => `i${axis}`);

/** The loops that compute one node into its place, for the step and row of the loops around. */
export function lowerNode(graph: Graph, id: NodeId, operands: Operands): readonly ProgramStatement[] {
  const node = graph.nodes[id]!;
  const shape = boundShape(graph, id);
  const target = operands.place(id);
  const each = affine(0, { index: 'e', stride: 1 });
  const entryByEntry = (body: readonly ProgramStatement[]) => loop('e', entriesOf(shape), body);
  switch (node.form) {
    case 'map': {
      const { statements, result } = expandMap(
        node.op,
        node.operands.map((operand) => operands.read(operand, each)),
      );
      return entryByEntry([...statements, store(shift(target, each), result)]);
    }
    case 'sum':
      if (node.operands.length > longestExpression)
        return entryByEntry(longSum(node, operands, shift(target, each)));
      return entryByEntry([
        store(
          shift(target, each),
          node.operands.map((operand) => operands.read(operand, each)).reduce(addition),
        ),
      ]);
    case 'contract': {
      const row = rowReadOf(graph, id);
      return row === undefined
        ? lowerContract(graph, id, node, operands)
        : lowerRowRead(graph, id, row, operands);
    }
    case 'oneHot':
      return [
        ...entryByEntry([store(shift(target, each), real(0))]),
        store(
          { ...target, row: { index: operands.read(node.operand, affine(0)), stride: 1, count: shape[0]! } },
          real(1),
        ),
      ];
    case 'reduce':
      return lowerReduce(graph, id, node, operands);
    case 'running':
      return lowerRunning(graph, id, node, operands);
    case 'broadcast': {
      const from = stridesOf(boundShape(graph, node.operand));
      const indices = axisIndices(shape);
      const source = affine(0, ...node.axes.map((axis, i) => ({ index: indices[axis]!, stride: from[i]! })));
      const to = affine(0, ...stridesOf(shape).map((stride, axis) => ({ index: indices[axis]!, stride })));
      return loops(indices, shape, [store(shift(target, to), operands.read(node.operand, source))]);
    }
    case 'slice':
    case 'pad':
      return lowerWindow(graph, id, node, operands);
    case 'concat': {
      const inside = entriesOf(shape.slice(node.axis + 1));
      const blocks = entriesOf(shape.slice(0, node.axis));
      let start = 0;
      return node.operands.flatMap((operand) => {
        const block = boundShape(graph, operand)[node.axis]! * inside;
        const from = affine(0, { index: 'block', stride: block }, { index: 'e', stride: 1 });
        const to = affine(
          start,
          { index: 'block', stride: shape[node.axis]! * inside },
          { index: 'e', stride: 1 },
        );
        start += block;
        return loops(
          ['block', 'e'],
          [blocks, block],
          [store(shift(target, to), operands.read(operand, from))],
        );
      });
    }
    case 'reshape':
      return entryByEntry([store(shift(target, each), operands.read(node.operand, each))]);
    case 'leaf':
    case 'fill':
    case 'total':
      invariant(false, `a ${node.form} is not computed by a kernel`);
  }
}

/** Addends of one expression; more would nest too deep for whoever walks it. */
const longestExpression = 64;

/** The same additions in the same order, one statement each. */
function longSum(node: SumNode, operands: Operands, target: Address): readonly ProgramStatement[] {
  const each = affine(0, { index: 'e', stride: 1 });
  const [first, ...others] = node.operands.map((operand) => operands.read(operand, each));
  return [
    letReal('sum', first!),
    ...others.map((addend) => set('sum', op('add', local('sum'), addend))),
    store(target, local('sum')),
  ];
}

function lowerReduce(
  graph: Graph,
  id: NodeId,
  node: Reduce,
  operands: Operands,
): readonly ProgramStatement[] {
  const from = boundShape(graph, node.operand);
  const strides = stridesOf(from);
  const kept = from.flatMap((_, axis) => (node.axes.includes(axis) ? [] : [axis]));
  const indices = kept.map((axis) => `i${axis}`);
  const keptAt = affine(0, ...kept.map((axis) => ({ index: `i${axis}`, stride: strides[axis]! })));
  const resultStrides = stridesOf(kept.map((axis) => from[axis]!));
  const resultAt = affine(0, ...indices.map((index, i) => ({ index, stride: resultStrides[i]! })));
  const axes = joinAdjacent(node.axes, from);
  const maximum = node.op === 'max';
  const join = maximum ? (a: Parameters<typeof addition>[0], b: typeof a) => op('max', a, b) : addition;
  const body = reduction(
    {
      extents: axes.map(({ extent }) => extent),
      identity: maximum ? Number.NEGATIVE_INFINITY : 0,
      step: (running, place) => {
        const along = place(axes.map(({ last }) => strides[last]!));
        return join(
          running,
          operands.read(node.operand, { ...along, terms: [...along.terms, ...keptAt.terms] }),
        );
      },
      join,
    },
    (result) => [store(shift(operands.place(id), resultAt), result)],
  );
  return loops(
    indices,
    kept.map((axis) => from[axis]!),
    body,
  );
}

/** Neighbouring reduced axes lie in memory like one long axis, with the stride of the last. */
function joinAdjacent(axes: readonly number[], shape: readonly number[]) {
  const joined: { extent: number; last: number }[] = [];
  for (const axis of axes) {
    const before = joined.at(-1);
    if (before !== undefined && before.last === axis - 1) {
      before.extent *= shape[axis]!;
      before.last = axis;
    } else joined.push({ extent: shape[axis]!, last: axis });
  }
  return joined;
}

function lowerRunning(
  graph: Graph,
  id: NodeId,
  node: Running,
  operands: Operands,
): readonly ProgramStatement[] {
  const shape = boundShape(graph, id);
  const inside = entriesOf(shape.slice(node.axis + 1));
  const extent = shape[node.axis]!;
  const at = affine(
    0,
    { index: 'block', stride: extent * inside },
    { index: 'k', stride: inside },
    { index: 'e', stride: 1 },
  );
  const steps: readonly ProgramStatement[] = [
    set('sum', op('add', local('sum'), operands.read(node.operand, at))),
    store(shift(operands.place(id), at), local('sum')),
  ];
  return loops(
    ['block', 'e'],
    [entriesOf(shape.slice(0, node.axis)), inside],
    [letReal('sum', real(0)), ...loop('k', extent, steps, node.direction)],
  );
}

/** A slice reads its operand through a window; a pad writes its operand through one, into zeros. */
function lowerWindow(
  graph: Graph,
  id: NodeId,
  node: SliceNode | Pad,
  operands: Operands,
): readonly ProgramStatement[] {
  const shape = boundShape(graph, id);
  const operandShape = boundShape(graph, node.operand);
  const small = node.form === 'slice' ? shape : operandShape;
  const large = node.form === 'slice' ? operandShape : shape;
  const indices = axisIndices(small);
  const along = (of: readonly number[], start: number) => {
    const strides = stridesOf(of);
    return affine(
      start * strides[node.axis]!,
      ...indices.map((index, axis) => ({ index, stride: strides[axis]! })),
    );
  };
  const inSmall = along(small, 0);
  const inLarge = along(large, boundDim(node.start));
  const target = operands.place(id);
  const [from, to] = node.form === 'slice' ? [inLarge, inSmall] : [inSmall, inLarge];
  const copy = loops(indices, small, [store(shift(target, to), operands.read(node.operand, from))]);
  if (node.form === 'slice') return copy;
  const each = affine(0, { index: 'e', stride: 1 });
  return [...loop('e', entriesOf(shape), [store(shift(target, each), real(0))]), ...copy];
}
