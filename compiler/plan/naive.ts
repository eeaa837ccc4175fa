import type { Bound } from '../graph/bind.ts';
import type { NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { previousName } from '../graph/lags.ts';
import { operandsOf, phasesOf } from '../graph/phase.ts';
import { resultsOf } from '../graph/results.ts';
import { invariant } from '../support/invariant.ts';
import { fusedNodes } from './fusion.ts';
import { leaderOf } from './lags.ts';
import { Allocator } from './memory.ts';
import { Outside } from './outside.ts';
import {
  bufferNames,
  type Extent,
  type Kernel,
  type Place,
  type Plan,
  type ProcedureName,
  type RoundingProfile,
  type Sweep,
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
  const outside = new Outside(graph, memory, batch, window);
  const { places } = outside;
  const over = (id: NodeId): Extent => {
    const { outer } = graph.nodes[id]!.type;
    return outer.length === 0 ? 'once' : outer.length === 1 ? 'example' : 'step';
  };
  const perStepBuffer = (name: string, of: NodeId) => outside.allocate(name, of, outside.perStep);

  const sweeps: Record<ProcedureName, Kernel[]> = {
    prepare: [],
    start: [],
    forward: [],
    backward: [],
    finish: [],
  };
  const afterStep: Record<'forward' | 'backward' | 'finish', Kernel[]> = {
    forward: [],
    backward: [],
    finish: [],
  };
  const starts: Kernel[] = [];

  /** A node computed here and nowhere placed yet lives in `place`; any other is copied there after the step. */
  const settle = (id: NodeId, place: Place, sweep: 'forward' | 'backward' | 'finish', why: string) => {
    const node = graph.nodes[id]!;
    const free = !places.has(id) && node.form !== 'leaf' && node.form !== 'fill' && phase[id] === sweep;
    if (free) places.set(id, place);
    else
      afterStep[sweep].push({
        kind: 'copy',
        from: id,
        to: place,
        over: sweep === 'finish' ? 'example' : 'step',
        why,
      });
  };

  for (const state of graph.states) {
    const place = places.get(state.previous)!;
    starts.push({
      kind: 'copy',
      from: state.start,
      to: { ...place, stepStride: 0 },
      over: 'example',
      why: `start of ${state.name}`,
    });
  }
  for (const state of graph.states) {
    if (leaderOf(graph, state) !== undefined) continue;
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
    for (const { name, node } of adjoint.inputs) {
      const input = [...graph.inputs, ...graph.targets].find((i) => i.name === name)!;
      const isPerStep = graph.nodes[input.node]!.type.outer.length === 2;
      const place = outside.allocate(
        bufferNames.inputCotangent(name),
        input.node,
        outside.layoutOf(input.node),
      );
      settle(node, place, isPerStep ? 'backward' : 'finish', `cotangent of ${name}`);
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
      places.set(id, outside.allocate(`tape.${id}`, id, { slots: window, rows }));
    else places.set(id, outside.allocate(`value.${id}`, id, { slots: 0, rows }));
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
  sweeps.start.push(...starts);
  for (const sweep of ['forward', 'backward', 'finish'] as const) sweeps[sweep].push(...afterStep[sweep]);

  if ('adjoint' in graph) {
    // Totals start from zero with each backward sweep. Those that `finish` adds to are cleared there.
    const totals = graph.nodes.flatMap((node, id) => (node.form === 'total' ? [id] : []));
    for (const id of totals) {
      const total = graph.nodes[id]!;
      invariant(total.form === 'total', 'totals only');
      const inSweep = graph.nodes[total.operand]!.type.outer.length === 2;
      sweeps[inSweep ? 'backward' : 'finish'].unshift({
        kind: 'clear',
        total: id,
        over: total.type.outer.length === 0 ? 'once' : 'example',
      });
    }
    // What leaves step t arrives at step t - 1. All are put aside before any is overwritten: two states may exchange.
    const asides = graph.adjoint.states.map(({ name, leaving, arriving }) => {
      const aside = outside.allocate(`leaving.${name}`, arriving, { slots: 0, rows: true });
      sweeps.backward.push({
        kind: 'copy',
        from: leaving,
        to: aside,
        over: 'step',
        why: `${previousName(name)}_bar put aside`,
      });
      return { name, arriving, aside };
    });
    for (const { name, arriving, aside } of asides) {
      sweeps.backward.push({
        kind: 'move',
        from: aside,
        to: places.get(arriving)!,
        entries: outside.entries(arriving),
        over: 'step',
        why: `${name}_bar_next of step t - 1`,
      });
    }
    for (const { name, node } of graph.adjoint.gradients) {
      const parameter = graph.parameters.find((p) => p.name === name)!;
      const place = outside.layout(bufferNames.gradient(name), parameter.node, { slots: 0, rows: false });
      sweeps.finish.push({ kind: 'copy', from: node, to: place, over: 'once', why: `gradient of ${name}` });
    }
  }
  const loop = (kernels: readonly Kernel[]): Sweep => {
    const inside = kernels.filter((kernel) => kernel.over === 'step');
    return {
      before: kernels.filter((kernel) => kernel.over !== 'step'),
      stages: inside.length > 0 ? [{ over: 'step', kernels: inside }] : [],
    };
  };
  return {
    bound,
    batch,
    window,
    profile: options.profile,
    block: { rows: 1, columns: 1 },
    slab: 1,
    ...memory.finish(),
    places,
    sweeps: {
      prepare: loop(sweeps.prepare),
      start: loop(sweeps.start),
      forward: loop(sweeps.forward),
      backward: loop(sweeps.backward),
      finish: loop(sweeps.finish),
    },
  };
}
