import type { Bound } from '../../graph/bind.ts';
import type { NodeId, StepGraph, TrainingGraph } from '../../graph/graph.ts';
import { type Phase, phasesOf } from '../../graph/phase.ts';
import { resultsOf } from '../../graph/results.ts';
import { Views } from '../access.ts';
import { fusedNodes, rowAddOf } from '../fusion.ts';
import { type KernelGraph, readsOf } from '../kernels.ts';
import { Allocator } from '../memory.ts';
import { Outside } from '../outside.ts';
import { type Kernel, type Place, type ProcedureName, procedureNames, type Stage } from '../plan.ts';
import { copyArriving } from './arriving.ts';
import type { Choices, ChosenPlanOptions } from './choices.ts';

/** A stage while kernels are still added; levels.ts says what its level means. */
export interface StageDraft {
  readonly level: number;
  readonly kernels: Kernel[];
}

/** Where a kernel stands in the order of a whole update. */
export interface Position {
  readonly procedure: ProcedureName;
  /** -1: before the stages. */
  readonly stage: number;
  readonly at: number;
}

const perProcedure = <T>(): Record<ProcedureName, T[]> => ({
  prepare: [],
  start: [],
  forward: [],
  backward: [],
  finish: [],
});

/** A plan in the making: what has been decided so far, and questions about it. */
export class Draft {
  readonly bound: Bound<StepGraph | TrainingGraph>;
  readonly graph: StepGraph | TrainingGraph;
  readonly options: ChosenPlanOptions;
  readonly choices: Choices;
  readonly memory = new Allocator();
  readonly outside: Outside;
  readonly places: Map<NodeId, Place>;
  readonly phase: readonly Phase[];
  readonly results: ReadonlySet<NodeId>;
  readonly question: KernelGraph;
  /** By node, what computing it reads. */
  readonly reads: readonly (readonly NodeId[])[];
  /** Parts of a concat that are computed straight into it. */
  readonly joined = new Map<NodeId, { readonly concat: NodeId; readonly offset: number }>();
  readonly before = perProcedure<Kernel>();
  readonly stages = perProcedure<StageDraft>();
  readonly levels = new Map<'forward' | 'backward', ReadonlyMap<NodeId, number>>();

  constructor(bound: Bound<StepGraph | TrainingGraph>, options: ChosenPlanOptions, choices: Choices) {
    const graph = copyArriving(bound.graph);
    this.bound = { ...bound, graph };
    this.graph = graph;
    this.options = options;
    this.choices = choices;
    this.outside = new Outside(graph, this.memory, options.batch, options.window);
    this.places = this.outside.places;
    this.phase = phasesOf(graph);
    this.results = new Set(resultsOf(graph));
    const isResult = (id: NodeId) => this.results.has(id);
    const fused = fusedNodes(graph, isResult);
    const views = new Views(graph, (id) => isResult(id) && !this.isGradient(id), stridedReaders(graph));
    this.question = { graph, views, fused, mayFuse: choices.mayFuse };
    this.reads = readsOf(this.question);
  }

  /** Whether a node is the gradient of a parameter. */
  isGradient(id: NodeId): boolean {
    return 'adjoint' in this.graph && this.graph.adjoint.gradients.some(({ node }) => node === id);
  }

  /** A node that whoever needs it reads through or computes. */
  isRead(id: NodeId): boolean {
    return this.question.views.isVirtual(id) || this.question.fused.has(id);
  }

  /** Whether the place of a node is still to be decided, and by whoever comes first. */
  isFree(id: NodeId, phase: string): boolean {
    const node = this.graph.nodes[id]!;
    return (
      !this.places.has(id) &&
      !this.joined.has(id) &&
      !this.isRead(id) &&
      node.form !== 'leaf' &&
      node.form !== 'fill' &&
      node.form !== 'concat' &&
      this.phase[id] === phase
    );
  }

  /** A node without a place lives in `place`; any other is copied there at the end of its stage. */
  settle(id: NodeId, place: Place, sweep: 'forward' | 'backward', why: string, level?: number): void {
    if (this.isFree(id, sweep)) this.places.set(id, place);
    else this.copyAtEnd({ kind: 'copy', from: id, to: place, over: 'step', why }, id, sweep, level);
  }

  /** @param level  of the stage; by default that of the node */
  copyAtEnd(kernel: Kernel, id: NodeId, sweep: 'forward' | 'backward', level?: number): void {
    const stages = this.stages[sweep];
    const wanted = level ?? this.levels.get(sweep)!.get(this.question.views.base[id]!) ?? 0;
    let stage = stages.find((draft) => draft.level === wanted);
    if (stage === undefined) {
      stage = { level: wanted, kernels: [] };
      stages.push(stage);
      stages.sort((a, b) => a.level - b.level);
    }
    stage.kernels.push(kernel);
  }

  /** Nodes that a kernel computes. */
  writes(kernel: Kernel): readonly NodeId[] {
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
  readBy(kernel: Kernel): readonly NodeId[] {
    switch (kernel.kind) {
      case 'compute':
      case 'product':
      case 'reduce':
        return this.reads[kernel.node]!;
      case 'group':
        return kernel.nodes.flatMap((id) => this.reads[id]!.filter((read) => !kernel.nodes.includes(read)));
      case 'accumulate':
      case 'total': {
        const row = rowAddOf(this.graph, kernel.total);
        return row === undefined
          ? this.reads[kernel.total]!
          : [row.index, row.value].map((id) => this.question.views.base[id]!);
      }
      case 'copy':
      case 'part':
        return [this.question.views.base[kernel.from]!];
      default:
        return [];
    }
  }

  /** Every kernel in the order of a whole update. */
  *inOrder(): Generator<{
    readonly kernel: Kernel;
    readonly position: Position;
    readonly over: Stage['over'] | 'once';
  }> {
    let at = 0;
    for (const procedure of procedureNames) {
      for (const kernel of this.before[procedure])
        yield { kernel, position: { procedure, stage: -1, at: at++ }, over: 'once' };
      for (const [stage, { level, kernels }] of this.stages[procedure].entries()) {
        for (const kernel of kernels)
          yield { kernel, position: { procedure, stage, at: at++ }, over: level % 2 === 1 ? 'step' : 'slab' };
      }
    }
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
