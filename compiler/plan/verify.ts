import { boundShape, entriesOf } from '../graph/bind.ts';
import type { NodeId } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';
import { resultsOf } from '../graph/results.ts';
import { invariant } from '../support/invariant.ts';
import { fusedNodes } from './fusion.ts';
import type { Plan } from './plan.ts';

const sweepOrder = ['prepare', 'forward', 'backward', 'finish'] as const;

/**
 * Structure of a plan: each node is computed exactly once, after everything it reads; every place lies in its buffer;
 * buffers do not overlap.
 *
 * @throws InvariantError for the first thing that is wrong
 */
export function verifyPlan(plan: Plan): void {
  const { graph } = plan.bound;
  const results = new Set(resultsOf(graph));
  const fused = fusedNodes(graph, (id) => results.has(id));
  const known = new Set<NodeId>(
    graph.nodes.flatMap((node, id) =>
      node.form === 'leaf' || node.form === 'fill' || fused.has(id) ? [id] : [],
    ),
  );
  for (const sweep of sweepOrder) {
    const inLoop = plan.sweeps[sweep].filter((kernel) => kernel.over === 'step');
    for (const kernel of [...plan.sweeps[sweep].filter((k) => k.over !== 'step'), ...inLoop]) {
      if (kernel.kind !== 'compute' && kernel.kind !== 'accumulate') continue;
      const id = kernel.kind === 'compute' ? kernel.node : kernel.total;
      invariant(!known.has(id), `%${id} is computed twice`);
      for (const operand of operandsOf(graph, id)) {
        invariant(known.has(operand), `%${id} reads %${operand} before it is computed`);
      }
      invariant(plan.places.has(id), `%${id} has no place`);
      known.add(id);
    }
  }
  graph.nodes.forEach((_, id) => {
    const needed = 'adjoint' in graph || results.has(id);
    invariant(!needed || known.has(id), `%${id} is never computed`);
  });
  let end = 0;
  for (const buffer of [...plan.buffers].sort((a, b) => a.offset - b.offset)) {
    invariant(
      buffer.offset >= end && buffer.offset % 16 === 0,
      `buffer ${buffer.name} overlaps or is not aligned`,
    );
    end = buffer.offset + 4 * buffer.length;
  }
  invariant(end <= plan.memoryBytes, 'buffers reach past the end of memory');
  const lengths = new Map(plan.buffers.map(({ name, length }) => [name, length]));
  for (const [id, place] of plan.places) {
    const entries = entriesOf(boundShape(graph, id));
    const last =
      place.offset + (plan.window - 1) * place.stepStride + (plan.batch - 1) * place.rowStride + entries - 1;
    invariant(last < (lengths.get(place.buffer) ?? 0), `%${id} lies outside ${place.buffer}`);
  }
}
