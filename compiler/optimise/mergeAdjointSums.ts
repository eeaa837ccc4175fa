import type { GraphBuilder } from '../graph/build.ts';
import type { Contract, NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { phasesOf } from '../graph/phase.ts';
import { resultsOf } from '../graph/results.ts';
import { byDeclaration } from './declarationOrder.ts';
import { loopsOf } from './loops.ts';
import { joined } from './parts.ts';
import { Rewrite } from './rewrite.ts';
import { gather } from './sharedOperand.ts';
import { usersOf } from './users.ts';

/**
 * A sum of products of matrices with cotangents, as it comes back to what several gates read, becomes one product of the
 * matrices joined with the cotangents joined: the sum is done inside the product.
 *
 *     %72 : [H] per step = contract ij,i->j %U_f %f_bar
 *     %79 : [H] per step = contract ij,i->j %U_i %i_bar
 *     %82 h_prev_bar : [H] per step = sum %72 %79
 *
 *     %70 : [2*H, H] = concat %U_i %U_f along 0
 *     %71 : [2*H] per step = concat %i_bar %f_bar along 0
 *     %72 h_prev_bar : [H] per step = contract ij,i->j %70 %71
 *
 * Only in the backward sweep (forward, `W@x + U@h_prev` must stay two products, one of which needs no loop), and only
 * products that are in one loop, or in none and known after the same loops.
 */
export function mergeAdjointSums<G extends StepGraph | TrainingGraph>(graph: G): G {
  const phases = phasesOf(graph);
  const loops = loopsOf(graph, phases);
  const users = usersOf(graph);
  const results = new Set(resultsOf(graph));
  const rewrite = new Rewrite(graph);
  const compare = byDeclaration(graph);
  graph.nodes.forEach((node, id) => {
    if (node.form !== 'sum' || phases[id] !== 'backward') return;
    const groups = new Map<string, Addend[]>();
    for (const operand of node.operands) {
      const addend = addendOf(operand);
      if (addend === undefined) continue;
      const loop = loops.loopOf(operand);
      const when = loop === undefined ? `after ${loops.loopsUntil(addend.cotangent)}` : `in ${loop}`;
      gather(groups, `${addend.summedAxis} ${when}`, addend);
    }
    const merged = new Map<NodeId, readonly NodeId[]>();
    for (const group of groups.values()) {
      const members = group
        .filter((addend) => isAlone(addend, group))
        .sort((a, b) => compare(a.matrix, b.matrix));
      if (members.length < 2) continue;
      const product = productOf(rewrite.like(id), members);
      for (const { contract } of members)
        merged.set(contract, contract === members[0]!.contract ? [product] : []);
    }
    if (merged.size === 0) return;
    const addends = node.operands.flatMap((operand) => merged.get(operand) ?? [operand]);
    rewrite.replace(id, rewrite.like(id).sum(addends));
  });
  return rewrite.done();

  function addendOf(id: NodeId): Addend | undefined {
    const node = graph.nodes[id]!;
    if (node.form !== 'contract' || results.has(id) || users[id]!.length > 1) return undefined;
    return asAddend(id, node, 'left') ?? asAddend(id, node, 'right');
  }

  function asAddend(contract: NodeId, node: Contract, side: 'left' | 'right'): Addend | undefined {
    const [matrix, axes, cotangent, summed] =
      side === 'left'
        ? [node.left, node.leftAxes, node.right, node.rightAxes]
        : [node.right, node.rightAxes, node.left, node.leftAxes];
    if (axes.length !== 2 || summed.length !== 1 || node.outAxes.includes(summed[0]!)) return undefined;
    const isShared = graph.nodes[matrix]!.type.outer.length === 0;
    if (!isShared || phases[cotangent] !== 'backward') return undefined;
    return { contract, matrix, cotangent, summedAxis: axes.indexOf(summed[0]!) };
  }
}

/** A matrix times a cotangent. */
interface Addend {
  readonly contract: NodeId;
  readonly matrix: NodeId;
  readonly cotangent: NodeId;
  /** Of the matrix. */
  readonly summedAxis: number;
}

/** Products with one cotangent have its axis in common; they cannot stand side by side along it. */
function isAlone({ cotangent }: Addend, group: readonly Addend[]): boolean {
  return group.filter((other) => other.cotangent === cotangent).length === 1;
}

function productOf(builder: GraphBuilder, addends: readonly Addend[]): NodeId {
  const { summedAxis } = addends[0]!;
  const matrices = addends.map(({ matrix }) => matrix);
  const cotangents = addends.map(({ cotangent }) => cotangent);
  return builder.contract(
    joined(builder, matrices, summedAxis),
    joined(builder, cotangents, 0),
    [0, 1],
    [summedAxis],
    [1 - summedAxis],
  );
}
