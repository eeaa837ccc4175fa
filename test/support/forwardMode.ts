import type { Bound } from '../../compiler/graph/bind.ts';
import { evaluateSequence, type SequenceGiven, type SequenceResult } from '../../compiler/graph/evaluate.ts';
import { evaluateNode, type Values } from '../../compiler/graph/evaluateNode.ts';
import type { NodeId, StepGraph } from '../../compiler/graph/graph.ts';
import { phasesOf } from '../../compiler/graph/phase.ts';
import type { ScalarExpression } from '../../compiler/ops/expression.ts';
import { mathOps } from '../../compiler/ops/math.ts';

/** Directions in which parameters, inputs and given start states move; arrays as in `SequenceGiven`. */
export interface Tangents {
  readonly parameters: ReadonlyMap<string, Values>;
  readonly inputs: ReadonlyMap<string, Values>;
  readonly starts: ReadonlyMap<string, Values>;
}

/**
 * J v by forward mode: the partials of the op table run along with the values. Independent of the adjoint rules of the
 * forms; it is what ⟨ȳ, J v⟩ = ⟨Jᵀ ȳ, v⟩ is tested with.
 */
export function jacobianTimesVector(
  bound: Bound<StepGraph>,
  given: SequenceGiven,
  along: Tangents,
): SequenceResult {
  const { graph } = bound;
  const phases = phasesOf(graph);
  const { steps, batch } = given;
  // The values first: a graph whose named values are all its nodes.
  const key = (t: number, b: number, id: NodeId) => `${t} ${b} ${id}`;
  // What is known once per sequence is worked out at every step again; it stands before all that reads it.
  const stepIds = (['start', 'forward'] as const).flatMap((phase) =>
    graph.nodes.flatMap((_, id) => (phases[id] === phase ? [id] : [])),
  );
  const primal = new Map<string, Values>();
  const result = evaluateSequence({ ...bound, graph: withAllNodesAsValues(graph, stepIds) }, given);
  const rows = (all: Values, row: number) => {
    const entries = all.length / (steps * batch);
    return all.subarray(row * entries, (row + 1) * entries);
  };
  for (const id of stepIds) {
    const all = result.values.get(`%${id}`)!;
    for (let t = 0; t < steps; t++)
      for (let b = 0; b < batch; b++) primal.set(key(t, b, id), rows(all, t * batch + b));
  }
  const sharedPrimal = sharedValues(bound, given);
  const tangentShared = new Map<NodeId, Values>();
  const tangent = new Map<string, Values>();
  const zeros = (like: Values) => new Float64Array(like.length);
  graph.nodes.forEach((node, id) => {
    if (phases[id] !== 'prepare') return;
    const value = sharedPrimal.get(id)!;
    if (node.form === 'leaf') {
      tangentShared.set(id, (node.role === 'parameter' && along.parameters.get(node.name)) || zeros(value));
      return;
    }
    tangentShared.set(
      id,
      tangentOf(
        graph,
        id,
        (o) => sharedPrimal.get(o)!,
        (o) => tangentShared.get(o)!,
        value,
      ),
    );
  });
  const readTangent = (t: number, b: number) => (id: NodeId) =>
    tangent.get(key(t, b, id)) ?? tangentShared.get(id)!;
  const readPrimal = (t: number, b: number) => (id: NodeId) =>
    primal.get(key(t, b, id)) ?? sharedPrimal.get(id)!;
  const before = (name: string, t: number, b: number): Values => {
    const state = graph.states.find((s) => s.name === name)!;
    if (t > 0) return readTangent(t - 1, b)(state.next);
    if (!given.starts?.has(name)) return readTangent(t, b)(state.start);
    const all = along.starts.get(name);
    const entries = readPrimal(t, b)(state.start).length;
    return all === undefined ? new Float64Array(entries) : all.subarray(b * entries, (b + 1) * entries);
  };
  for (let t = 0; t < steps; t++) {
    for (let b = 0; b < batch; b++) {
      for (const id of stepIds) {
        const node = graph.nodes[id]!;
        const value = primal.get(key(t, b, id))!;
        let moved: Values;
        if (node.form !== 'leaf') moved = tangentOf(graph, id, readPrimal(t, b), readTangent(t, b), value);
        else if (node.role === 'previous') moved = before(node.name, t, b);
        else {
          const all = node.role === 'input' ? along.inputs.get(node.name) : undefined;
          const row = phases[id] === 'start' ? b : t * batch + b;
          const start = row * value.length;
          moved = all === undefined ? zeros(value) : all.subarray(start, start + value.length);
        }
        tangent.set(key(t, b, id), moved);
      }
    }
  }
  const gather = (id: NodeId): Values =>
    Float64Array.from(
      Array.from({ length: steps * batch }, (_, row) => [
        ...readTangent(Math.floor(row / batch), row % batch)(id),
      ]).flat(),
    );
  return {
    outputs: new Map(graph.outputs.map(({ name, node }) => [name, gather(node)])),
    values: new Map(),
    finals: new Map(
      graph.states.map(({ name }) => [
        name,
        Float64Array.from(Array.from({ length: batch }, (_, b) => [...before(name, steps, b)]).flat()),
      ]),
    ),
    ...(graph.loss === undefined ? {} : { loss: gather(graph.loss) }),
  };
}

