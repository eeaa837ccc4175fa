import { differentiate } from '../autodiff/differentiate.ts';
import { namesOf } from '../cell/dim.ts';
import { GraphBuilder } from '../graph/build.ts';
import type { GraphNode, LeafRole, NamedNode, NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { invariant } from '../support/invariant.ts';
import { type ArrayCall, findArrayCalls } from './arrayCalls.ts';
import type { DerivedEquations, Equation } from './equations.ts';
import type { Formula, Quantity, QuantityRole } from './formula.ts';
import { namePreActivations } from './preActivations.ts';
import { refuseUnprinted } from './refusals.ts';
import { rewriteSoftmaxGradients } from './softmaxGradients.ts';
import { chooseTemporaries, inOrder } from './temporaries.ts';
import { moveTotalsOut } from './totals.ts';
import { type Page, Writer } from './write.ts';

/**
 * The equations of one step and those of its backward sweep, as a person would write them. Where the cell has a loss,
 * that is what is differentiated; else what arrives at each output from outside.
 *
 * @param frozen  parameters that want no gradient
 * @throws CompileError where something is given once per sequence, or over a size
 */
export function derive(graph: StepGraph, frozen: ReadonlySet<string> = new Set()): DerivedEquations {
  refuseUnprinted(graph);
  const taken = userNames(graph);
  const builder = new GraphBuilder({ span: graph.nodes[0]!.origin.span, sweep: 'adjoint' }, graph.nodes);
  const arrayCalls = findArrayCalls(builder, graph);
  const values = namedValues(graph, arrayCalls, taken);
  const training = differentiated(graph, values, arrayCalls, frozen);
  return new Derivation(training, values, arrayCalls, taken).equations();
}

/** Values of equations, outputs and loss that are written out themselves, and pre-activations; in dependency order. */
function namedValues(
  graph: StepGraph,
  arrayCalls: ReadonlyMap<NodeId, ArrayCall>,
  taken: ReadonlySet<string>,
): readonly NamedNode[] {
  const known = new Set(graph.values.map(({ name }) => name));
  const named = [
    ...graph.values,
    ...graph.outputs.filter(({ name }) => !known.has(name) && !isLeafOf(graph, name)),
    ...(graph.loss === undefined ? [] : [{ name: 'loss', node: graph.loss }]),
  ];
  const preActivations = namePreActivations(graph, named, arrayCalls, (name) => !taken.has(name));
  return [...named, ...preActivations].sort((a, b) => a.node - b.node);
}

/** `output x` of an input, or of a parameter, defines nothing. */
const isLeafOf = (graph: StepGraph, name: string): boolean =>
  graph.nodes.some((node) => node.form === 'leaf' && node.name === name && node.role !== 'previous');

/** The training graph, with the cotangent of every value that has a name or is the value of a function of arrays. */
function differentiated(
  graph: StepGraph,
  values: readonly NamedNode[],
  arrayCalls: ReadonlyMap<NodeId, ArrayCall>,
  frozen: ReadonlySet<string>,
): TrainingGraph {
  const wanted = [...new Set([...values.map(({ node }) => node), ...arrayCalls.keys()])];
  const outputs = graph.loss === undefined ? graph.outputs : [];
  return differentiate(
    { ...graph, outputs, values: wanted.map((node) => ({ name: String(node), node })) },
    frozen,
  );
}

/** Every name that stands in the cell: ours keep clear of them. */
function userNames(graph: StepGraph): ReadonlySet<string> {
  const leaves = graph.nodes.flatMap((node) =>
    node.form === 'leaf' ? [node.name, `${node.name}_prev`] : [],
  );
  const sizes = graph.nodes.flatMap((node) => node.type.shape.flatMap(namesOf));
  const lists = [graph.values, graph.inputs, graph.targets, graph.parameters, graph.outputs, graph.states];
  const names = lists.flatMap((list) => list.map(({ name }) => name));
  return new Set([...leaves, ...sizes, ...names, 'step', 'loss', 'T']);
}

const leafRoles: Readonly<Record<LeafRole, QuantityRole>> = {
  input: 'value',
  previous: 'previous',
  parameter: 'value',
  constant: 'value',
  noise: 'value',
  number: 'value',
  step: 'value',
  entries: 'value',
  outputCotangent: 'fromHere',
  lossCotangent: 'cotangent',
  stateCotangent: 'fromNext',
  startCotangent: 'startCotangent',
};

/** Where an equation belongs: what it depends on decides. */
type Place = 'forward' | 'backward' | 'first' | 'update';
const places: readonly Place[] = ['forward', 'backward', 'first', 'update'];

class Derivation {
  readonly #graph: TrainingGraph;
  readonly #values: readonly NamedNode[];
  readonly #taken: ReadonlySet<string>;
  readonly #page: Page;
  readonly #names = new Map<NodeId, Quantity>();
  readonly #cotangentOf = new Map<NodeId, NodeId>();
  readonly #places = new Map<NodeId, Place>();
  readonly #leaves: ReadonlyMap<NodeId, Quantity>;

  constructor(
    graph: TrainingGraph,
    values: readonly NamedNode[],
    arrayCalls: ReadonlyMap<NodeId, ArrayCall>,
    taken: ReadonlySet<string>,
  ) {
    this.#graph = graph;
    this.#values = values;
    this.#taken = taken;
    for (const { name, node } of graph.adjoint.cotangents) this.#cotangentOf.set(Number(name), node);
    const builder = new GraphBuilder({ span: graph.nodes[0]!.origin.span, sweep: 'adjoint' }, graph.nodes);
    const cotangents = new Set(this.#cotangentOf.values());
    const instead = new Map([
      ...rewriteSoftmaxGradients(builder, arrayCalls, this.#cotangentOf),
      ...moveTotalsOut(builder, (total) => cotangents.has(total)),
    ]);
    // Rewritten gradients may have made functions of arrays that the graph did not have.
    const allCalls =
      instead.size === 0 ? arrayCalls : findArrayCalls(builder, { nodes: builder.nodes.slice() });
    this.#leaves = new Map(
      builder.nodes.flatMap((node, id) => (node.form === 'leaf' ? [[id, leafQuantity(node)] as const] : [])),
    );
    this.#page = {
      nodes: builder.nodes,
      arrayCalls: allCalls,
      instead,
      leaves: this.#leaves,
      names: this.#names,
    };
  }

  equations(): DerivedEquations {
    const { adjoint, states, loss, outputs } = this.#graph;
    this.#nameValues();
    this.#nameTotals();
    // A value's users stand after it, so their cotangents stand before its own.
    const cotangents = this.#values
      .toReversed()
      .flatMap(({ node }) => (this.#names.has(node) ? (this.#cotangentOf.get(node) ?? []) : []));
    const starts = states.filter(({ start, hidden }) => !hidden && this.#nodes[start]!.form !== 'fill');
    const unnamed = [
      ...adjoint.states.map(({ leaving }) => leaving),
      ...adjoint.inputs.map(({ node }) => node),
      ...this.#gradientNodes().flatMap(({ node }) => this.#summands(node) ?? [node]),
      ...starts.map(({ start }) => start),
    ].map((id) => this.#resolve(id));
    const roots = [...this.#values.map(({ node }) => node), ...cotangents, ...unnamed];
    const order = inOrder(this.#page, roots);
    this.#nameTemporaries(order, chooseTemporaries(this.#page, order, unnamed));

    const writer = new Writer(this.#page);
    const define = (id: NodeId): Equation => ({
      target: this.#names.get(id)!,
      value: writer.definition(id),
      adds: false,
    });
    const totals = order.filter((id) => this.#names.has(id) && this.#nodes[id]!.form === 'total');
    const plain = order.filter((id) => this.#names.has(id) && this.#nodes[id]!.form !== 'total');
    const inPlace = (place: Place) => plain.filter((id) => this.#places.get(id) === place).map(define);
    const gradients = this.#gradients(writer, totals);
    const others = this.#aliases(writer);
    return {
      cell: this.#graph.cell.name,
      taken: this.#taken,
      hasLoss: loss !== undefined,
      outputs: outputs.map(({ name }) => name),
      states: states.map((state) => ({
        previous: this.#leaves.get(state.previous)!,
        startsAt: this.#startOf(state.start),
      })),
      starts: starts.map(({ name, start, previous }) => ({
        target: quantity(name, 'start', this.#nodes[previous]!, false),
        value: writer.use(start),
        adds: false,
      })),
      forward: [...inPlace('forward'), ...others.forward],
      backward: [...inPlace('backward'), ...others.backward],
      previous: adjoint.states.map(({ name, leaving, arriving }) => ({
        target: quantity(name, 'previousCotangent', this.#nodes[arriving]!),
        value: writer.use(leaving),
        adds: false,
      })),
      inputs: adjoint.inputs.map(({ name, node }) => ({
        target: this.#bar(name, node),
        value: writer.use(node),
        adds: false,
      })),
      gradients: gradients.perStep,
      first: inPlace('first'),
      sequences: gradients.perSequence,
      update: [...inPlace('update'), ...gradients.once],
    };
  }

  get #nodes(): readonly GraphNode[] {
    return this.#page.nodes;
  }

  /** The number a state starts at, where it is one. */
  #startOf(id: NodeId): number | undefined {
    const node = this.#nodes[id]!;
    return node.form === 'fill' && typeof node.value === 'number' ? node.value : undefined;
  }

  /** Names values and their cotangents; of several for one node, the value's first and the cotangent's last user. */
  #nameValues(): void {
    for (const { name, node } of this.#values) {
      const { form } = this.#nodes[node]!;
      if (form === 'leaf' || form === 'fill' || this.#names.has(node)) continue;
      this.#names.set(node, quantity(name, 'value', this.#nodes[node]!));
    }
    for (const { name, node } of this.#values.toReversed()) {
      const cotangent = this.#resolvedCotangent(node);
      if (cotangent === undefined || this.#names.get(node)?.name !== name) continue;
      const { form } = this.#nodes[cotangent]!;
      if (form === 'fill' || this.#names.has(cotangent)) continue;
      // The loss has its cotangent given: the weight of the step.
      if (this.#leaves.get(cotangent)?.role === 'cotangent') continue;
      this.#names.set(cotangent, this.#bar(name, cotangent));
    }
  }

  #resolve(id: NodeId): NodeId {
    return this.#page.instead.get(id) ?? id;
  }

  #resolvedCotangent(value: NodeId): NodeId | undefined {
    const cotangent = this.#cotangentOf.get(value);
    return cotangent === undefined ? undefined : this.#resolve(cotangent);
  }

  #gradientNodes(): readonly NamedNode[] {
    return this.#graph.adjoint.gradients.map(({ name, node }) => ({ name, node: this.#resolve(node) }));
  }

  /** A total that something is made of has a name, so that its equation can say what is summed. */
  #nameTotals(): void {
    for (const { name, node } of this.#gradientNodes()) {
      if (this.#nodes[node]!.form === 'total' && !this.#names.has(node)) {
        this.#names.set(node, this.#bar(name, node));
      }
    }
  }

  /** t1, t2, … in the order of their equations. */
  #nameTemporaries(order: readonly NodeId[], chosen: ReadonlySet<NodeId>): void {
    let count = 0;
    for (const id of order) {
      const node = this.#nodes[id]!;
      this.#places.set(id, this.#placeOf(id, node));
      // Gradients are roots by what they sum up; a total that is met here is read by something.
      const isTotal = node.form === 'total' && !this.#names.has(id);
      if (!chosen.has(id) && !isTotal) continue;
      do count += 1;
      while (this.#taken.has(`t${count}`));
      this.#names.set(id, { ...quantity(`t${count}`, 'value', node), temporary: true });
    }
  }

  #placeOf(id: NodeId, node: GraphNode): Place {
    if (node.form === 'leaf') {
      if (node.role === 'startCotangent') return 'first';
      return node.role.endsWith('Cotangent') ? 'backward' : 'forward';
    }
    if (node.form === 'total') return 'update';
    const reads = this.#page.arrayCalls.get(id);
    const below = reads === undefined ? operands(node) : [reads.operand];
    const ranks = below.map((read) => places.indexOf(this.#places.get(this.#resolve(read)) ?? 'forward'));
    return places[Math.max(0, ...ranks)]!;
  }

  /** What a gradient sums up over steps and examples, where it is such a sum. */
  #summands(id: NodeId): readonly NodeId[] | undefined {
    const node = this.#nodes[id]!;
    if (node.form === 'total') return [node.operand];
    if (node.form !== 'sum') return undefined;
    const parts = node.operands.map((operand) => this.#nodes[this.#resolve(operand)]!);
    const [first] = parts;
    const isOneTotal = parts.every(
      (part) => part.form === 'total' && first!.form === 'total' && part.over.length === first!.over.length,
    );
    return isOneTotal ? parts.flatMap((part) => (part.form === 'total' ? [part.operand] : [])) : undefined;
  }

  /** Gradients of parameters, and other totals, by what they are summed over. */
  #gradients(writer: Writer, totals: readonly NodeId[]) {
    const perStep: Equation[] = [];
    const perSequence: Equation[] = [];
    const once: Equation[] = [];
    const listOf = (id: NodeId): Equation[] => {
      const node = this.#nodes[id]!;
      const total = node.form === 'sum' ? this.#nodes[this.#resolve(node.operands[0]!)]! : node;
      invariant(total.form === 'total', 'a sum over steps is a total');
      return total.over.length > 1 ? perStep : perSequence;
    };
    const gradients = this.#gradientNodes();
    for (const id of totals) {
      // A total that is called after its parameter is written with the parameters.
      const { name, role } = this.#names.get(id)!;
      if (role === 'cotangent' && gradients.some((g) => g.node === id && g.name === name)) continue;
      listOf(id).push(added(this.#names.get(id)!, writer.sumOf(this.#summands(id)!)));
    }
    for (const { name, node } of gradients) {
      const target = this.#bar(name, node);
      const summands = this.#summands(node);
      if (summands !== undefined) listOf(node).push(added(target, writer.sumOf(summands)));
      else if (this.#nodes[node]!.form === 'fill')
        perStep.push({ target, value: writer.use(node), adds: false });
      else once.push({ target, value: writer.use(node), adds: false });
    }
    return { perStep, perSequence, once };
  }

  /** Second names: a value that is another one, and a cotangent that is that of another value. */
  #aliases(writer: Writer): { forward: readonly Equation[]; backward: readonly Equation[] } {
    const forward = this.#values
      .filter(({ name, node }) => this.#names.get(node)?.name !== name)
      .map(({ name, node }) => ({
        target: quantity(name, 'value', this.#nodes[node]!),
        value: writer.use(node),
        adds: false,
      }));
    const backward = this.#values.toReversed().flatMap(({ name, node }): readonly Equation[] => {
      const cotangent = this.#resolvedCotangent(node);
      if (cotangent === undefined || this.#names.get(node)?.name !== name || name === 'loss') return [];
      const target = this.#bar(name, cotangent);
      if (this.#names.get(cotangent)?.name === name || this.#nodes[cotangent]!.form === 'total') return [];
      return [{ target, value: writer.use(cotangent), adds: false }];
    });
    return { forward, backward };
  }

  #bar(name: string, node: NodeId): Quantity {
    return quantity(name, 'cotangent', this.#nodes[node]!);
  }
}

function operands(node: GraphNode): readonly NodeId[] {
  if ('operands' in node) return node.operands;
  if ('operand' in node) return [node.operand];
  return node.form === 'contract' ? [node.left, node.right] : [];
}

const quantity = (
  name: string,
  role: QuantityRole,
  { type }: GraphNode,
  varies = type.outer.length > 0,
): Quantity => ({ kind: 'quantity', name, role, varies, temporary: false, rank: type.shape.length });

const leafQuantity = (node: Extract<GraphNode, { form: 'leaf' }>): Quantity =>
  quantity(node.name, leafRoles[node.role], node, node.type.outer.length > 1);

/** `E_bar[token] += z_bar`, where a gradient is laid into one row only. */
function added(target: Quantity, value: Formula): Equation {
  if (value.kind === 'call' && value.fn === 'outer') {
    const [hot, row] = value.args;
    if (hot!.kind === 'call' && hot!.fn === 'one_hot') {
      const place: Formula = { kind: 'entry', object: target, index: hot!.args[0]!, rank: target.rank - 1 };
      return { target: place, value: row!, adds: true };
    }
  }
  return { target, value, adds: false };
}
