import { boundShape, entriesOf } from '../graph/bind.ts';
import type { NamedNode, NodeId, StateNodes, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { sharedSlots } from './lags.ts';
import type { Allocator } from './memory.ts';
import { bufferNames, type Place } from './plan.ts';

/*
 * What the outside world reads and writes: the same for every plan. Learned parameters lie side by side without gaps, the
 * frozen ones after them; gradients likewise in the same order.
 */

/** How values of one kind lie in a buffer: [slots, batch, ...shape], without the axes that do not apply. */
export interface Layout {
  /** 0: no axis of steps. */
  readonly slots: number;
  readonly rows: boolean;
}

export class Outside {
  readonly places = new Map<NodeId, Place>();
  /** Where each parameter's gradient begins in the buffer of all gradients, in lanes. */
  readonly startsOfGradients = new Map<string, number>();
  readonly #startsOfParameters = new Map<NodeId, number>();
  readonly #graph: StepGraph | TrainingGraph;
  readonly #memory: Allocator;
  readonly #batch: number;
  readonly #window: number;

  constructor(graph: StepGraph | TrainingGraph, memory: Allocator, batch: number, window: number) {
    this.#graph = graph;
    this.#memory = memory;
    this.#batch = batch;
    this.#window = window;
    memory.add(bufferNames.stepCounter, batch, 'i32');
    memory.add(bufferNames.sequenceNumber, batch, 'i32');
    this.#parameters();
    this.#inputs();
    if ('adjoint' in graph) this.#cotangents(graph);
  }

  /** A new buffer for values of the size of node `of`. */
  allocate(name: string, of: NodeId, { slots, rows }: Layout): Place {
    const place = this.layout(name, of, { slots, rows });
    const slot = this.entries(of) * (rows ? this.#batch : 1);
    this.#memory.add(name, slot * Math.max(slots, 1), this.lanes(of));
    return place;
  }

  layout(buffer: string, of: NodeId, { slots, rows }: Layout): Place {
    const row = this.entries(of);
    const slot = rows ? row * this.#batch : row;
    return { buffer, offset: 0, stepStride: slots > 0 ? slot : 0, rowStride: rows ? row : 0 };
  }

  entries(id: NodeId): number {
    return entriesOf(boundShape(this.#graph, id));
  }

  lanes(id: NodeId): 'i32' | 'f32' {
    return this.#graph.nodes[id]!.type.element === 'index' ? 'i32' : 'f32';
  }

  /** Where each parameter begins in the buffer of all parameters, in lanes. */
  get startsOfParameters(): ReadonlyMap<NodeId, number> {
    return this.#startsOfParameters;
  }

  /** As the value of a node lies, all steps of the window side by side. */
  layoutOf(id: NodeId): Layout {
    const { outer } = this.#graph.nodes[id]!.type;
    return { slots: outer.length === 2 ? this.#window : 0, rows: outer.length > 0 };
  }

  get perStep(): Layout {
    return { slots: this.#window, rows: true };
  }

  #parameters(): void {
    const { parameters } = this.#graph;
    const learned = new Set(
      'adjoint' in this.#graph ? this.#graph.adjoint.gradients.map(({ name }) => name) : [],
    );
    const inOrder = [...parameters].sort((a, b) => Number(learned.has(b.name)) - Number(learned.has(a.name)));
    this.#block(bufferNames.parameters, bufferNames.parameter, inOrder, this.places);
    const gradients = inOrder.filter(({ name }) => learned.has(name));
    this.#block(bufferNames.gradients, bufferNames.gradient, gradients, new Map());
    if (gradients.length > 0) {
      const learnedEntries = gradients.reduce((sum, { node }) => sum + this.entries(node), 0);
      this.#memory.add(bufferNames.optimiserState, 4 * learnedEntries);
    }
    this.#graph.nodes.forEach((node, id) => {
      if (node.form !== 'leaf') return;
      const once = { slots: 0, rows: false };
      if (node.role === 'constant')
        this.places.set(id, this.allocate(bufferNames.constant(node.name), id, once));
      if (node.role === 'noise') {
        const layout = node.type.outer.length === 0 ? once : this.perStep;
        this.places.set(id, this.allocate(bufferNames.noise(node.name), id, layout));
      }
    });
  }

  /** One buffer for all, and a view of it for each. */
  #block(
    whole: string,
    nameOf: (name: string) => string,
    members: readonly NamedNode[],
    places: Map<NodeId, Place>,
  ): void {
    if (members.length === 0) return;
    this.#memory.add(
      whole,
      members.reduce((sum, { node }) => sum + Math.max(1, this.entries(node)), 0),
    );
    let start = 0;
    for (const { name, node } of members) {
      const entries = Math.max(1, this.entries(node));
      this.#memory.view(nameOf(name), whole, start, entries);
      if (whole === bufferNames.gradients) this.startsOfGradients.set(name, start);
      else this.#startsOfParameters.set(node, start);
      places.set(node, this.layout(nameOf(name), node, { slots: 0, rows: false }));
      start += entries;
    }
  }

  #inputs(): void {
    const { inputs, targets, entries, rows = [] } = this.#graph;
    for (const { name, node } of [...inputs, ...targets, ...rows])
      this.places.set(node, this.allocate(bufferNames.input(name), node, this.layoutOf(node)));
    for (const { name, node } of entries)
      this.places.set(node, this.allocate(bufferNames.entries(name), node, this.layoutOf(node)));
    for (const group of sharedSlots(this.#graph)) this.#slots(group);
  }

  /** window + 1 slots; slot t is the value before step t. What lags behind has its slots one before. */
  #slots(group: readonly StateNodes[]): void {
    const layout = { slots: this.#window + 1, rows: true };
    const [{ name: leader, previous: of }] = group as readonly [StateNodes];
    if (group.length === 1) {
      this.places.set(of, this.allocate(bufferNames.state(leader), of, layout));
      return;
    }
    const whole = bufferNames.lagged(leader);
    const slot = this.entries(of) * this.#batch;
    this.#memory.add(whole, slot * (this.#window + group.length), this.lanes(of));
    group.forEach(({ name, previous }, lag) => {
      const buffer = bufferNames.state(name);
      this.#memory.view(buffer, whole, slot * (group.length - 1 - lag), slot * layout.slots);
      this.places.set(previous, this.layout(buffer, previous, layout));
    });
  }

  #cotangents({ adjoint }: TrainingGraph): void {
    for (const { name, node } of adjoint.outputCotangents)
      this.places.set(node, this.allocate(bufferNames.outputCotangent(name), node, this.perStep));
    if (adjoint.lossCotangent !== undefined) {
      const place = this.allocate(bufferNames.lossCotangent, adjoint.lossCotangent, this.perStep);
      this.places.set(adjoint.lossCotangent, place);
    }
    const perRow = { slots: 0, rows: true };
    for (const { name, arriving, startArriving } of adjoint.states) {
      this.places.set(arriving, this.allocate(bufferNames.stateCotangent(name), arriving, perRow));
      this.places.set(startArriving, this.allocate(bufferNames.startCotangent(name), startArriving, perRow));
    }
  }
}
