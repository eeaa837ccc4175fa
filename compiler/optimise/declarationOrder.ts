import type { Dim } from '../cell/dim.ts';
import type { Graph, NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';

/*
 * In which order matrices are joined, and what is multiplied with them: that of the parameters' declarations, which is
 * how parameters and gradients lie in memory. Matrices that lie side by side are then joined without being copied.
 */

/** Compares nodes: parameters and slices of them as declared, then everything else as it stands in the graph. */
export function byDeclaration(graph: StepGraph | TrainingGraph): (a: NodeId, b: NodeId) => number {
  const declared = new Map(graph.parameters.map(({ node }, i) => [node, i]));
  return comparing((id) => {
    const { leaf, start } = throughSlices(graph, id);
    return [declared.get(leaf) ?? Number.POSITIVE_INFINITY, start];
  });
}

/** Compares totals by the parameters that they are gradients of, or pieces of gradients. */
export function byGradient(graph: TrainingGraph): (a: NodeId, b: NodeId) => number {
  const place = new Map<NodeId, number>();
  const visit = (id: NodeId) => {
    const node = graph.nodes[id]!;
    if (node.form === 'concat') node.operands.forEach(visit);
    else if (!place.has(id)) place.set(id, place.size);
  };
  for (const { node } of graph.adjoint.gradients) visit(node);
  return comparing((id) => [place.get(id) ?? Number.POSITIVE_INFINITY]);
}

function comparing(keyOf: (id: NodeId) => readonly number[]): (a: NodeId, b: NodeId) => number {
  return (a, b) => {
    const [left, right] = [keyOf(a), keyOf(b)];
    const differs = left.findIndex((value, i) => value !== right[i]);
    return differs < 0 ? a - b : left[differs]! - right[differs]!;
  };
}

function throughSlices(graph: Graph, id: NodeId): { readonly leaf: NodeId; readonly start: number } {
  const node = graph.nodes[id]!;
  if (node.form !== 'slice') return { leaf: id, start: 0 };
  const { leaf, start } = throughSlices(graph, node.operand);
  return { leaf, start: start + atSizesOfOne(node.start) };
}

/** Sizes are not known yet, but starts that grow with them compare as they do where all sizes are 1. */
function atSizesOfOne(dim: Dim): number {
  return dim.terms.reduce((sum, term) => sum + term.numerator / term.denominator, 0);
}
