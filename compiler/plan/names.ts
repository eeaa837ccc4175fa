import type { Graph, GraphNode, NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { previousName } from '../graph/lags.ts';
import { operandsOf } from '../graph/phase.ts';
import type { Span } from '../source/source.ts';

/*
 * What a person calls the values of a graph: the user's own names, `h_prev`, `c_bar` for dL/dc, `z_i` for what goes into
 * the function behind `i`. The same names as `rnnc derive` writes.
 */

export interface Names {
  /** Undefined where a value is best known by its formula. */
  readonly of: (id: NodeId) => string | undefined;
  /** Whether the name stands in the user's text, or in the derivation as the cotangent of one that does. */
  readonly isUsers: (id: NodeId) => boolean;
}

const known = new WeakMap<Graph, Names>();

/** Found once per graph. */
export function namesOf(graph: StepGraph | TrainingGraph): Names {
  const names = known.get(graph) ?? findNames(graph);
  known.set(graph, names);
  return names;
}

function findNames(graph: StepGraph | TrainingGraph): Names {
  const names = new Map<NodeId, string>();
  const name = (id: NodeId, text: string) => {
    if (!names.has(id) && graph.nodes[id]!.form !== 'fill') names.set(id, text);
  };
  graph.nodes.forEach((node, id) => {
    if (node.form === 'leaf') names.set(id, nameOfLeaf(node));
  });
  for (const { name: text, node } of [...graph.values, ...graph.outputs]) name(node, text);
  for (const { name: text, next } of graph.states) name(next, text);
  if (graph.loss !== undefined) name(graph.loss, 'loss');
  if ('adjoint' in graph) {
    const { cotangents, states, inputs, gradients } = graph.adjoint;
    for (const { name: text, node } of cotangents) name(node, `${text}_bar`);
    for (const { name: text, leaving } of states) name(leaving, `${previousName(text)}_bar`);
    for (const { name: text, node } of [...inputs, ...gradients]) name(node, `${text}_bar`);
  }
  const users = new Set(names.keys());
  for (const [id, text] of namesOfPreActivations(graph, names)) name(id, text);
  return { of: (id) => names.get(id), isUsers: (id) => users.has(id) };
}

function nameOfLeaf({ role, name }: GraphNode & { form: 'leaf' }): string {
  switch (role) {
    case 'previous':
      return previousName(name);
    case 'step':
      return 'step';
    case 'outputCotangent':
      return `${name}_bar_out`;
    case 'stateCotangent':
      return `${name}_bar_next`;
    case 'startCotangent':
      return `${name}_start_bar`;
    case 'lossCotangent':
      return 'loss_bar';
    default:
      return name;
  }
}

/** `i = sigmoid(…)`: what stands in the brackets is `z_i`, or `z` where there is only one; its cotangent `z_i_bar`. */
function namesOfPreActivations(
  graph: StepGraph | TrainingGraph,
  names: ReadonlyMap<NodeId, string>,
): ReadonlyMap<NodeId, string> {
  const taken = new Set(names.values());
  const found = graph.values.flatMap(({ name, node: id }) => {
    const node = graph.nodes[id]!;
    if (node.form !== 'map' || node.operands.length !== 1) return [];
    const [inner] = node.operands;
    const { form, type } = graph.nodes[inner!]!;
    const isLinear = form === 'sum' || form === 'contract';
    return isLinear && type.outer.length > 0 && !names.has(inner!) ? [{ name, id, inner: inner! }] : [];
  });
  const cotangents = new Map(
    'adjoint' in graph ? graph.adjoint.cotangents.map(({ name, node }) => [name, node]) : [],
  );
  const given = new Map<NodeId, string>();
  for (const { name, id, inner } of found) {
    const path = name.slice(0, name.lastIndexOf('.') + 1);
    const own = `${path}z_${name.slice(path.length)}`;
    const text = found.length === 1 && !taken.has(`${path}z`) ? `${path}z` : own;
    if (taken.has(text) || given.has(inner)) continue;
    given.set(inner, text);
    const cotangent = cotangents.get(name);
    const scaled =
      cotangent === undefined ? undefined : onlyScaled(graph, cotangent, graph.nodes[id]!.origin.span);
    if (scaled !== undefined && !names.has(scaled)) given.set(scaled, `${text}_bar`);
  }
  return given;
}

/** A cotangent times the slope of the function of the equation at `span`, if that is all that happens to it there. */
function onlyScaled(graph: Graph, cotangent: NodeId, span: Span): NodeId | undefined {
  const users = graph.nodes.flatMap((node, id) => {
    const here = node.origin.span.start === span.start && node.origin.span.source === span.source;
    return here && node.form === 'map' && operandsOf(graph, id).includes(cotangent) ? [id] : [];
  });
  return users.length === 1 ? users[0] : undefined;
}
