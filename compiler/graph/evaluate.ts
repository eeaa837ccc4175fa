import { ownTime } from '../cell/type.ts';
import { invariant } from '../support/invariant.ts';
import { type Bound, boundShape, entriesOf } from './bind.ts';
import { evaluateNode, type Values } from './evaluateNode.ts';
import type { Adjoint, NamedNode, NodeId, StepGraph, TrainingGraph } from './graph.ts';
import { type Phase, phasesOf } from './phase.ts';
import { isRowControl } from './rows.ts';

/**
 * Sees every node the moment it is evaluated, with what it reads; for checks such as the distance to a kink. What it
 * returns stands in for the node's values.
 */
export type Visit = (id: NodeId, read: (operand: NodeId) => Values) => Values | undefined;

/** What a run over whole sequences is given. Arrays are row-major, slowest axis first. */
export interface SequenceGiven {
  /** At least 1. */
  readonly steps: number;
  /** Rows, at least 1. */
  readonly batch: number;
  /** By name, [...shape]; with them noise that is drawn per update. */
  readonly parameters: ReadonlyMap<string, Values>;
  /**
   * Inputs, targets and noise that is drawn for every example, by name, [steps, batch, ...shape]; what is given once per
   * sequence, [batch, ...shape]; row controls (`rows.ts`), zeros where absent.
   */
  readonly inputs: ReadonlyMap<string, Values>;
  /** How many entries of a size each row has, [batch], by the name of the size; all where absent. */
  readonly entries?: ReadonlyMap<string, ArrayLike<number>>;
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

/** What the evaluator in f64 found. */
export interface SequenceResult {
  /** By name, [steps, batch, ...shape]. */
  readonly outputs: ReadonlyMap<string, Values>;
  /** Values of equations by name, [steps, batch, ...shape]. */
  readonly values: ReadonlyMap<string, Values>;
  /** By name, [batch, ...shape]. */
  readonly finals: ReadonlyMap<string, Values>;
  /** [steps, batch], where the cell has a loss. */
  readonly loss?: Values;
  /** What the backward sweep found; for training graphs. */
  readonly adjoint?: SequenceAdjoint;
}

export interface SequenceAdjoint {
  /** By parameter name, [...shape]. */
  readonly gradients: ReadonlyMap<string, Values>;
  /** By input name, [steps, batch, ...shape]; of what is given once per sequence, [batch, ...shape]. */
  readonly inputCotangents: ReadonlyMap<string, Values>;
  /** By state name, [batch, ...shape]; of a given start, or of the cell's own. */
  readonly startCotangents: ReadonlyMap<string, Values>;
}

/**
 * The meaning of a cell over whole sequences, in f64, forwards and (for a training graph) back: the definition that
 * plans and kernels are held against. Slow and obvious; keeps everything.
 */
export function evaluateSequence(
  bound: Bound<StepGraph | TrainingGraph>,
  given: SequenceGiven,
  visit?: Visit,
): SequenceResult {
  const evaluation = new Evaluation(bound, given, visit);
  evaluation.prepare();
  evaluation.start();
  evaluation.forward();
  const { graph } = bound;
  const adjoint = 'adjoint' in graph ? evaluation.backward(graph.adjoint) : undefined;
  return {
    outputs: evaluation.gatherAll(graph.outputs),
    values: evaluation.gatherAll(graph.values),
    finals: evaluation.finals(),
    ...(graph.loss === undefined ? {} : { loss: evaluation.gather(graph.loss) }),
    ...(adjoint === undefined ? {} : { adjoint }),
  };
}

class Evaluation {
  readonly #bound: Bound<StepGraph | TrainingGraph>;
  readonly #graph: StepGraph | TrainingGraph;
  readonly #constants: ReadonlyMap<string, Float64Array>;
  readonly #given: SequenceGiven;
  readonly #phases: readonly Phase[];
  /** Values known once: of `prepare`, `start` and `finish`. Those per example keep their rows one after the other. */
  readonly #once = new Map<NodeId, Values>();
  /** #atStep[t][b]: everything of both sweeps. */
  readonly #atStep: readonly (readonly Map<NodeId, Values>[])[];

  readonly #visit: Visit | undefined;

  constructor(bound: Bound<StepGraph | TrainingGraph>, given: SequenceGiven, visit: Visit | undefined) {
    this.#visit = visit;
    this.#bound = bound;
    this.#graph = bound.graph;
    this.#constants = bound.constants;
    this.#given = given;
    this.#phases = phasesOf(bound.graph);
    this.#atStep = Array.from({ length: given.steps }, () =>
      Array.from({ length: given.batch }, () => new Map()),
    );
  }

