import type { StepGraph } from '../graph/graph.ts';
import { Rewrite } from './rewrite.ts';

/** Ops that are their first operand, but for what they do to a gradient. */
const marks: ReadonlySet<string> = new Set(['stop_gradient', 'surrogate', 'clip_gradient']);

/** A step that nobody differentiates needs neither slopes of surrogates nor what acts on gradients alone. */
export function forwardOnly(graph: StepGraph): StepGraph {
  const rewrite = new Rewrite(graph);
  graph.nodes.forEach((node, id) => {
    if (node.form === 'map' && marks.has(node.op)) rewrite.replace(id, node.operands[0]!);
  });
  return rewrite.done();
}
