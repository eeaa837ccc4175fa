import type { GraphBuilder } from '../../graph/build.ts';
import type { MapNode, NodeId } from '../../graph/graph.ts';
import { withoutRepeat } from './match.ts';

/** scale*factor*exp(exponent); no factor is 1. */
export interface Term {
  readonly exponent: NodeId;
  readonly scale: number;
  readonly factor?: NodeId;
}

/** How deep products are looked into: the work at a node does not grow with the graph. */
const DEEPEST = 4;

/**
 * The addends of a sum of exponentials with factors: `2*exp(a)`, `u*v*exp(b)`, `3`, which is 3*exp(0). A single one is a sum,
 * too; a quotient by a constant is taken addend by addend.
 *
 * @param known  the exponents to look for; an addend without them is taken times exp(0) where 0 is among them. Without
 *   it, any
 */
export function termsOf(
  builder: GraphBuilder,
  id: NodeId,
  known?: ReadonlySet<NodeId>,
): readonly Term[] | undefined {
  const zero = builder.fill(0);
  const plain = (factor: NodeId): Term | undefined =>
    known?.has(zero) ? { exponent: zero, scale: 1, factor } : undefined;
  const inner = withoutRepeat(builder, id);
  const node = builder.node(inner);
  const all = (operands: readonly NodeId[]) => {
    const terms = operands.map((operand) => termOf(builder, operand, known, DEEPEST) ?? plain(operand));
    return terms.every((term) => term !== undefined) ? terms : undefined;
  };
  if (node.form === 'sum') return all(node.operands);
  if (node.form === 'map' && node.op === 'sub') {
    const pair = all(node.operands);
    return pair && [pair[0]!, { ...pair[1]!, scale: -pair[1]!.scale }];
  }
  const multiple = node.form === 'map' ? multipleOf(builder, node) : undefined;
  if (multiple !== undefined && builder.node(withoutRepeat(builder, multiple.of)).form === 'sum') {
    return termsOf(builder, multiple.of, known)?.map((term) => ({
      ...term,
      scale: term.scale * multiple.scale,
    }));
  }
  return all([inner]);
}

function termOf(
  builder: GraphBuilder,
  id: NodeId,
  known: ReadonlySet<NodeId> | undefined,
  depth: number,
): Term | undefined {
  const node = builder.node(withoutRepeat(builder, id));
  if (node.form === 'fill' && typeof node.value === 'number')
    return { exponent: builder.fill(0), scale: node.value };
  if (node.form !== 'map' || depth === 0) return undefined;
  if (node.op === 'exp') {
    const exponent = withoutRepeat(builder, node.operands[0]!);
    return known === undefined || known.has(exponent) ? { exponent, scale: 1 } : undefined;
  }
  const multiple = multipleOf(builder, node);
  if (multiple !== undefined) {
    const term = termOf(builder, multiple.of, known, depth - 1);
    return term && { ...term, scale: term.scale * multiple.scale };
  }
  if (node.op !== 'mul') return undefined;
  const [left, right] = node.operands as [NodeId, NodeId];
  for (const [power, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const term = termOf(builder, power, known, depth - 1);
    if (term === undefined) continue;
    return { ...term, factor: term.factor === undefined ? other : builder.map('mul', term.factor, other) };
  }
  return undefined;
}

/** A constant times something: 2*x, x*2, x/2, -x. */
function multipleOf(
  builder: GraphBuilder,
  { op, operands }: MapNode,
): { readonly of: NodeId; readonly scale: number } | undefined {
  const [left, right] = operands as [NodeId, NodeId];
  if (op === 'neg') return { of: left, scale: -1 };
  const constant = (id: NodeId) => {
    const node = builder.node(withoutRepeat(builder, id));
    return node.form === 'fill' && typeof node.value === 'number' ? node.value : undefined;
  };
  const below = op === 'mul' || op === 'div' ? constant(right) : undefined;
  if (below !== undefined) return { of: left, scale: op === 'mul' ? below : 1 / below };
  const above = op === 'mul' ? constant(left) : undefined;
  return above === undefined ? undefined : { of: right, scale: above };
}