  prepare(): void {
    for (const id of this.#within('prepare')) {
      const node = this.#graph.nodes[id]!;
      if (node.form !== 'leaf')
        this.#once.set(
          id,
          this.#evaluate(id, (operand) => this.#shared(operand)),
        );
      else {
        const values = node.role === 'constant' ? this.#constants : this.#given.parameters;
        this.#once.set(id, known(values.get(node.name), node.name));
      }
    }
  }

  start(): void {
    const { inputs, entries, batch } = this.#given;
    for (const id of this.#within('start')) {
      const node = this.#graph.nodes[id]!;
      if (node.form !== 'leaf') {
        this.#once.set(
          id,
          this.#rows(id, (b) => this.#evaluate(id, (operand) => this.#known(operand, b))),
        );
      } else if (node.role === 'entries') {
        const size = this.#bound.binding.sizes.get(node.name)!;
        this.#once.set(
          id,
          Float64Array.from(entries?.get(node.name) ?? { length: batch }, (n) => n ?? size),
        );
      } else this.#once.set(id, known(inputs.get(node.name), node.name));
    }
  }

  forward(): void {
    const { inputs, stepsBefore } = this.#given;
    this.#sweep('forward', 'up', (node, id, t, b) => {
      if (isRowControl(node.name)) return this.#row(inputs.get(node.name), id, t, b);
      if (node.role === 'input' || node.role === 'noise')
        return this.#row(known(inputs.get(node.name), node.name), id, t, b);
      if (node.role === 'step') return Float64Array.of((stepsBefore?.[b] ?? 0) + t);
      return this.#stateBefore(node.name, t, b);
    });
  }

  backward(adjoint: Adjoint): SequenceAdjoint {
    const { lossWeights, outputCotangents, finalCotangents } = this.#given;
    const leaving = new Map(adjoint.states.map((state) => [state.name, state.leaving]));
    this.#sweep('backward', 'down', (node, id, t, b) => {
      const { name } = node;
      if (node.role === 'lossCotangent') return this.#row(lossWeights, id, t, b);
      if (node.role === 'outputCotangent') return this.#row(outputCotangents?.get(name), id, t, b);
      if (t < this.#given.steps - 1) return this.#read(t + 1, b, known(leaving.get(name)));
      return this.#row(finalCotangents?.get(name), id, 0, b);
    });
    const startCotangents = new Map(
      adjoint.states.map(({ name, leaving: id, arriving }) => [
        name,
        this.#startCotangent(name, id, arriving),
      ]),
    );
    this.#finish(startCotangents);
    return {
      gradients: new Map(adjoint.gradients.map(({ name, node }) => [name, this.#shared(node)])),
      inputCotangents: new Map(
        adjoint.inputs.map(({ name, node }) => [name, this.#cotangentOfInput(name, node)]),
      ),
      startCotangents,
    };
  }

  /** [steps, batch, ...shape] */
  gather(id: NodeId): Values {
    const { steps, batch } = this.#given;
    const entries = this.#entries(id);
    const result = new Float64Array(steps * batch * entries);
    for (let t = 0; t < steps; t++) {
      for (let b = 0; b < batch; b++) result.set(this.#read(t, b, id), (t * batch + b) * entries);
    }
    return result;
  }

  /** As the input itself lies: per step, or per example. */
  #cotangentOfInput(name: string, id: NodeId): Values {
    const input = [...this.#graph.inputs, ...this.#graph.targets].find((i) => i.name === name)!;
    const isPerStep = this.#graph.nodes[input.node]!.type.outer.includes(ownTime);
    return isPerStep ? this.gather(id) : this.#rows(id, (b) => this.#known(id, b));
  }

  gatherAll(list: readonly NamedNode[]): ReadonlyMap<string, Values> {
    return new Map(list.map(({ name, node }) => [name, this.gather(node)]));
  }

  finals(): ReadonlyMap<string, Values> {
    const { steps } = this.#given;
    return new Map(
      this.#graph.states.map(({ name, previous }) => [
        name,
        this.#rows(previous, (b) => this.#stateBefore(name, steps, b)),
      ]),
    );
  }

  /** Totals, and what follows from them and from the cotangents of start values. */
  #finish(startCotangents: ReadonlyMap<string, Values>): void {
    for (const id of this.#within('finish')) this.#once.set(id, this.#finished(id, startCotangents));
  }

  #finished(id: NodeId, startCotangents: ReadonlyMap<string, Values>): Values {
    const node = this.#graph.nodes[id]!;
    const perExample = (operand: NodeId) => this.#graph.nodes[operand]!.type.outer.length > 0;
    if (node.form === 'leaf') {
      const rows = known(startCotangents.get(node.name));
      // A start that was given from outside is not made of parameters.
      return this.#given.starts?.has(node.name) ? new Float64Array(rows.length) : rows;
    }
    if (node.form === 'total') {
      const total = new Float64Array(this.#entries(id) * (perExample(id) ? this.#given.batch : 1));
      // Rows of one step stand side by side, so that a total over steps alone adds step after step.
      const rows = this.#once.get(node.operand) ?? this.gather(node.operand);
      rows.forEach((value, i) => {
        total[i % total.length]! += value;
      });
      return total;
    }
    const evaluate = (b: number) => this.#evaluate(id, (operand) => this.#known(operand, b));
    return perExample(id) ? this.#rows(id, evaluate) : evaluate(0);
  }

  #sweep(
    phase: Phase,
    direction: 'up' | 'down',
    leaf: (
      node: Extract<StepGraph['nodes'][number], { form: 'leaf' }>,
      id: NodeId,
      t: number,
      b: number,
    ) => Values,
  ): void {
    const ids = this.#within(phase);
    const { steps, batch } = this.#given;
    for (let i = 0; i < steps; i++) {
      const t = direction === 'up' ? i : steps - 1 - i;
      for (let b = 0; b < batch; b++) {
        for (const id of ids) {
          const node = this.#graph.nodes[id]!;
          const values =
            node.form === 'leaf'
              ? leaf(node, id, t, b)
              : this.#evaluate(id, (operand) => this.#read(t, b, operand));
          this.#atStep[t]![b]!.set(id, values);
        }
      }
    }
  }

  #evaluate(id: NodeId, read: (operand: NodeId) => Values): Values {
    return this.#visit?.(id, read) ?? evaluateNode(this.#graph, id, read);
  }

  /** Value of a state before step t; before step 0 its start. */
  #stateBefore(name: string, t: number, b: number): Values {
    const state = this.#graph.states.find((s) => s.name === name)!;
    if (t > 0) return this.#read(t - 1, b, state.next);
    const starts = this.#given.starts?.get(name);
    return starts === undefined
      ? this.#known(state.start, b)
      : rowOf(starts, b, this.#entries(state.previous));
  }

  #startCotangent(name: string, leaving: NodeId, arriving: NodeId): Values {
    if (this.#given.steps > 0) return this.#rows(arriving, (b) => this.#read(0, b, leaving));
    return (
      this.#given.finalCotangents?.get(name) ?? new Float64Array(this.#given.batch * this.#entries(arriving))
    );
  }

  #rows(id: NodeId, row: (b: number) => Values): Values {
    const entries = this.#entries(id);
    const result = new Float64Array(this.#given.batch * entries);
    for (let b = 0; b < this.#given.batch; b++) result.set(row(b), b * entries);
    return result;
  }

  #row(all: Values | undefined, id: NodeId, t: number, b: number): Values {
    const entries = this.#entries(id);
    return all === undefined ? new Float64Array(entries) : rowOf(all, t * this.#given.batch + b, entries);
  }

  #read(t: number, b: number, id: NodeId): Values {
    return this.#atStep[t]![b]!.get(id) ?? this.#known(id, b);
  }

  /** What is known once, for a row. */
  #known(id: NodeId, b: number): Values {
    const values = this.#shared(id);
    return this.#graph.nodes[id]!.type.outer.length > 0 ? rowOf(values, b, this.#entries(id)) : values;
  }

  #shared(id: NodeId): Values {
    return known(this.#once.get(id), `%${id}`);
  }

  #entries(id: NodeId): number {
    return entriesOf(boundShape(this.#graph, id));
  }

  #within(phase: Phase): readonly NodeId[] {
    return this.#phases.flatMap((p, id) => (p === phase ? [id] : []));
  }
}

function rowOf(rows: Values, row: number, length: number): Values {
  return rows.subarray(row * length, (row + 1) * length);
}

function known<T>(value: T | undefined, what = 'a value'): T {
  invariant(value !== undefined, `${what} was read before it was known`);
  return value;
}
