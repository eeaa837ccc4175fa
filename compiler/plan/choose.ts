import type { Bound } from '../graph/bind.ts';
import { boundShape, entriesOf } from '../graph/bind.ts';
import type { NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { phasesOf } from '../graph/phase.ts';
import { resultsOf } from '../graph/results.ts';
import { invariant } from '../support/invariant.ts';
import { accessOf, isRowMajor, Views } from './access.ts';
import { copyArriving } from './arriving.ts';
import { fusedNodes, rowAddOf, rowReadOf } from './fusion.ts';
import { isEntryByEntry, type KernelGraph, kernelOf, kernelsOf, readsOf } from './kernels.ts';
import { carriedBetween, levelsOf } from './levels.ts';
import { Allocator, type Lifetime } from './memory.ts';
import type { PlanOptions } from './naive.ts';
import { Outside } from './outside.ts';
import { columnsOfTile, panelsOf, widestPanel } from './panels.ts';
import {
  bufferNames,
  type Extent,
  type Kernel,
  type Place,
  type Plan,
  type ProcedureName,
  procedureNames,
  type RegisterBlock,
  type Stage,
  type Sweep,
} from './plan.ts';
import { slabOf } from './slab.ts';

/**
 * What a plan is free to decide. Every answer gives a valid plan; the tests draw them at random and compare with the naive
 * plan.
 */
export interface Choices {
  /** Whether a product with something shared leaves the loop that its other operand is made in. */
  readonly mayHoist: (id: NodeId) => boolean;
  /** Whether a cheap value is computed inside the loop that reads it. */
  readonly maySink: (id: NodeId) => boolean;
  /** Whether a node joins the group of nodes before it. */
  readonly mayFuse: (id: NodeId) => boolean;
  readonly mayPack: (id: NodeId) => boolean;
  /** Steps of a slab; by default as many as stay in cache. */
  readonly slab?: number;
}

const always = () => true;
export const bestChoices: Choices = { mayHoist: always, maySink: always, mayFuse: always, mayPack: always };

export interface ChosenPlanOptions extends PlanOptions {
  readonly block: RegisterBlock;
}

/** The plan that is meant to be fast: see the comments of levels.ts, kernels.ts, slab.ts and panels.ts. */
export function choosePlan(
  bound: Bound<StepGraph | TrainingGraph>,
  options: ChosenPlanOptions,
  choices: Choices = bestChoices,
): Plan {
  return new Planner(bound, options, choices).plan();
}

interface StageDraft {
  readonly level: number;
  readonly kernels: Kernel[];
}

/** Where a kernel stands in the order of a whole update. */
interface Position {
  readonly procedure: ProcedureName;
  /** -1: before the stages. */
  readonly stage: number;
  readonly at: number;
}

type Storage = 'register' | 'step' | 'slab' | 'window';
const storageOrder: readonly Storage[] = ['register', 'step', 'slab', 'window'];

class Planner {
  readonly #bound: Bound<StepGraph | TrainingGraph>;
  readonly #graph: StepGraph | TrainingGraph;
  readonly #options: ChosenPlanOptions;
  readonly #choices: Choices;
  readonly #memory = new Allocator();
  readonly #outside: Outside;
  readonly #places: Map<NodeId, Place>;
  readonly #phase;
  readonly #results: ReadonlySet<NodeId>;
  readonly #question: KernelGraph;
  readonly #reads: readonly (readonly NodeId[])[];
  /** Parts of a concat that are computed straight into it. */
  readonly #joined = new Map<NodeId, { readonly concat: NodeId; readonly offset: number }>();
  readonly #before: Record<ProcedureName, Kernel[]> = {
    prepare: [],
    start: [],
    forward: [],
    backward: [],
    finish: [],
  };
  readonly #stages: Record<ProcedureName, StageDraft[]> = {
    prepare: [],
    start: [],
    forward: [],
    backward: [],
    finish: [],
  };
  readonly #packs: Kernel[] = [];

  constructor(bound: Bound<StepGraph | TrainingGraph>, options: ChosenPlanOptions, choices: Choices) {
    const graph = copyArriving(bound.graph);
    this.#bound = { ...bound, graph };
    this.#graph = graph;
    this.#options = options;
    this.#choices = choices;
    this.#outside = new Outside(graph, this.#memory, options.batch, options.window);
    this.#places = this.#outside.places;
    this.#phase = phasesOf(graph);
    this.#results = new Set(resultsOf(graph));
    const isResult = (id: NodeId) => this.#results.has(id);
    const fused = fusedNodes(graph, isResult);
    const views = new Views(graph, (id) => isResult(id) && !this.#isGradient(id), stridedReaders(graph));
    this.#question = { graph, views, fused, mayFuse: choices.mayFuse };
    this.#reads = readsOf(this.#question);
  }

  plan(): Plan {
    this.#joinConcats();
    this.#prepare();
    this.#sweep('forward');
    if ('adjoint' in this.#graph) this.#sweep('backward');
    this.#finishKernels();
    this.#settleForward();
    if ('adjoint' in this.#graph) this.#settleBackward(this.#graph);
    const storage = this.#storageOfAll();
    const slab = this.#slab(storage);
    this.#allocate(storage, slab);
    this.#pack(slab);
    const sweepOf = (name: ProcedureName): Sweep => ({
      before: this.#before[name],
      stages: this.#stages[name].map(
        ({ level, kernels }): Stage => ({ over: level % 2 === 1 ? 'step' : 'slab', kernels }),
      ),
    });
    const [prepare, start, forward, backward, finish] = procedureNames.map(sweepOf);
    const { batch, window, profile, block } = this.#options;
    return {
      bound: this.#bound,
      batch,
      window,
      profile,
      block,
      slab,
      ...this.#memory.finish(),
      places: this.#places,
      sweeps: { prepare: prepare!, start: start!, forward: forward!, backward: backward!, finish: finish! },
    };
  }

  #isGradient(id: NodeId): boolean {
    return 'adjoint' in this.#graph && this.#graph.adjoint.gradients.some(({ node }) => node === id);
  }

  /** Parts of a concat along its first axis are computed in place, where they have no other. */
  #joinConcats(): void {
    const { graph, fused } = { graph: this.#graph, fused: this.#question.fused };
    graph.nodes.forEach((node, id) => {
      if (node.form !== 'concat' || node.type.outer.length === 0 || fused.has(id)) return;
      const shape = boundShape(graph, id);
      if (entriesOf(shape.slice(0, node.axis)) !== 1 || node.type.element === 'index') return;
      let offset = 0;
      for (const operand of node.operands) {
        const part = graph.nodes[operand]!;
        const computed = isEntryByEntry(graph, operand) || part.form === 'contract' || part.form === 'reduce';
        const free =
          computed &&
          node.operands.indexOf(operand) === node.operands.lastIndexOf(operand) &&
          !this.#question.views.isVirtual(operand) &&
          !fused.has(operand) &&
          rowReadOf(graph, operand) === undefined &&
          this.#phase[operand] === this.#phase[id] &&
          part.type.outer.length === node.type.outer.length &&
          !this.#results.has(operand) &&
          !this.#joined.has(operand);
        if (free) this.#joined.set(operand, { concat: id, offset });
        offset += entriesOf(boundShape(graph, operand));
      }
    });
  }

  #prepare(): void {
    this.#graph.nodes.forEach((node, id) => {
      if (this.#phase[id] !== 'prepare' || this.#isRead(id) || node.form === 'leaf' || node.form === 'fill')
        return;
      if (this.#liesInParameters(id)) return;
      this.#before.prepare.push(this.#once(id));
    });
    for (const state of this.#graph.states) {
      this.#before.start.push({
        kind: 'copy',
        from: state.start,
        to: { ...this.#places.get(state.previous)!, stepStride: 0 },
        over: 'example',
        why: `start of ${state.name}`,
      });
    }
  }

  /** A node that whoever needs it reads through or computes. */
  #isRead(id: NodeId): boolean {
    return this.#question.views.isVirtual(id) || this.#question.fused.has(id);
  }

  #once(id: NodeId): Kernel {
    if (isEntryByEntry(this.#graph, id)) return { kind: 'group', nodes: [id], over: 'once' };
    return kernelOf(this.#graph, id, 'once')!;
  }

  /** A concat of parameters that stand side by side is a part of the parameters' buffer. */
  #liesInParameters(id: NodeId): boolean {
    const node = this.#graph.nodes[id]!;
    if (node.form !== 'concat' || entriesOf(boundShape(this.#graph, id).slice(0, node.axis)) !== 1)
      return false;
    const starts = this.#outside.startsOfParameters;
    const first = starts.get(node.operands[0]!);
    if (first === undefined) return false;
    let start = first;
    for (const operand of node.operands) {
      if (starts.get(operand) !== start) return false;
      start += entriesOf(boundShape(this.#graph, operand));
    }
    this.#places.set(id, { buffer: bufferNames.parameters, offset: first, stepStride: 0, rowStride: 0 });
    return true;
  }

  #sweep(sweep: 'forward' | 'backward'): void {
    const graph = this.#graph;
    const levels = levelsOf(graph, this.#phase, sweep, {
      isHeavy: (id) => this.#isHeavy(id) && this.#choices.mayHoist(id),
      maySink: (id) => !this.#isHeavy(id) && this.#choices.maySink(id),
    });
    const byLevel = new Map<number, NodeId[]>();
    const put = (id: NodeId, level: number) => {
      const list = byLevel.get(level);
      if (list === undefined) byLevel.set(level, [id]);
      else list.push(id);
    };
    for (const [id, level] of [...levels].sort(([a], [b]) => a - b)) {
      const { form } = graph.nodes[id]!;
      if (form !== 'leaf' && form !== 'fill' && !this.#isRead(id)) put(id, level);
    }
    const carried = carriedBetween(graph, sweep);
    if (sweep === 'backward') {
      graph.nodes.forEach((node, id) => {
        if (node.form !== 'total' || graph.nodes[node.operand]!.type.outer.length < 2) return;
        const reads = this.#reads[id]!;
        const latest = Math.max(0, ...reads.map((read) => levels.get(read) ?? 0));
        const stays = latest % 2 === 0 || !this.#choices.mayHoist(id);
        put(id, stays ? latest : latest + 1);
        this.#before.backward.push({ kind: 'clear', total: id, over: 'once' });
      });
    }
    // What is carried is copied at the end of a stage, so there must be one.
    for (const id of carried.keys()) {
      const level = levels.get(id);
      if (level !== undefined && level % 2 === 1 && !byLevel.has(level)) byLevel.set(level, []);
    }
    this.#levels.set(sweep, levels);
    const inOrder = [...byLevel].sort(([a], [b]) => a - b);
    this.#stages[sweep] = inOrder.map(([level, ids]) => ({
      level,
      kernels: [...kernelsOf(this.#question, ids, this.#reads, (concat) => this.#parts(concat))],
    }));
  }

  readonly #levels = new Map<'forward' | 'backward', ReadonlyMap<NodeId, number>>();

  /** A product of something shared with something per step: cheaper for many steps at once. */
  #isHeavy(id: NodeId): boolean {
    const { graph } = { graph: this.#graph };
    const node = graph.nodes[id]!;
    if (node.form !== 'contract' || isEntryByEntry(graph, id) || this.#question.fused.has(id)) return false;
    const isShared = (operand: NodeId) => graph.nodes[operand]!.type.outer.length === 0;
    return (isShared(node.left) || isShared(node.right)) && rowReadOf(graph, id) === undefined;
  }

  /** Copies of a concat's parts that are not computed in place. Their places are known later. */
  #parts(concat: NodeId): readonly Kernel[] {
    const node = this.#graph.nodes[concat]!;
    invariant(node.form === 'concat', 'not a concat');
    if (node.operands.some((operand) => this.#joined.get(operand)?.concat === concat)) {
      let offset = 0;
      return node.operands.flatMap((operand): Kernel[] => {
        const start = offset;
        offset += entriesOf(boundShape(this.#graph, operand));
        if (this.#joined.get(operand)?.concat === concat) return [];
        return [{ kind: 'part', from: operand, concat, offset: start, over: 'step' }];
      });
    }
    return [{ kind: 'compute', node: concat, over: 'step' }];
  }

  #finishKernels(): void {
    this.#graph.nodes.forEach((node, id) => {
      if (this.#phase[id] !== 'finish' || this.#isRead(id) || node.form === 'leaf') return;
      const { finish } = this.#before;
      if (node.form === 'total') {
        if (this.#graph.nodes[node.operand]!.type.outer.length === 2) return;
        finish.push(
          { kind: 'clear', total: id, over: 'once' },
          { kind: 'accumulate', total: id, over: 'example' },
        );
      } else if (node.type.outer.length === 0) finish.push(this.#once(id));
      else finish.push({ kind: 'compute', node: id, over: 'example' });
    });
  }

  /** Whether the place of a node is still to be decided, and by whoever comes first. */
  #isFree(id: NodeId, phase: string): boolean {
    const node = this.#graph.nodes[id]!;
    return (
      !this.#places.has(id) &&
      !this.#joined.has(id) &&
      !this.#isRead(id) &&
      node.form !== 'leaf' &&
      node.form !== 'fill' &&
      node.form !== 'concat' &&
      this.#phase[id] === phase
    );
  }

  /** A node without a place lives in `place`; any other is copied there at the end of its stage. */
  #settle(id: NodeId, place: Place, sweep: 'forward' | 'backward', why: string, level?: number): void {
    if (this.#isFree(id, sweep)) this.#places.set(id, place);
    else this.#copyAtEnd({ kind: 'copy', from: id, to: place, over: 'step', why }, id, sweep, level);
  }

  #copyAtEnd(kernel: Kernel, id: NodeId, sweep: 'forward' | 'backward', level?: number): void {
    const stages = this.#stages[sweep];
    const wanted = level ?? this.#levels.get(sweep)!.get(this.#question.views.base[id]!) ?? 0;
    let stage = stages.find((draft) => draft.level === wanted);
    if (stage === undefined) {
      stage = { level: wanted, kernels: [] };
      stages.push(stage);
      stages.sort((a, b) => a.level - b.level);
    }
    stage.kernels.push(kernel);
  }

  #settleForward(): void {
    const graph = this.#graph;
    const outside = this.#outside;
    for (const state of graph.states) {
      const place = this.#places.get(state.previous)!;
      const next = { ...place, offset: place.stepStride };
      const cyclic = this.#levels.get('forward')!.get(state.previous) ?? 0;
      const own = this.#levels.get('forward')!.get(this.#question.views.base[state.next]!);
      // A value known ahead that feeds a state in a loop is copied in that loop.
      const level = own === undefined && cyclic % 2 === 1 ? cyclic : undefined;
      this.#settle(state.next, next, 'forward', `new ${state.name}`, level);
    }
    const slots = new Map(graph.states.map(({ name }) => [bufferNames.state(name), name]));
    for (const { name, node } of graph.outputs) {
      const place = this.#places.get(node);
      const isNewState = place !== undefined && slots.has(place.buffer) && graph.nodes[node]!.form !== 'leaf';
      if (isNewState) {
        const length = place.stepStride * this.#options.window;
        this.#memory.view(bufferNames.output(name), place.buffer, place.offset, length);
      } else {
        const to = outside.allocate(bufferNames.output(name), node, outside.perStep);
        this.#settle(node, to, 'forward', `output ${name}`);
      }
    }
    if (graph.loss !== undefined) {
      const to = outside.allocate(bufferNames.loss, graph.loss, outside.perStep);
      this.#settle(graph.loss, to, 'forward', 'loss');
    }
  }

  #settleBackward(graph: TrainingGraph): void {
    const outside = this.#outside;
    const { adjoint } = graph;
    for (const { name, node } of adjoint.inputs) {
      const input = [...graph.inputs, ...graph.targets].find((i) => i.name === name)!;
      const to = outside.allocate(bufferNames.inputCotangent(name), input.node, outside.perStep);
      this.#settle(node, to, 'backward', `cotangent of ${name}`);
    }
    this.#settleGradients(graph);
    const asides: { name: string; aside: Place; arriving: NodeId; level: number }[] = [];
    // Those that must be copied first: their copies may read what has arrived at others.
    const inOrder = [...adjoint.states].sort(
      (a, b) => Number(this.#isFree(a.leaving, 'backward')) - Number(this.#isFree(b.leaving, 'backward')),
    );
    for (const { name, arriving, leaving } of inOrder) {
      const level = this.#levels.get('backward')!.get(arriving)!;
      if (this.#mayLeaveInPlace(arriving, leaving, level)) {
        this.#places.set(leaving, this.#places.get(arriving)!);
        continue;
      }
      const aside = outside.allocate(`leaving.${name}`, arriving, { slots: 0, rows: true });
      this.#copyAtEnd(
        { kind: 'copy', from: leaving, to: aside, over: 'step', why: `what leaves ${name}_prev` },
        leaving,
        'backward',
        level,
      );
      asides.push({ name, aside, arriving, level });
    }
    for (const { name, aside, arriving, level } of asides) {
      const to = this.#places.get(arriving)!;
      const entries = outside.entries(arriving);
      this.#copyAtEnd(
        { kind: 'move', from: aside, to, entries, over: 'step', why: `arrives at ${name}` },
        arriving,
        'backward',
        level,
      );
    }
  }

  /** Gradients are totalled where they are wanted, where nothing else happens to them. */
  #settleGradients(graph: TrainingGraph): void {
    const { views } = this.#question;
    const starts = this.#outside.startsOfGradients;
    const wanted = graph.adjoint.gradients.map(({ name, node }) => ({
      name,
      node,
      start: starts.get(name)!,
    }));
    const gradientPlace = (start: number): Place => ({
      buffer: bufferNames.gradients,
      offset: start,
      stepStride: 0,
      rowStride: 0,
    });
    const isFreeTotal = (id: NodeId) =>
      graph.nodes[id]!.form === 'total' && !this.#places.has(id) && !this.#isRead(id);
    const bySource = new Map<NodeId, typeof wanted>();
    for (const gradient of wanted) {
      const base = views.base[gradient.node]!;
      const list = bySource.get(base);
      if (list === undefined) bySource.set(base, [gradient]);
      else list.push(gradient);
    }
    for (const [base, parts] of bySource) {
      if (!isFreeTotal(base)) continue;
      const places = new Map([[base, gradientPlace(0)]]);
      const offsets = parts.map(({ node, start }) => {
        const access = accessOf(graph, places, node);
        const lies = access.kind === 'place' && isRowMajor(boundShape(graph, node), access.strides);
        return lies ? start - access.offset : Number.NaN;
      });
      const covered = parts.reduce((sum, { node }) => sum + this.#outside.entries(node), 0);
      const fits =
        offsets.every((offset) => offset === offsets[0]) && covered === this.#outside.entries(base);
      if (fits) this.#places.set(base, gradientPlace(offsets[0]!));
    }
    for (const { name, node, start } of wanted) {
      const base = views.base[node]!;
      const inPlace =
        this.#places.get(base)?.buffer === bufferNames.gradients && bySource.get(base)!.length > 0;
      const settled =
        inPlace &&
        bySource.get(base)!.some((part) => part.name === name) &&
        this.#totalLiesAt(base, node, start);
      if (settled) continue;
      const to = gradientPlace(start);
      if (this.#isFree(node, 'finish') && graph.nodes[node]!.type.outer.length === 0)
        this.#places.set(node, to);
      else
        this.#before.finish.push({ kind: 'copy', from: node, to, over: 'once', why: `gradient of ${name}` });
    }
  }

  #totalLiesAt(base: NodeId, node: NodeId, start: number): boolean {
    const access = accessOf(this.#graph, this.#places, node);
    return (
      access.kind === 'place' &&
      access.place.buffer === bufferNames.gradients &&
      access.place.offset + access.offset === start &&
      base >= 0
    );
  }

  /** Whether nobody reads what arrived after what leaves has been written over it. */
  #mayLeaveInPlace(arriving: NodeId, leaving: NodeId, level: number): boolean {
    if (!this.#isFree(leaving, 'backward')) return false;
    if (this.#levels.get('backward')!.get(leaving) !== level) return false;
    const stages = this.#stages.backward;
    const stage = stages.findIndex((draft) => draft.level === level);
    const { kernels } = stages[stage]!;
    const writer = kernels.findIndex((kernel) => this.#writes(kernel).includes(leaving));
    if (writer < 0) return false;
    const readsIt = (kernel: Kernel, id: NodeId) => this.#readBy(kernel).includes(id);
    // One place for all steps: a later stage would find the last step's only.
    if (stages.some((other, i) => i !== stage && other.kernels.some((k) => readsIt(k, leaving))))
      return false;
    return kernels.every((kernel, i) => {
      if (i < writer || !readsIt(kernel, arriving)) return true;
      if (i > writer || kernel.kind !== 'group') return false;
      return kernel.nodes.every((id) => {
        const node = this.#graph.nodes[id]!;
        const operands = node.form === 'map' || node.form === 'sum' ? node.operands : [];
        const reads = this.#reads[id]!.includes(arriving);
        return (
          !reads ||
          (operands.includes(arriving) &&
            operands.every((o) => this.#question.views.base[o] !== arriving || o === arriving))
        );
      });
    });
  }

  /** Nodes that a kernel computes. */
  #writes(kernel: Kernel): readonly NodeId[] {
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
      case 'part':
        return [kernel.concat];
      default:
        return [];
    }
  }

  /** Nodes that a kernel reads and does not compute itself. */
  #readBy(kernel: Kernel): readonly NodeId[] {
    switch (kernel.kind) {
      case 'compute':
      case 'product':
      case 'reduce':
        return this.#reads[kernel.node]!;
      case 'group':
        return kernel.nodes.flatMap((id) => this.#reads[id]!.filter((read) => !kernel.nodes.includes(read)));
      case 'accumulate':
      case 'total': {
        const row = rowAddOf(this.#graph, kernel.total);
        return row === undefined
          ? this.#reads[kernel.total]!
          : [row.index, row.value].map((id) => this.#question.views.base[id]!);
      }
      case 'copy':
      case 'part':
        return [this.#question.views.base[kernel.from]!];
      default:
        return [];
    }
  }

  /** Every kernel in the order of a whole update. */
  *#inOrder(): Generator<{
    readonly kernel: Kernel;
    readonly position: Position;
    readonly over: Stage['over'] | 'once';
  }> {
    let at = 0;
    for (const procedure of procedureNames) {
      for (const kernel of this.#before[procedure])
        yield { kernel, position: { procedure, stage: -1, at: at++ }, over: 'once' };
      for (const [stage, { level, kernels }] of this.#stages[procedure].entries()) {
        for (const kernel of kernels)
          yield { kernel, position: { procedure, stage, at: at++ }, over: level % 2 === 1 ? 'step' : 'slab' };
      }
    }
  }

  /** How long a value must be kept: in registers, for a step, for a slab, or for the whole window. */
  #storageOfAll(): ReadonlyMap<NodeId, Storage> {
    const storage = new Map<NodeId, Storage>();
    const made = new Map<NodeId, Position & { over: string }>();
    const need = (id: NodeId, wanted: Storage) => {
      const known = storage.get(id) ?? 'register';
      if (storageOrder.indexOf(wanted) > storageOrder.indexOf(known)) storage.set(id, wanted);
    };
    for (const { kernel, position, over } of this.#inOrder()) {
      for (const id of this.#writes(kernel)) {
        const joined = this.#joined.get(id)?.concat;
        made.set(id, { ...position, over });
        if (joined !== undefined) {
          need(id, 'step');
          const first = made.get(joined);
          // The parts of one concat may be made in several stages.
          if (first !== undefined && first.stage !== position.stage) need(joined, 'slab');
          made.set(joined, { ...position, over });
          if (over === 'slab') need(joined, 'slab');
        }
        if (kernel.kind !== 'group' && kernel.kind !== 'total') need(id, over === 'slab' ? 'slab' : 'step');
        if (over === 'slab' && kernel.kind === 'group' && this.#results.has(id)) need(id, 'slab');
      }
      for (const id of this.#readBy(kernel)) {
        const source = made.get(id);
        if (source === undefined) continue;
        if (source.procedure !== position.procedure)
          need(id, source.procedure === 'forward' ? 'window' : 'step');
        else if (source.stage !== position.stage || source.over === 'slab') need(id, 'slab');
        else need(id, 'step');
      }
    }
    for (const [id, { concat }] of this.#joined) {
      const own = storage.get(id);
      if (own !== undefined) need(concat, own);
    }
    return storage;
  }

  #slab(storage: ReadonlyMap<NodeId, Storage>): number {
    const { batch, window } = this.#options;
    const stages = [...this.#stages.forward, ...this.#stages.backward];
    const manySteps = stages.some(({ level, kernels }) => level % 2 === 0 && kernels.length > 0);
    if (!manySteps) return 1;
    let bytesPerStep = 0;
    for (const [id, kept] of storage) {
      if (kept === 'slab' && !this.#places.has(id) && !this.#joined.has(id))
        bytesPerStep += 4 * batch * this.#outside.entries(id);
    }
    return Math.min(window, this.#choices.slab ?? slabOf({ batch, window, bytesPerStep }));
  }

  #allocate(storage: ReadonlyMap<NodeId, Storage>, slab: number): void {
    const { batch, window } = this.#options;
    const lives = this.#lifetimes();
    for (const [id, kept] of storage) {
      if (this.#places.has(id) || this.#joined.has(id) || kept === 'register') continue;
      const phase = this.#phase[id]!;
      const rows = this.#graph.nodes[id]!.type.outer.length > 0;
      const perStep = this.#graph.nodes[id]!.type.outer.length === 2;
      if (!perStep || phase === 'prepare' || kept === 'window') {
        const name = kept === 'window' ? `tape.${id}` : `value.${id}`;
        this.#places.set(
          id,
          this.#outside.allocate(name, id, { slots: kept === 'window' && perStep ? window : 0, rows }),
        );
        continue;
      }
      const row = this.#outside.entries(id);
      const steps = kept === 'slab' ? slab : 1;
      const name = `${kept === 'slab' ? 'slab' : 'value'}.${id}`;
      this.#memory.scratch(name, steps * batch * row, this.#outside.lanes(id), lives.get(id)!);
      const place = {
        buffer: name,
        offset: 0,
        stepStride: kept === 'slab' ? batch * row : 0,
        rowStride: row,
      };
      this.#places.set(id, kept === 'slab' ? { ...place, inSlab: true } : place);
    }
    for (const [id, { concat, offset }] of this.#joined) {
      const place = this.#places.get(concat);
      invariant(place !== undefined, `the concat %${concat} has no place`);
      this.#places.set(id, { ...place, offset: place.offset + offset });
    }
    this.#placeParts();
  }

  /** Copies of concats' parts, now that it is known where these lie. */
  #placeParts(): void {
    for (const procedure of procedureNames) {
      for (const { kernels } of this.#stages[procedure]) {
        kernels.forEach((kernel, i) => {
          if (kernel.kind !== 'part') return;
          const place = this.#places.get(kernel.concat)!;
          const to = { ...place, offset: place.offset + kernel.offset };
          kernels[i] = {
            kind: 'copy',
            from: kernel.from,
            to,
            over: 'step',
            why: `part of %${kernel.concat}`,
          };
        });
      }
    }
  }

  /** From the first kernel that writes a value to the last that reads it; loops around either are counted whole. */
  #lifetimes(): ReadonlyMap<NodeId, Lifetime> {
    const lives = new Map<NodeId, Lifetime>();
    const ends = new Map<string, Lifetime>();
    const key = ({ procedure, stage }: Position) => `${procedure} ${stage}`;
    const made = new Map<NodeId, Position>();
    const all = [...this.#inOrder()];
    for (const { position } of all) {
      const known = ends.get(key(position));
      ends.set(key(position), { first: known?.first ?? position.at, last: position.at });
    }
    const extend = (id: NodeId, first: number, last: number) => {
      const known = lives.get(id);
      lives.set(id, {
        first: Math.min(known?.first ?? first, first),
        last: Math.max(known?.last ?? last, last),
      });
    };
    const touch = (id: NodeId, position: Position) => {
      const target = this.#joined.get(id)?.concat ?? id;
      const before = made.get(target);
      if (before === undefined) made.set(target, position);
      if (before === undefined || key(before) === key(position))
        return extend(target, position.at, position.at);
      const own = ends.get(key(position))!;
      const source = ends.get(key(before))!;
      extend(target, Math.min(own.first, source.first), Math.max(own.last, source.last));
    };
    for (const { kernel, position } of all) {
      for (const id of this.#writes(kernel)) touch(id, position);
      for (const id of this.#readBy(kernel))
        if (made.has(this.#joined.get(id)?.concat ?? id)) touch(id, position);
    }
    return lives;
  }

  /** Shared operands of products go into panels, once per update. */
  #pack(slab: number): void {
    for (const procedure of ['forward', 'backward'] as const) {
      for (const { level, kernels } of this.#stages[procedure]) {
        const rows = this.#options.batch * (level % 2 === 0 ? slab : 1);
        const columns = columnsOfTile(rows, this.#options.block);
        kernels.forEach((kernel, i) => {
          if (kernel.kind !== 'product' || !this.#choices.mayPack(kernel.node)) return;
          const panels = panelsOf(this.#graph, kernel.node, columns);
          if (panels === undefined) return;
          const packed = { buffer: `packed.${kernel.node}`, side: panels.side, columns };
          const perPanelLane = panels.length / (panels.panels * panels.width);
          this.#memory.add(packed.buffer, perPanelLane * (panels.laneExtent + widestPanel - 1));
          this.#packs.push({ kind: 'pack', node: kernel.node, packed, over: 'once' });
          kernels[i] = { ...kernel, packed };
        });
      }
    }
    this.#before.prepare.push(...this.#packs);
  }
}

/** Whether all users of a view can read with any strides. */
function stridedReaders(graph: StepGraph): (view: NodeId) => boolean {
  const wantRows = new Set<NodeId>();
  graph.nodes.forEach((node) => {
    if (node.form === 'reshape' || node.form === 'running' || node.form === 'pad' || node.form === 'oneHot')
      wantRows.add(node.operand);
    if (node.form === 'concat') for (const operand of node.operands) wantRows.add(operand);
  });
  return (view) => !wantRows.has(view);
}

export type { Extent };
