import { GraphBuilder } from '../graph/build.ts';
import type { NodeId, Origin, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';
import { resultsOf } from '../graph/results.ts';
import { invariant } from '../support/invariant.ts';
import { renumber } from './renumber.ts';

/**
 * A graph being rewritten: new nodes are added through the builder, old ones are replaced by others of the same type.
 * New nodes may read replaced ones; they will read what stands in for them.
 */
export class Rewrite<G extends StepGraph | TrainingGraph> {
  readonly graph: G;
  #builder: GraphBuilder | undefined;
  readonly #standIns = new Map<NodeId, NodeId>();

  constructor(graph: G) {
    this.graph = graph;
  }

  /** A builder that knows all nodes; what it makes now comes from where `id` comes from. */
  like(id: NodeId): GraphBuilder {
    return this.#at(this.graph.nodes[id]!.origin);
  }

  /** As `like`, for a node that serves several named values and so bears no name. */
  unnamed(id: NodeId): GraphBuilder {
    const { span, sweep } = this.graph.nodes[id]!.origin;
    return this.#at({ span, sweep });
  }

  replace(old: NodeId, by: NodeId): void {
    if (old !== by) this.#standIns.set(old, by);
  }

  /** The rewritten graph without what nothing needs any more; the same graph where nothing was replaced. */
  done(): G {
    if (this.#standIns.size === 0) return this.graph;
    const nodes = this.#builder?.nodes ?? this.graph.nodes;
    const standIn = (id: NodeId): NodeId => {
      const by = this.#standIns.get(id);
      return by === undefined ? id : standIn(by);
    };
    const operands = (id: NodeId) => operandsOf({ nodes }, id).map(standIn);
    return renumber(this.graph, nodes, sorted(resultsOf(this.graph).map(standIn), operands), standIn);
  }

  #at(origin: Origin): GraphBuilder {
    this.#builder ??= new GraphBuilder(origin, this.graph.nodes);
    this.#builder.origin = origin;
    return this.#builder;
  }
}

/** All that the roots need, operands before users, and otherwise in the order of ids. */
function sorted(roots: readonly NodeId[], operands: (id: NodeId) => readonly NodeId[]): readonly NodeId[] {
  const operandsOfNeeded = new Map<NodeId, readonly NodeId[]>();
  const unseen = [...roots];
  while (unseen.length > 0) {
    const id = unseen.pop()!;
    if (operandsOfNeeded.has(id)) continue;
    operandsOfNeeded.set(id, operands(id));
    unseen.push(...operandsOfNeeded.get(id)!);
  }
  const order: NodeId[] = [];
  const state = new Map<NodeId, 'open' | 'placed'>();
  for (const root of [...operandsOfNeeded.keys()].sort((a, b) => a - b)) {
    const walk = [root];
    while (walk.length > 0) {
      const id = walk.at(-1)!;
      const waitsFor = operandsOfNeeded.get(id)!.filter((operand) => state.get(operand) !== 'placed');
      if (state.get(id) === 'placed') walk.pop();
      else if (waitsFor.length === 0) {
        order.push(id);
        state.set(id, 'placed');
      } else {
        invariant(state.get(id) !== 'open', `%${id} came to read itself`);
        state.set(id, 'open');
        walk.push(...waitsFor.reverse());
      }
    }
  }
  return order;
}
