import { invariant } from '../support/invariant.ts';
import type { Bound } from './bind.ts';
import { boundShape, entriesOf } from './bind.ts';
import { evaluateNode, type Values } from './evaluateNode.ts';
import type { NodeId, StepGraph, TrainingGraph } from './graph.ts';
import { phasesOf } from './phase.ts';

/** What a run over whole sequences is given. Arrays are row-major, slowest axis first. */
export interface SequenceGiven {
  readonly steps: number;
  readonly batch: number;
  /** By name, [...shape]. */
  readonly parameters: ReadonlyMap<string, Values>;
  /** Inputs and targets by name, [steps, batch, ...shape]. */
  readonly inputs: ReadonlyMap<string, Values>;
  /** State values before the first step where they are not the cell's own start, [batch, ...shape]. */
  readonly starts?: ReadonlyMap<string, Values>;
  /** Steps each row has done before, [batch]; zeros when absent. */
  readonly stepsBefore?: ArrayLike<number>;
  /** dL/d output by name, [steps, batch, ...shape]; zeros when absent. */
  readonly outputCotangents?: ReadonlyMap<string, Values>;
  /** dL/d final state by name, [batch, ...shape]; zeros when absent. */
  readonly finalCotangents?: ReadonlyMap<string, Values>;
  /** Weight of each loss in the scalar L, [steps, batch]; zeros when absent. */
  readonly lossWeights?: Values;
}

export interface SequenceResult {
  /** By name, [steps, batch, ...shape]. */
  readonly outputs: ReadonlyMap<string, Values>;
  /** Values of equations by name, [steps, batch, ...shape]. */
  readonly values: ReadonlyMap<string, Values>;
  /** By name, [batch, ...shape]. */
  readonly finals: ReadonlyMap<string, Values>;
  /** [steps, batch], where the cell has a loss. */
  readonly loss?: Values;
  /** By parameter name, [...shape]; for training graphs, as all below. */
  readonly gradients: ReadonlyMap<string, Values>;
  /** By input name, [steps, batch, ...shape]. */
  readonly inputCotangents: ReadonlyMap<string, Values>;
  /** By state name, [batch, ...shape]; of a given start, or of the cell's own. */
  readonly startCotangents: ReadonlyMap<string, Values>;
}

/**
 * The meaning of a cell over whole sequences, in f64, forwards and (for a training graph) back: the definition that
 * plans and kernels are held against. Slow and obvious; keeps everything.
 */
