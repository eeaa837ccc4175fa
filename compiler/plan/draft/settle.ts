import type { NodeId, TrainingGraph } from '../../graph/graph.ts';
import { previousName } from '../../graph/lags.ts';
import { leaderOf } from '../lags.ts';
import { bufferNames, type Kernel, type Place } from '../plan.ts';
import type { Draft } from './draft.ts';
import { settleGradients } from './gradients.ts';

/* Where the results of both sweeps live. */

export function settleForward(draft: Draft): void {
  const graph = draft.graph;
  const outside = draft.outside;
  for (const state of graph.states) {
    if (leaderOf(graph, state) !== undefined) continue;
    const place = draft.places.get(state.previous)!;
    const next = { ...place, offset: place.stepStride };
    const cyclic = draft.levels.get('forward')!.get(state.previous) ?? 0;
    const own = draft.levels.get('forward')!.get(draft.question.views.base[state.next]!);
    // A value known ahead that feeds a state in a loop is copied in that loop.
    const level = own === undefined && cyclic % 2 === 1 ? cyclic : undefined;
    draft.settle(state.next, next, 'forward', `new ${state.name}`, level);
  }
  const slots = new Map(graph.states.map(({ name }) => [bufferNames.state(name), name]));
  for (const { name, node } of graph.outputs) {
    const place = draft.places.get(node);
    const isNewState = place !== undefined && slots.has(place.buffer) && graph.nodes[node]!.form !== 'leaf';
    if (isNewState) {
      const length = place.stepStride * draft.options.window;
      draft.memory.view(bufferNames.output(name), place.buffer, place.offset, length);
    } else {
      const to = outside.allocate(bufferNames.output(name), node, outside.perStep);
      draft.settle(node, to, 'forward', `output ${name}`);
    }
  }
  if (graph.loss !== undefined) {
    const to = outside.allocate(bufferNames.loss, graph.loss, outside.perStep);
    draft.settle(graph.loss, to, 'forward', 'loss');
  }
}

export function settleBackward(draft: Draft, graph: TrainingGraph): void {
  const outside = draft.outside;
  const { adjoint } = graph;
  for (const { name, node } of adjoint.inputs) {
    const input = [...graph.inputs, ...graph.targets].find((i) => i.name === name)!;
    const to = outside.allocate(bufferNames.inputCotangent(name), input.node, outside.layoutOf(input.node));
    const why = `cotangent of ${name}`;
    if (to.stepStride > 0) draft.settle(node, to, 'backward', why);
    else if (draft.isFree(node, 'finish') && graph.nodes[node]!.type.outer.length > 0)
      draft.places.set(node, to);
    else draft.before.finish.push({ kind: 'copy', from: node, to, over: 'example', why });
  }
  settleGradients(draft, graph);
  const asides: { name: string; aside: Place; arriving: NodeId; level: number }[] = [];
  // Those that must be copied first: their copies may read what has arrived at others.
  const inOrder = [...adjoint.states].sort(
    (a, b) => Number(draft.isFree(a.leaving, 'backward')) - Number(draft.isFree(b.leaving, 'backward')),
  );
  for (const { name, arriving, leaving } of inOrder) {
    const level = draft.levels.get('backward')!.get(arriving)!;
    if (mayLeaveInPlace(draft, arriving, leaving, level)) {
      draft.places.set(leaving, draft.places.get(arriving)!);
      continue;
    }
    const aside = outside.allocate(`leaving.${name}`, arriving, { slots: 0, rows: true });
    draft.copyAtEnd(
      { kind: 'copy', from: leaving, to: aside, over: 'step', why: `${previousName(name)}_bar put aside` },
      leaving,
      'backward',
      level,
    );
    asides.push({ name, aside, arriving, level });
  }
  for (const { name, aside, arriving, level } of asides) {
    const to = draft.places.get(arriving)!;
    const entries = outside.entries(arriving);
    draft.copyAtEnd(
      { kind: 'move', from: aside, to, entries, over: 'step', why: `${name}_bar_next of step t - 1` },
      arriving,
      'backward',
      level,
    );
  }
}

/** Whether nobody reads what arrived after what leaves has been written over it. */
function mayLeaveInPlace(draft: Draft, arriving: NodeId, leaving: NodeId, level: number): boolean {
  if (!draft.isFree(leaving, 'backward')) return false;
  if (draft.levels.get('backward')!.get(leaving) !== level) return false;
  const stages = draft.stages.backward;
  const stage = stages.findIndex((draft) => draft.level === level);
  const { kernels } = stages[stage]!;
  const writer = kernels.findIndex((kernel) => draft.writes(kernel).includes(leaving));
  if (writer < 0) return false;
  const readsIt = (kernel: Kernel, id: NodeId) => draft.readBy(kernel).includes(id);
  // One place for all steps: a later stage would find the last step's only.
  if (stages.some((other, i) => i !== stage && other.kernels.some((k) => readsIt(k, leaving)))) return false;
  return kernels.every((kernel, i) => {
    if (i < writer || !readsIt(kernel, arriving)) return true;
    if (i > writer || kernel.kind !== 'group') return false;
    return kernel.nodes.every((id) => {
      const node = draft.graph.nodes[id]!;
      const operands = node.form === 'map' || node.form === 'sum' ? node.operands : [];
      const reads = draft.reads[id]!.includes(arriving);
      return (
        !reads ||
        (operands.includes(arriving) &&
          operands.every((o) => draft.question.views.base[o] !== arriving || o === arriving))
      );
    });
  });
}
