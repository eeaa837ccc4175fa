import { type Bound, boundShape } from '../graph/bind.ts';
import { evaluateSequence, type SequenceGiven, type SequenceResult, type Visit } from '../graph/evaluate.ts';
import type { Values } from '../graph/evaluateNode.ts';
import type { NodeId, Reduce, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';
import { mathOps } from '../ops/math.ts';

/** Everything with a kink that one evaluation met, in the order it met it. */
export interface KinkTrace {
  readonly result: SequenceResult;
  readonly sites: readonly KinkSite[];
}

/** One entry of an op with kinks, or one group of entries that compete for a maximum. */
export interface KinkSite {
  readonly operands: readonly number[];
  /** To the nearest place where the slope jumps. */
  readonly distance: number;
}

/**
 * Evaluates, and watches every op that has kinks.
 *
 * @param instead  what stands in for some nodes' values
 */
export function traceKinks(
  bound: Bound<StepGraph | TrainingGraph>,
  given: SequenceGiven,
  instead?: Visit,
): KinkTrace {
  const { graph } = bound;
  const watched = kinkyNodes(graph);
  const sites: KinkSite[] = [];
  const result = evaluateSequence(bound, given, (id, read) => {
    if (watched.has(id)) sites.push(...sitesOf(graph, id, read));
    return instead?.(id, read);
  });
  return { result, sites };
}

/** Whether some op's operands moved so far from `base` to `moved` that it may have met its kink. */
export function mayCrossKink(base: KinkTrace, moved: KinkTrace): boolean {
  return base.sites.some(({ operands, distance }, i) => {
    const others = moved.sites[i]!.operands;
    const largest = operands.reduce((most, value, k) => Math.max(most, Math.abs(value - others[k]!)), 0);
    // Each of two operands moves by at most `largest`, so their difference by twice that.
    return largest > 0 && distance <= 2 * largest;
  });
}

/** Nodes of the step with kinks, but for those whose derivative is asked for by nobody (the shift of a softmax). */
function kinkyNodes(graph: StepGraph): ReadonlySet<NodeId> {
  const results = [...graph.outputs.map(({ node }) => node), ...graph.states.map(({ next }) => next)];
  const starts = graph.states.map(({ start }) => start);
  const seen = new Set<NodeId>([...results, ...starts, graph.loss ?? -1]);
  for (let id = graph.nodes.length - 1; id >= 0; id--) {
    if (seen.has(id)) for (const operand of differentiated(graph, id)) seen.add(operand);
  }
  return new Set([...seen].filter((id) => hasKinks(graph, id)));
}

/** The operands that a derivative goes back to: a surrogate's slope is a number there. */
function differentiated(graph: StepGraph, id: NodeId): readonly NodeId[] {
  const node = graph.nodes[id]!;
  if (node.form !== 'map') return operandsOf(graph, id);
  if (node.op === 'stop_gradient') return [];
  return node.op === 'surrogate' ? node.operands.slice(0, 2) : node.operands;
}

function hasKinks(graph: StepGraph, id: NodeId): boolean {
  const node = graph.nodes[id];
  if (node?.form === 'reduce') return node.op === 'max';
  return node?.form === 'map' && mathOps.get(node.op)?.kinkDistance !== undefined;
}

function sitesOf(graph: StepGraph, id: NodeId, read: (operand: NodeId) => Values): readonly KinkSite[] {
  const node = graph.nodes[id]!;
  if (node.form === 'reduce') return groupsOf(graph, node, read(node.operand)).map(competition);
  if (node.form !== 'map') return [];
  const kinkDistance = mathOps.get(node.op)!.kinkDistance!;
  const values = node.operands.map(read);
  return Array.from(values[0]!, (_, entry) => {
    const operands = values.map((array) => array[entry]!);
    // A choice jumps where its condition does; how its branches move is no matter.
    const watched = node.op === 'select' ? operands.slice(0, 1) : operands;
    return { operands: watched, distance: kinkDistance(...operands) };
  });
}

/** A maximum has its kink where the second largest draws level. */
function competition(operands: readonly number[]): KinkSite {
  const [first, second] = [...operands].sort((a, b) => b - a);
  return { operands, distance: second === undefined ? Number.POSITIVE_INFINITY : first! - second };
}

/** The entries of each place of a reduction's result. */
function groupsOf(graph: StepGraph, node: Reduce, values: Values): readonly (readonly number[])[] {
  const shape = boundShape(graph, node.operand);
  const groups = new Map<string, number[]>();
  values.forEach((value, entry) => {
    let rest = entry;
    const place: number[] = [];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (!node.axes.includes(axis)) place.unshift(rest % shape[axis]!);
      rest = Math.floor(rest / shape[axis]!);
    }
    const group = groups.get(place.join()) ?? [];
    group.push(value);
    groups.set(place.join(), group);
  });
  return [...groups.values()];
}
