import { ownTime } from '../cell/type.ts';
import type { Graph, NodeId } from './graph.ts';

/**
 * When a node of a (training) graph can be known: once per update, once per sequence, in the forward sweep, in the
 * backward sweep, or after it. In the order of time.
 */
export const phases = ['prepare', 'start', 'forward', 'backward', 'finish'] as const;
export type Phase = (typeof phases)[number];

/**
 * The phase of every node, by reachability: what is shared by all is prepared; what varies over examples
 * alone is known when a sequence starts; what reads an
 * arriving cotangent belongs to the backward sweep; what reads a total of it, to the end. A helper of the adjoint that
 * no cotangent enters (`1 - h*h`) goes to the backward sweep too, where it is used.
 */
export function phasesOf(graph: Graph): readonly Phase[] {
  const rank: number[] = [];
  graph.nodes.forEach((node) => {
    rank.push(phases.indexOf(phaseOf()));

    function phaseOf(): Phase {
      if (node.form === 'leaf') {
        if (node.role === 'startCotangent') return 'finish';
        if (node.type.outer.length === 0) return 'prepare';
        if (!node.type.outer.includes(ownTime)) return 'start';
        return node.role.endsWith('Cotangent') ? 'backward' : 'forward';
      }
      if (node.form === 'total') return 'finish';
      const latest = Math.max(0, ...operandsOf(graph, rank.length).map((id) => rank[id]!));
      const phase = phases[latest]!;
      return phase === 'forward' && node.origin.sweep === 'adjoint' ? 'backward' : phase;
    }
  });
  return rank.map((r) => phases[r]!);
}

/** What a node reads. */
export function operandsOf(graph: Graph, id: NodeId): readonly NodeId[] {
  const node = graph.nodes[id]!;
  switch (node.form) {
    case 'leaf':
    case 'fill':
      return [];
    case 'map':
    case 'sum':
    case 'concat':
      return node.operands;
    case 'contract':
      return [node.left, node.right];
    case 'oneHot':
    case 'reduce':
    case 'running':
    case 'broadcast':
    case 'slice':
    case 'pad':
    case 'reshape':
    case 'total':
      return [node.operand];
  }
}
