import type { GraphNode, NamedNode, NodeId, StepGraph } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';
import type { ArrayCall } from './arrayCalls.ts';

/** Squashing functions: what they are given is a pre-activation, and has a name on paper. */
const activations: ReadonlySet<string> = new Set([
  ...['sigmoid', 'tanh', 'relu', 'leaky_relu', 'elu', 'softplus', 'silu', 'gelu', 'erf'],
  ...['softmax', 'log_softmax'],
]);

/**
 * Names for arguments of activations that the author left unnamed (and for what a `split` cuts up): `z` if there is one
 * only, else `z_h` in the equation of `h`.
 *
 * @param named  values that have a name
 * @param isFree  whether a name may still be given
 */
export function namePreActivations(
  graph: StepGraph,
  named: readonly NamedNode[],
  arrayCalls: ReadonlyMap<NodeId, ArrayCall>,
  isFree: (name: string) => boolean,
): readonly NamedNode[] {
  const taken = new Set(named.map(({ node }) => node));
  const found = new Map<NodeId, string>();
  for (const { name, node } of named) {
    for (const place of within(graph, node, taken, arrayCalls)) {
      if (!found.has(place)) found.set(place, name);
    }
  }
  const given = new Set<string>();
  return [...found].map(([node, value]) => {
    const path = value.slice(0, value.lastIndexOf('.') + 1);
    const base = `${path}z_${value.slice(path.length)}`;
    const wanted = found.size === 1 && isFree(`${path}z`) ? `${path}z` : base;
    let name = wanted;
    for (let i = 2; !isFree(name) || given.has(name); i++) name = `${wanted}${i}`;
    given.add(name);
    return { name, node };
  });
}

/** Unnamed pre-activations in what a value is made of, down to other named values. */
function within(
  graph: StepGraph,
  value: NodeId,
  named: ReadonlySet<NodeId>,
  arrayCalls: ReadonlyMap<NodeId, ArrayCall>,
): readonly NodeId[] {
  const found: NodeId[] = [];
  const seen = new Set<NodeId>();
  const pending = [value];
  while (pending.length > 0) {
    const id = pending.pop()!;
    if (seen.has(id) || (id !== value && named.has(id))) continue;
    seen.add(id);
    const node = graph.nodes[id]!;
    const arrayCall = arrayCalls.get(id);
    const operands = arrayCall === undefined ? operandsOf(graph, id) : [arrayCall.operand];
    if (isActivation(node, arrayCall)) {
      const [argument] = operands;
      const { form, type } = graph.nodes[argument!]!;
      const isWorthAName = (form === 'sum' || form === 'contract') && type.outer.length > 0;
      if (isWorthAName && !named.has(argument!)) found.push(argument!);
    }
    pending.push(...operands.toReversed());
  }
  return found;
}

function isActivation(node: GraphNode, arrayCall: ArrayCall | undefined): boolean {
  if (arrayCall !== undefined) return activations.has(arrayCall.fn);
  return node.form === 'slice' || (node.form === 'map' && activations.has(node.op));
}
