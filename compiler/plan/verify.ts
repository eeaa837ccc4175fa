import { boundShape, entriesOf } from '../graph/bind.ts';
import type { NodeId } from '../graph/graph.ts';
import { operandsOf } from '../graph/phase.ts';
import { resultsOf } from '../graph/results.ts';
import { invariant } from '../support/invariant.ts';
import { isView } from './access.ts';
import { fusedNodes, rowAddOf } from './fusion.ts';
import { sharedSlots } from './lags.ts';
import { type Kernel, type Place, type Plan, procedureNames, type Stage } from './plan.ts';

/**
 * Structure of a plan: each node is computed exactly once, after everything it reads; a state is read for all steps at once
 * only when all of them are there, and a value of one step within its loop; every place lies in its buffer; buffers that are alive together do not overlap.
 *
 * @throws InvariantError for the first thing that is wrong
 */
export function verifyPlan(plan: Plan): void {
  verifyOrder(plan);
  verifyCarried(plan);
  verifyKept(plan);
  verifyPlaces(plan);
  verifyLifetimes(plan);
}

interface Step {
  readonly kernel: Kernel;
  /** Loop that the kernel runs in, with others. */
  readonly loop: string;
}

function* inOrder(plan: Plan): Generator<Step> {
  for (const name of procedureNames) {
    const { before, stages } = plan.sweeps[name];
    for (const kernel of before) yield { kernel, loop: `${name} before` };
    for (const [i, { over, kernels }] of stages.entries()) {
      for (const kernel of kernels) yield { kernel, loop: `${name} ${over} ${i}` };
    }
  }
}

/** Nodes that a kernel computes, in order. */
function computedBy(kernel: Kernel): readonly NodeId[] {
  switch (kernel.kind) {
    case 'compute':
    case 'product':
    case 'reduce':
      return [kernel.node];
    case 'group':
      return kernel.nodes;
    case 'accumulate':
    case 'total':
      return [kernel.total];
    default:
      return [];
  }
}

function verifyOrder(plan: Plan): void {
  const { graph } = plan.bound;
  const results = new Set(resultsOf(graph));
  const fused = fusedNodes(graph, (id) => results.has(id));
  const known = new Set<NodeId>();
  graph.nodes.forEach((node, id) => {
    if (node.form === 'leaf' || node.form === 'fill') known.add(id);
  });
  /** Known, or read through to what is known: views, fused products, concats whose parts are all in place. */
  const isKnown = (id: NodeId): boolean => {
    if (known.has(id)) return true;
    const node = graph.nodes[id]!;
    const readThrough = isView(node.form) || fused.has(id) || node.form === 'concat';
    const found = readThrough && operandsOf(graph, id).every(isKnown);
    if (found) known.add(id);
    return found;
  };
  for (const { kernel } of inOrder(plan)) {
    if (kernel.kind === 'copy')
      invariant(isKnown(kernel.from), `%${kernel.from} is copied before it is computed`);
    const members = new Set(computedBy(kernel));
    for (const id of members) {
      invariant(!known.has(id), `%${id} is computed twice`);
      for (const operand of operandsOf(graph, id)) {
        invariant(isKnown(operand), `%${id} reads %${operand} before it is computed`);
      }
      known.add(id);
      const inRegisters = kernel.kind === 'group';
      invariant(inRegisters || plan.places.has(id), `%${id} has no place`);
    }
  }
  for (const id of results) invariant(isKnown(id), `%${id} is never computed`);
}

/** New states are written in the loop that reads them of the step before, or in an earlier stage of the forward sweep. */
function verifyCarried(plan: Plan): void {
  const { graph } = plan.bound;
  const { stages } = plan.sweeps.forward;
  const previousOf = new Map(graph.states.map((state) => [state.name, state.previous]));
  for (const group of sharedSlots(graph))
    for (const { name, previous } of group) {
      // What lags behind is written with the first.
      const { buffer, stepStride } = plan.places.get(previousOf.get(group[0]!.name)!)!;
      const isNext = (place: Place | undefined) => place?.buffer === buffer && place.offset === stepStride;
      const written = stages.findIndex(({ kernels }) =>
        kernels.some((kernel) =>
          kernel.kind === 'copy'
            ? isNext(kernel.to)
            : computedBy(kernel).some((id) => isNext(plan.places.get(id))),
        ),
      );
      const read = stages.findIndex(({ kernels }) =>
        kernels.some((kernel) => readBy(plan, kernel).has(previous)),
      );
      if (read === -1) continue;
      const inTime =
        written !== -1 && (written < read || (written === read && stages[read]!.over === 'step'));
      invariant(inTime, `the state ${name} is read in stage ${read} and written in stage ${written}`);
    }
}

/** What has one place for all steps is written and read within one loop over steps. */
function verifyKept(plan: Plan): void {
  const { graph } = plan.bound;
  const places = new Map<string, string>();
  const note = (id: NodeId, place: Place | undefined, loop: string, over: Stage['over']) => {
    const isOfOneStep = place?.buffer.startsWith('value.') && graph.nodes[id]!.type.outer.length === 2;
    if (!isOfOneStep) return;
    const known = places.get(place!.buffer) ?? loop;
    invariant(
      over === 'step' && known === loop,
      `%${id} is kept for one step and used in ${known} and ${loop}`,
    );
    places.set(place!.buffer, loop);
  };
  for (const name of procedureNames) {
    plan.sweeps[name].stages.forEach(({ over, kernels }, i) => {
      for (const kernel of kernels) {
        for (const id of [...computedBy(kernel), ...readBy(plan, kernel)])
          note(id, plan.places.get(id), `${name} ${i}`, over);
        if (kernel.kind === 'copy') note(kernel.from, kernel.to, `${name} ${i}`, over);
      }
    });
  }
}

