import { type Bound, boundShape, entriesOf } from '../graph/bind.ts';
import type { NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { operandsOf, phasesOf } from '../graph/phase.ts';
import { resultsOf } from '../graph/results.ts';
import { invariant } from '../support/invariant.ts';
import { fusedNodes } from './fusion.ts';
import { Allocator } from './memory.ts';
import {
  bufferNames,
  type Extent,
  type Kernel,
  type Place,
  type Plan,
  type RoundingProfile,
} from './plan.ts';

export interface PlanOptions {
  readonly batch: number;
  readonly window: number;
  readonly profile: RoundingProfile;
}

/**
 * The plan with no cleverness: everything that varies over steps is computed inside the loop over steps, one kernel per
 * node; every value that the backward sweep reads is kept. The judge of all better plans.
 */
export function naivePlan(bound: Bound<StepGraph | TrainingGraph>, options: PlanOptions): Plan {
  const { graph } = bound;
  const { batch, window } = options;
  const phase = phasesOf(graph);
  const results = new Set(resultsOf(graph));
  const fused = fusedNodes(graph, (id) => results.has(id));
  const memory = new Allocator();
  const places = new Map<NodeId, Place>();
  const entries = (id: NodeId) => entriesOf(boundShape(graph, id));
  const lanes = (id: NodeId) => (graph.nodes[id]!.type.element === 'index' ? 'i32' : 'f32');
  const over = (id: NodeId): Extent => {
    const { outer } = graph.nodes[id]!.type;
    return outer.length === 0 ? 'once' : outer.length === 1 ? 'example' : 'step';
  };

  /** A new buffer with `slots` step slots (0: one for all steps), for values of the size of node `of`. */
  const allocate = (name: string, of: NodeId, slots: number, rows: boolean, firstSlot = 0): Place => {
    const row = entries(of);
    const slot = rows ? row * batch : row;
    memory.add(name, slot * Math.max(slots, 1), lanes(of));
    return {
      buffer: name,
      offset: firstSlot * slot,
      stepStride: slots > 0 ? slot : 0,
      rowStride: rows ? row : 0,
    };
  };
  const perStepBuffer = (name: string, of: NodeId) => allocate(name, of, window, true);

  // What the outside world writes.
  memory.add(bufferNames.stepCounter, batch, 'i32');
  memory.add(bufferNames.sequenceNumber, batch, 'i32');
  for (const { name, node } of graph.parameters) {
    places.set(node, allocate(bufferNames.parameter(name), node, 0, false));
  }
  for (const { name, node } of [...graph.inputs, ...graph.targets]) {
    places.set(node, perStepBuffer(bufferNames.input(name), node));
  }
  const leaves = graph.nodes.flatMap((node, id) =>
    node.form === 'leaf' && node.role === 'constant' ? [{ node, id }] : [],
  );
  for (const { node, id } of leaves) places.set(id, allocate(bufferNames.constant(node.name), id, 0, false));

  const sweeps: Record<keyof Plan['sweeps'], Kernel[]> = {
    prepare: [],
    start: [],
    forward: [],
    backward: [],
    finish: [],
  };
  const afterStep: Record<'forward' | 'backward', Kernel[]> = { forward: [], backward: [] };

  /** A node computed here and nowhere placed yet lives in `place`; any other is copied there after the step. */
  const settle = (id: NodeId, place: Place, sweep: 'forward' | 'backward', why: string) => {
    const node = graph.nodes[id]!;
    const free = !places.has(id) && node.form !== 'leaf' && node.form !== 'fill' && phase[id] === sweep;
    if (free) places.set(id, place);
    else afterStep[sweep].push({ kind: 'copy', from: id, to: place, over: 'step', why });
  };

  // States: window + 1 slots; slot t is the value before step t.
  for (const state of graph.states) {
    const place = allocate(bufferNames.state(state.name), state.previous, window + 1, true);
    places.set(state.previous, place);
    sweeps.start.push({
      kind: 'copy',
      from: state.start,
      to: { ...place, stepStride: 0 },
      over: 'example',
      why: `start of ${state.name}`,
    });
  }
  for (const state of graph.states) {
    const place = places.get(state.previous)!;
    settle(state.next, { ...place, offset: place.stepStride }, 'forward', `new ${state.name}`);
  }
  for (const { name, node } of graph.outputs) {
    settle(node, perStepBuffer(bufferNames.output(name), node), 'forward', `output ${name}`);
  }
  if (graph.loss !== undefined)
    settle(graph.loss, perStepBuffer(bufferNames.loss, graph.loss), 'forward', 'loss');

  if ('adjoint' in graph) {
    const { adjoint } = graph;
    for (const { name, node } of adjoint.outputCotangents) {
      places.set(node, perStepBuffer(bufferNames.outputCotangent(name), node));
    }
    if (adjoint.lossCotangent !== undefined) {
      places.set(adjoint.lossCotangent, perStepBuffer(bufferNames.lossCotangent, adjoint.lossCotangent));
    }
    for (const { name, arriving, startArriving } of adjoint.states) {
      places.set(arriving, allocate(bufferNames.stateCotangent(name), arriving, 0, true));
      places.set(startArriving, allocate(bufferNames.startCotangent(name), startArriving, 0, true));
    }
    for (const { name, node } of adjoint.inputs) {
      const input = [...graph.inputs, ...graph.targets].find((i) => i.name === name)!;
      settle(
        node,
        perStepBuffer(bufferNames.inputCotangent(name), input.node),
        'backward',
        `cotangent of ${name}`,
      );
    }
  }

  // Every other value: on the tape when the backward sweep reads what the forward sweep made, else for this step only.
  const readBackward = new Set(
    graph.nodes.flatMap((_, id) =>
      phase[id] === 'backward' || phase[id] === 'finish' ? operandsOf(graph, id) : [],
    ),
  );
  graph.nodes.forEach((node, id) => {
    const place = placeless(id) || places.has(id) || fused.has(id);
    if (place || node.form === 'leaf' || node.form === 'fill') return;
    const rows = node.type.outer.length > 0;
    if (phase[id] === 'forward' && readBackward.has(id))
      places.set(id, allocate(`tape.${id}`, id, window, rows));
    else places.set(id, allocate(`value.${id}`, id, 0, rows));
  });

  function placeless(id: NodeId): boolean {
    const node = graph.nodes[id]!;
    return node.form === 'fill' || (node.form === 'leaf' && node.role === 'step');
  }

  graph.nodes.forEach((node, id) => {
    if (node.form === 'leaf' || node.form === 'fill' || fused.has(id)) return;
    if (node.form === 'total') {
      const operandVaries = graph.nodes[node.operand]!.type.outer.length === 2;
      sweeps[operandVaries ? 'backward' : 'finish'].push({
        kind: 'accumulate',
        total: id,
        over: operandVaries ? 'step' : 'example',
      });
      return;
    }
    sweeps[phase[id]!].push({ kind: 'compute', node: id, over: over(id) });
  });
  sweeps.forward.push(...afterStep.forward);
  sweeps.backward.push(...afterStep.backward);

  if ('adjoint' in graph) {
    // Totals start from zero with each backward sweep. Those that `finish` adds to are cleared there.
    const totals = graph.nodes.flatMap((node, id) => (node.form === 'total' ? [id] : []));
    for (const id of totals) {
      const total = graph.nodes[id]!;
      invariant(total.form === 'total', 'totals only');
      const inSweep = graph.nodes[total.operand]!.type.outer.length === 2;
      sweeps[inSweep ? 'backward' : 'finish'].unshift({ kind: 'clear', total: id, over: 'once' });
    }
    // What leaves step t arrives at step t - 1. All are put aside before any is overwritten: two states may exchange.
    const asides = graph.adjoint.states.map(({ name, leaving, arriving }) => {
      const aside = allocate(`leaving.${name}`, arriving, 0, true);
      sweeps.backward.push({
        kind: 'copy',
        from: leaving,
        to: aside,
        over: 'step',
        why: `what leaves ${name}_prev`,
      });
      return { name, arriving, aside };
    });
    for (const { name, arriving, aside } of asides) {
      sweeps.backward.push({
        kind: 'move',
        from: aside,
        to: places.get(arriving)!,
        entries: entries(arriving),
        over: 'step',
        why: `arrives at ${name}`,
      });
    }
    for (const { name, node } of graph.adjoint.gradients) {
      const parameter = graph.parameters.find((p) => p.name === name)!;
      const place = allocate(bufferNames.gradient(name), parameter.node, 0, false);
      sweeps.finish.push({ kind: 'copy', from: node, to: place, over: 'once', why: `gradient of ${name}` });
    }
  }
  return { bound, ...options, buffers: memory.buffers, memoryBytes: memory.bytes, places, sweeps };
}
