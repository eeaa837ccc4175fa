import { perExample, perStep, sameOuter, type TensorType } from '../cell/type.ts';
import { GraphBuilder } from '../graph/build.ts';
import type { Adjoint, NamedNode, NodeId, Origin, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { invariant } from '../support/invariant.ts';
import { adjoint } from './rules.ts';

interface Arrived {
  readonly cotangent: NodeId;
  readonly masked: boolean;
}

/**
 * Symbolic reverse mode: one walk from the last node to the first. The result is the same graph, longer: the adjoint
 * reads the step's own values, and which of them are kept for the backward sweep is the plan's choice.
 *
 * Cotangents enter as leaves: of each output, of the loss (its weight), of each state from step t + 1, and of each start
 * value. They leave as: the cotangent of each previous state (which arrives at step t - 1), of each real input, and a
 * gradient for every parameter that is not frozen, totalled over steps and examples.
 */
export function differentiate(graph: StepGraph, frozen: ReadonlySet<string> = new Set()): TrainingGraph {
  const span = graph.nodes[0]?.origin.span;
  invariant(span !== undefined, 'an empty graph');
  const builder = new GraphBuilder({ span, sweep: 'adjoint' }, graph.nodes);
  const arrived = new Map<NodeId, Arrived[]>();
  const arrive = (to: NodeId, cotangent: NodeId, masked = false) => {
    const list = arrived.get(to) ?? [];
    list.push({ cotangent, masked });
    arrived.set(to, list);
  };
  const originOf = (id: NodeId, name?: string): Origin => ({
    span: builder.node(id).origin.span,
    sweep: 'adjoint',
    ...(name === undefined ? {} : { name }),
  });
  const leaf = (
    role: 'outputCotangent' | 'lossCotangent' | 'stateCotangent' | 'startCotangent',
    name: string,
    of: NodeId,
    outer: TensorType['outer'],
  ) => {
    builder.origin = originOf(of, `${name}_bar`);
    return builder.leaf(role, name, { shape: builder.shape(of), outer, element: 'real' });
  };

  const outputCotangents = graph.outputs.map(({ name, node }): NamedNode => {
    const cotangent = leaf('outputCotangent', name, node, perStep);
    arrive(node, cotangent);
    return { name, node: cotangent };
  });
  const lossCotangent =
    graph.loss === undefined ? undefined : leaf('lossCotangent', 'loss', graph.loss, perStep);
  if (graph.loss !== undefined) arrive(graph.loss, lossCotangent!);
  const realStates = graph.states.filter((state) => builder.type(state.previous).element === 'real');
  const stateLeaves = realStates.map((state) => {
    const arriving = leaf('stateCotangent', state.name, state.previous, perStep);
    const startArriving = leaf('startCotangent', state.name, state.previous, perExample);
    arrive(state.next, arriving);
    arrive(state.start, startArriving);
    return { state, arriving, startArriving };
  });

  // Contributions are summed the first time a node is met; every user of a node stands after it, so all have arrived.
  const full = new Map<NodeId, Arrived>();
  const names = new Map(graph.values.map(({ name, node }) => [node, name]));
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    const contributions = arrived.get(id);
    const node = builder.node(id);
    if (contributions === undefined || node.type.element !== 'real') continue;
    const name = names.get(id) ?? node.origin.name;
    builder.origin = originOf(id, name === undefined ? undefined : `${name}_bar`);
    const cotangent = builder.sum(contributions.map((c) => inOuterOf(builder, id, c.cotangent)));
    const masked = contributions.some((c) => c.masked);
    full.set(id, { cotangent, masked });
    builder.origin = originOf(id);
    for (const c of adjoint(builder, id, node, cotangent, masked)) {
      if (mayVary(builder, c.to)) arrive(c.to, c.cotangent, c.masked);
    }
  }

  const cotangentOf = (id: NodeId): NodeId => {
    const known = full.get(id);
    if (known !== undefined) return known.cotangent;
    builder.origin = originOf(id);
    return builder.fill(0, builder.shape(id));
  };
  const named = (list: readonly NamedNode[]) =>
    list.map(({ name, node }): NamedNode => ({ name, node: cotangentOf(node) }));
  const result: Adjoint = {
    outputCotangents,
    ...(lossCotangent === undefined ? {} : { lossCotangent }),
    states: stateLeaves.map(({ state, arriving, startArriving }) => ({
      name: state.name,
      arriving,
      leaving: cotangentOf(state.previous),
      startArriving,
    })),
    inputs: named(
      [...graph.inputs, ...graph.targets].filter(({ node }) => builder.type(node).element === 'real'),
    ),
    gradients: named(graph.parameters.filter(({ name }) => !frozen.has(name))),
    cotangents: graph.values.flatMap(({ name, node }) => {
      const known = full.get(node);
      return known === undefined ? [] : [{ name, node: known.cotangent }];
    }),
  };
  return { ...graph, nodes: builder.nodes, adjoint: result };
}

/** A value that varies along fewer outer axes than its use is used again and again: the uses are totalled. */
function inOuterOf(builder: GraphBuilder, id: NodeId, contribution: NodeId): NodeId {
  const wanted = builder.type(id).outer;
  const given = builder.type(contribution).outer;
  if (sameOuter(wanted, given)) return contribution;
  const over = given.filter((axis) => !wanted.includes(axis));
  invariant(
    over.length + wanted.length === given.length,
    'a cotangent varies along fewer axes than its value',
  );
  return builder.total(contribution, over);
}

/** Nothing needs to go back to numbers, whole numbers and constants. */
function mayVary(builder: GraphBuilder, id: NodeId): boolean {
  const node = builder.node(id);
  if (node.type.element !== 'real' || node.form === 'fill') return false;
  return node.form !== 'leaf' || ['input', 'previous', 'parameter'].includes(node.role);
}