function verifyPlaces(plan: Plan): void {
  const lengths = new Map(plan.buffers.map(({ name, length }) => [name, length]));
  for (const buffer of plan.buffers) {
    invariant(buffer.offset % 4 === 0, `buffer ${buffer.name} is not aligned`);
    const end = buffer.offset + 4 * buffer.length;
    invariant(end <= plan.memoryBytes, `buffer ${buffer.name} reaches past the end of memory`);
  }
  for (const [id, place] of plan.places) {
    const entries = entriesOf(boundShape(plan.bound.graph, id));
    const steps = place.inSlab === true ? plan.slab : plan.window;
    const last =
      place.offset + (steps - 1) * place.stepStride + (plan.batch - 1) * place.rowStride + entries - 1;
    invariant(last < (lengths.get(place.buffer) ?? 0), `%${id} lies outside ${place.buffer}`);
  }
}

/** Buffers that may be parts of others: of all parameters, of all gradients, of a state's slots, of those of a lag. */
const views = ['parameter.', 'gradient.', 'output.', 'state.'];

/** Buffers of values inside one sweep may share memory; all others may not, but for views of them. */
function verifyLifetimes(plan: Plan): void {
  const isShared = (name: string) => name.startsWith('value.') || name.startsWith('slab.');
  const uses = new Map<string, { first: number; last: number; loop: string }>();
  const loops = new Map<string, { first: number; last: number }>();
  const all = [...inOrder(plan)];
  all.forEach(({ loop }, at) => {
    loops.set(loop, { first: loops.get(loop)?.first ?? at, last: at });
  });
  all.forEach(({ kernel, loop }, at) => {
    for (const buffer of buffersOf(plan, kernel)) {
      const known = uses.get(buffer);
      if (known === undefined || known.loop === loop) {
        uses.set(buffer, { first: known?.first ?? at, last: at, loop });
        continue;
      }
      // Used in two loops: alive from the beginning of the first to the end of the last.
      const first = Math.min(known.first, loops.get(known.loop)?.first ?? known.first);
      uses.set(buffer, { first, last: loops.get(loop)!.last, loop: '' });
    }
  });
  const sorted = plan.buffers.filter(({ name }) => isShared(name)).sort((a, b) => a.offset - b.offset);
  const others = plan.buffers.filter(({ name }) => !isShared(name));
  let end = 0;
  for (const buffer of [...others].sort((a, b) => a.offset - b.offset || b.length - a.length)) {
    const isView =
      views.some((prefix) => buffer.name.startsWith(prefix)) && buffer.offset + 4 * buffer.length <= end;
    invariant(isView || buffer.offset >= end, `buffer ${buffer.name} overlaps another`);
    end = Math.max(end, buffer.offset + 4 * buffer.length);
  }
  const endOfOthers = Math.max(0, ...others.map(({ offset, length }) => offset + 4 * length));
  sorted.forEach((buffer, i) => {
    const end = buffer.offset + 4 * buffer.length;
    const isOwn =
      buffer.offset >= endOfOthers ||
      others.every((o) => o.offset >= end || o.offset + 4 * o.length <= buffer.offset);
    invariant(isOwn, `buffer ${buffer.name} overlaps another that lives longer`);
    for (const other of sorted.slice(i + 1)) {
      if (other.offset >= end) break;
      const [a, b] = [uses.get(buffer.name), uses.get(other.name)];
      const apart = a === undefined || b === undefined || a.last < b.first || b.last < a.first;
      invariant(apart, `buffers ${buffer.name} and ${other.name} overlap while both are needed`);
    }
  });
}

/** Buffers that a kernel touches. */
function buffersOf(plan: Plan, kernel: Kernel): ReadonlySet<string> {
  const nodes = [...readBy(plan, kernel), ...computedBy(kernel)];
  const places = nodes.map((id) => plan.places.get(id));
  if (kernel.kind === 'copy' || kernel.kind === 'move') places.push(kernel.to);
  if (kernel.kind === 'move') places.push(kernel.from);
  return new Set(places.flatMap((place) => place?.buffer ?? []));
}

/** Nodes with a place that a kernel reads, and does not compute itself. */
function readBy(plan: Plan, kernel: Kernel): ReadonlySet<NodeId> {
  const { graph } = plan.bound;
  const found = new Set<NodeId>();
  const read = (id: NodeId): void => {
    if (plan.places.has(id)) {
      found.add(id);
      return;
    }
    const node = graph.nodes[id]!;
    if (isView(node.form) || node.form === 'contract' || node.form === 'oneHot')
      for (const operand of operandsOf(graph, id)) read(operand);
  };
  const members = new Set(computedBy(kernel));
  for (const id of members) {
    const row = rowAddOf(graph, id);
    for (const operand of row === undefined ? operandsOf(graph, id) : [row.index, row.value]) {
      if (!members.has(operand)) read(operand);
    }
  }
  if (kernel.kind === 'copy') read(kernel.from);
  return found;
}
