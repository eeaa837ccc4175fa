import type { Cell } from '../cell/cell.ts';
import { addDims, type Dim, multiplyDims, oneDim, zeroDim } from '../cell/dim.ts';
import { degreesIn } from './degree.ts';
import { gatesOf } from './gates.ts';
import type { Contract, NodeId, StepGraph } from './graph.ts';
import { operandsOf, phasesOf } from './phase.ts';

/** What can be said of a cell before its sizes are known. */
export interface Facts {
  /** Learned numbers. */
  readonly parameters: Dim;
  /** Numbers of frozen parameters. */
  readonly frozen: Dim;
  /** Of one step of one example, forward, in products of arrays. */
  readonly multiplyAdds: Dim;
  /** `gatesOf`: how many. */
  readonly gates: number;
  /**
   * Whether the new states are affine in the old ones, whatever the inputs and parameters; undefined where no old state
   * is read. Told by form: of `(1 + h)^2 - h^2` it is not seen that the squares go away.
   */
  readonly linear: boolean | undefined;
}

/** @param graph  of the cell, without its adjoint */
export function factsOf(cell: Cell, graph: StepGraph): Facts {
  const needed = reached(graph, [
    ...graph.outputs.map(({ node }) => node),
    ...graph.states.map(({ next }) => next),
  ]);
  const count = (frozen: boolean) =>
    addDims(
      ...cell.parameters
        .filter((parameter) => parameter.frozen === frozen)
        .map(({ shape }) => product(shape)),
    );
  return {
    parameters: count(false),
    frozen: count(true),
    multiplyAdds: multiplyAddsOf(graph, needed),
    gates: gatesOf(graph, needed).length,
    linear: isLinear(graph, needed),
  };
}

const product = (shape: readonly Dim[]): Dim => shape.reduce(multiplyDims, oneDim);

function reached(graph: StepGraph, from: readonly NodeId[]): ReadonlySet<NodeId> {
  const seen = new Set<NodeId>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    open.push(...operandsOf(graph, id));
  }
  return seen;
}

/** Products that are prepared once per update do not count, and neither does looking up a row. */
function multiplyAddsOf(graph: StepGraph, needed: ReadonlySet<NodeId>): Dim {
  const phases = phasesOf(graph);
  const products = graph.nodes.flatMap((node, id) =>
    node.form === 'contract' && needed.has(id) && phases[id] === 'forward' && !looksUp(graph, node)
      ? [product(extents(graph, node))]
      : [],
  );
  return products.length === 0 ? zeroDim : addDims(...products);
}

const looksUp = (graph: StepGraph, { left, right }: Contract): boolean =>
  [left, right].some((id) => graph.nodes[id]!.form === 'oneHot');

/** One per label. */
function extents(graph: StepGraph, { left, right, leftAxes, rightAxes }: Contract): readonly Dim[] {
  const all = new Map<number, Dim>();
  const gather = (id: NodeId, axes: readonly number[]) => {
    axes.forEach((label, i) => {
      all.set(label, graph.nodes[id]!.type.shape[i]!);
    });
  };
  gather(left, leftAxes);
  gather(right, rightAxes);
  return [...all.values()];
}

/** Only states whose old value is read count: an output that is declared a state recurs in name alone. */
function isLinear(graph: StepGraph, needed: ReadonlySet<NodeId>): boolean | undefined {
  const read = graph.states.filter(({ previous }) => needed.has(previous));
  const carried = read.filter(({ name }) => !keepsInput(graph, name));
  if (carried.length === 0) return undefined;
  const degrees = degreesIn(graph, new Set(carried.map(({ previous }) => previous)));
  return carried.every(({ next }) => degrees[next]! <= 1);
}

/** Whether a hidden state holds what was an input some steps ago. */
function keepsInput(graph: StepGraph, name: string): boolean {
  const state = graph.states.find((each) => each.name === name)!;
  if (!state.hidden) return false;
  const next = graph.nodes[state.next]!;
  if (next.form !== 'leaf') return false;
  return next.role === 'previous' ? keepsInput(graph, next.name) : next.role === 'input';
}