export function evaluateSequence(bound: Bound<StepGraph | TrainingGraph>, given: SequenceGiven): SequenceResult {
  const { graph, constants } = bound;
  const { steps, batch } = given;
  const phase = phasesOf(graph);
  const ids = graph.nodes.map((_, id) => id);
  const within = (wanted: string) => ids.filter((id) => phase[id] === wanted);
  const size = (id: NodeId) => entriesOf(boundShape(graph, id));

  const sharedValues = new Map<NodeId, Values>();
  const readShared = (id: NodeId) => known(sharedValues.get(id));
  for (const id of within('prepare')) {
    const node = graph.nodes[id]!;
    if (node.form !== 'leaf') sharedValues.set(id, evaluateNode(graph, id, readShared));
    else if (node.role === 'parameter') sharedValues.set(id, known(given.parameters.get(node.name), node.name));
    else sharedValues.set(id, known(constants.get(node.name), node.name));
  }

  // stepValues[t][b]: every node of both sweeps.
  const stepValues = Array.from({ length: steps }, () => Array.from({ length: batch }, () => new Map<NodeId, Values>()));
  const read = (t: number, b: number) => (id: NodeId) => stepValues[t]![b]!.get(id) ?? readShared(id);
  const startOf = (name: string, b: number): Values => {
    const state = graph.states.find((s) => s.name === name)!;
    const starts = given.starts?.get(name);
    return starts === undefined ? readShared(state.start) : rowOf(starts, b, size(state.previous));
  };

  const forward = within('forward');
  for (let t = 0; t < steps; t++) {
    for (let b = 0; b < batch; b++) {
      const here = stepValues[t]![b]!;
      for (const id of forward) {
        const node = graph.nodes[id]!;
        if (node.form !== 'leaf') {
          here.set(id, evaluateNode(graph, id, read(t, b)));
        } else if (node.role === 'input') {
          here.set(id, rowOf(known(given.inputs.get(node.name), node.name), t * batch + b, size(id)));
        } else if (node.role === 'step') {
          here.set(id, Float64Array.of((given.stepsBefore?.[b] ?? 0) + t));
        } else {
          const state = graph.states.find((s) => s.name === node.name)!;
          here.set(id, t === 0 ? startOf(node.name, b) : read(t - 1, b)(state.next));
        }
      }
    }
  }

  const gather = (id: NodeId): Values => {
    const result = new Float64Array(steps * batch * size(id));
    for (let t = 0; t < steps; t++) {
      for (let b = 0; b < batch; b++) result.set(read(t, b)(id), (t * batch + b) * size(id));
    }
    return result;
  };
  const finals = new Map<string, Values>();
  for (const state of graph.states) {
    const rows = new Float64Array(batch * size(state.previous));
    for (let b = 0; b < batch; b++) {
      const row = steps === 0 ? startOf(state.name, b) : read(steps - 1, b)(state.next);
      rows.set(row, b * size(state.previous));
    }
    finals.set(state.name, rows);
  }
  const outputs = new Map(graph.outputs.map(({ name, node }) => [name, gather(node)]));
  const values = new Map(graph.values.map(({ name, node }) => [name, gather(node)]));
  const gradients = new Map<string, Values>();
  const inputCotangents = new Map<string, Values>();
  const startCotangents = new Map<string, Values>();

  if ('adjoint' in graph) {
    const { adjoint } = graph;
    const backward = within('backward');
    const arrived = new Map<string, Values>();
    for (const { name, arriving } of adjoint.states) {
      const given_ = given.finalCotangents?.get(name);
      arrived.set(name, given_ === undefined ? new Float64Array(batch * size(arriving)) : Float64Array.from(given_));
    }
    for (let t = steps - 1; t >= 0; t--) {
      for (let b = 0; b < batch; b++) {
        const here = stepValues[t]![b]!;
        for (const id of backward) {
          const node = graph.nodes[id]!;
          if (node.form !== 'leaf') {
            here.set(id, evaluateNode(graph, id, read(t, b)));
          } else if (node.role === 'stateCotangent') {
            here.set(id, Float64Array.from(rowOf(known(arrived.get(node.name)), b, size(id))));
          } else {
            const all = node.role === 'lossCotangent' ? given.lossWeights : given.outputCotangents?.get(node.name);
            here.set(id, all === undefined ? new Float64Array(size(id)) : rowOf(all, t * batch + b, size(id)));
          }
        }
      }
      for (const { name, arriving, leaving } of adjoint.states) {
        for (let b = 0; b < batch; b++) arrived.get(name)!.set(read(t, b)(leaving), b * size(arriving));
      }
    }
    for (const [name, rows] of arrived) startCotangents.set(name, rows);

    // After the sweep: totals, and what follows from them. Values per example are kept one row after the other.
    const startsGiven = (name: string) => given.starts?.has(name) === true;
    const finished = new Map<NodeId, Values>();
    for (const id of within('finish')) {
      const node = graph.nodes[id]!;
      if (node.form === 'leaf') {
        const rows = known(arrived.get(node.name));
        finished.set(id, startsGiven(node.name) ? new Float64Array(rows.length) : rows);
      } else if (node.form === 'total') {
        const sum = new Float64Array(size(id));
        const rows = finished.get(node.operand);
        invariant(node.type.outer.length === 0, 'totals per example come with networks');
        if (rows !== undefined) rows.forEach((value, i) => (sum[i % sum.length]! += value));
        else {
          for (let t = 0; t < steps; t++) {
            for (let b = 0; b < batch; b++) {
              read(t, b)(node.operand).forEach((value, i) => (sum[i]! += value));
            }
          }
        }
        finished.set(id, sum);
      } else if (node.type.outer.length === 0) {
        finished.set(id, evaluateNode(graph, id, (operand) => finished.get(operand) ?? readShared(operand)));
      } else {
        // One row after the other: what follows from the cotangents of start values.
        const rows = new Float64Array(batch * size(id));
        for (let b = 0; b < batch; b++) {
          const row = (operand: NodeId): Values => {
            const all = finished.get(operand);
            if (all === undefined) return readShared(operand);
            return graph.nodes[operand]!.type.outer.length === 0 ? all : rowOf(all, b, size(operand));
          };
          rows.set(evaluateNode(graph, id, row), b * size(id));
        }
        finished.set(id, rows);
      }
    }
    for (const { name, node } of adjoint.gradients) {
      gradients.set(name, finished.get(node) ?? readShared(node));
    }
    for (const { name, node } of adjoint.inputs) inputCotangents.set(name, gather(node));
  }

  return {
    outputs,
    values,
    finals,
    ...(graph.loss === undefined ? {} : { loss: gather(graph.loss) }),
    gradients,
    inputCotangents,
    startCotangents,
  };
}

function rowOf(rows: Values, row: number, length: number): Values {
  return rows.subarray(row * length, (row + 1) * length);
}

function known(values: Values | undefined, what = 'a value'): Values {
  invariant(values !== undefined, `${what} was read before it was known`);
  return values;
}