function withAllNodesAsValues(graph: StepGraph, ids: readonly NodeId[]): StepGraph {
  const { nodes, cell, inputs, targets, entries, parameters, states, outputs, loss } = graph;
  const values = ids.map((node) => ({ name: `%${node}`, node }));
  return {
    nodes,
    cell,
    inputs,
    targets,
    entries,
    parameters,
    states,
    outputs,
    values,
    ...(loss === undefined ? {} : { loss }),
  };
}

function sharedValues(bound: Bound<StepGraph>, given: SequenceGiven): ReadonlyMap<NodeId, Values> {
  const phases = phasesOf(bound.graph);
  const values = new Map<NodeId, Values>();
  bound.graph.nodes.forEach((node, id) => {
    if (phases[id] !== 'prepare') return;
    if (node.form === 'leaf') {
      const all = node.role === 'constant' ? bound.constants : given.parameters;
      values.set(id, all.get(node.name)!);
    } else
      values.set(
        id,
        evaluateNode(bound.graph, id, (o) => values.get(o)!),
      );
  });
  return values;
}

/** Tangent of one node: the linear forms map tangents as they map values; a map sums partial times tangent. */
function tangentOf(
  graph: StepGraph,
  id: NodeId,
  value: (id: NodeId) => Values,
  tangent: (id: NodeId) => Values,
  result: Values,
): Values {
  const node = graph.nodes[id]!;
  switch (node.form) {
    case 'map': {
      const op = mathOps.get(node.op)!;
      const partials = op.partials(
        node.operands.map((_, index): ScalarExpression => ({ kind: 'argument', index })),
        { kind: 'argument', index: -1 },
      );
      return result.map((y, i) => {
        const args = node.operands.map((operand) => value(operand)[i]!);
        return node.operands.reduce((sum, operand, k) => {
          const moved = tangent(operand)[i]!;
          const partial = partials[k];
          return partial && moved !== 0 ? sum + moved * scalar(partial, args, y) : sum;
        }, 0);
      });
    }
    case 'contract': {
      const withLeft = evaluateNode(graph, id, (o) => (o === node.left ? tangent(o) : value(o)));
      const withRight = evaluateNode(graph, id, (o) => (o === node.right ? tangent(o) : value(o)));
      if (node.left !== node.right) return withLeft.map((x, i) => x + withRight[i]!);
      // One node on both sides: vary one side at a time, under a second id.
      const twice: StepGraph = { ...graph, nodes: [...graph.nodes, graph.nodes[node.left]!] };
      const other = graph.nodes.length;
      const nodes = [...twice.nodes];
      nodes[id] = { ...node, right: other };
      const half = (left: Values, right: Values) =>
        evaluateNode({ nodes }, id, (o) => (o === other ? right : left));
      const a = half(tangent(node.left), value(node.left));
      const b = half(value(node.left), tangent(node.left));
      return a.map((x, i) => x + b[i]!);
    }
    case 'reduce': {
      if (node.op === 'sum') return evaluateNode(graph, id, tangent);
      // The mean of the tangents of the largest entries: sum the tangents of winners, divide by their number.
      const spread = winners(graph, id, value(node.operand));
      const sums = evaluateNode(asSum(graph, id), id, () =>
        tangent(node.operand).map((x, i) => x * spread[i]!),
      );
      const counts = evaluateNode(asSum(graph, id), id, () => spread);
      return sums.map((x, i) => x / counts[i]!);
    }
    case 'oneHot':
    case 'fill':
      return new Float64Array(result.length);
    default:
      return evaluateNode(graph, id, tangent);
  }
}

function asSum(graph: StepGraph, id: NodeId): { nodes: StepGraph['nodes'] } {
  const node = graph.nodes[id]!;
  const nodes = [...graph.nodes];
  if (node.form === 'reduce') nodes[id] = { ...node, op: 'sum' };
  return { nodes };
}

/** 1 where an entry is the largest of its group: raising it a little raises the maximum. */
function winners(graph: StepGraph, id: NodeId, values: Values): Values {
  const largest = evaluateNode(graph, id, () => values);
  return values.map((_, i) => {
    const raised = values.map((x, k) => (k === i ? x + 1 : x));
    const after = evaluateNode(graph, id, () => raised);
    return after.some((x, k) => x > largest[k]! + 0.5) &&
      after.some((x, k) => x === values[i]! + 1 && largest[k] === values[i])
      ? 1
      : 0;
  });
}

function scalar(e: ScalarExpression, args: readonly number[], result: number): number {
  if (e.kind === 'constant') return e.value;
  if (e.kind === 'argument') return e.index === -1 ? result : args[e.index]!;
  return mathOps.get(e.op)!.evaluate(...e.args.map((arg) => scalar(arg, args, result)));
}
