import { LONGEST_LAG } from '../cell/lags.ts';
import { perStep } from '../cell/type.ts';
import { GraphBuilder } from './build.ts';
import type { GraphNode, NamedNode, NodeId, Origin, StateNodes, StepGraph } from './graph.ts';
import { keptOf } from './lags.ts';
import { moveNode } from './move.ts';

/** What rows of a batch may do apart from one another; each costs a little at every step, so it is asked for. */
export interface RowOptions {
  /** Rows may end before the window does. */
  readonly lengths: boolean;
  /** Rows may begin new sequences inside a window. */
  readonly resets: boolean;
}

/** Scalars per step and row that say what rows do; 0 everywhere is a row that does nothing of its own. */
export const rowControls = {
  /** Not 0 from the step on at which the row has ended. */
  ended: 'rows.ended',
  /** Not 0 where the row begins a new sequence with this step. */
  reset: 'rows.reset',
  /** What `step` is more than the number of the window's steps says: at most 0. */
  stepOffset: 'rows.stepOffset',
} as const;

/** The hidden state that counts steps since a reset, where class numbers are looked back at further than one step. */
const resetAge = 'steps since a reset';

export const isRowControl = (name: string): boolean =>
  Object.values(rowControls).some((known) => known === name);

/**
 * The step of a batch whose rows end, or begin anew, each at a time of its own.
 *
 * Where a row has ended its states stay, its outputs and its loss are 0, and so is everything that goes back from there:
 * all of it passes a `select`, never a product with 0, and what a contraction reads is 0, since 0 times what stands in
 * padding may be NaN. Where a row begins anew, each previous value is the start value, that of a lag too, and `step` is 0.
 *
 * @param graph  of a cell, before it is differentiated
 */
export function withRows(graph: StepGraph, { lengths, resets }: RowOptions): StepGraph {
  if (!lengths && !resets) return graph;
  const { span } = graph.nodes[0]!.origin;
  const builder = new GraphBuilder({ span, sweep: 'primal' });
  const at = (origin: Origin, make: () => NodeId): NodeId => {
    const before = builder.origin;
    builder.origin = origin;
    const made = make();
    builder.origin = before;
    return made;
  };
  const controls: NamedNode[] = [];
  const controlOf = (key: keyof typeof rowControls): NodeId => {
    const name = rowControls[key];
    const node = at({ span, sweep: 'primal', name }, () =>
      builder.leaf('input', name, { shape: [], outer: perStep, element: 'real' }),
    );
    if (!controls.some((known) => known.node === node)) controls.push({ name, node });
    return node;
  };
  const zeroWhereEnded = (id: NodeId): NodeId =>
    lengths ? builder.map('select', controlOf('ended'), builder.fill(0), id) : id;

  const stayWhereEnded = (previous: NodeId, next: NodeId): NodeId =>
    lengths ? builder.map('select', controlOf('ended'), previous, next) : next;
  let sinceReset: StateNodes | undefined;
  const stepsSinceReset = (): NodeId => {
    const previous = builder.leaf('previous', resetAge, { shape: [], outer: perStep, element: 'real' });
    const age = builder.map('select', controlOf('reset'), builder.fill(0), previous);
    sinceReset ??= {
      name: resetAge,
      previous,
      start: builder.fill(LONGEST_LAG),
      next: stayWhereEnded(previous, builder.map('add', age, builder.fill(1))),
      hidden: true,
    };
    return age;
  };
  /**
   * Whether the previous value of a state of class numbers is its start. What is kept for a lag stays as it is at a reset:
   * it is the start for as many steps as are looked back.
   */
  const isAtStart = ({ name }: StateNodes): NodeId => {
    const lag = 1 + (keptOf(name)?.steps ?? 0);
    return lag === 1 ? controlOf('reset') : builder.map('less', stepsSinceReset(), builder.fill(lag));
  };

  const stateOf = new Map(graph.states.map((state) => [state.previous, state]));
  const moved = new Map<NodeId, NodeId>();
  const move = (id: NodeId): NodeId => {
    const known = moved.get(id);
    if (known !== undefined) return known;
    const node = graph.nodes[id]!;
    const made = at(node.origin, () => make(node, id));
    moved.set(id, made);
    return made;
  };
  /** The value before this step as the row's former steps left it. */
  const before = (id: NodeId): NodeId => {
    const node = graph.nodes[id]!;
    return at(node.origin, () => builder.copy(node));
  };
  const make = (node: GraphNode, id: NodeId): NodeId => {
    switch (node.form) {
      case 'leaf': {
        const leaf = builder.copy(node);
        if (!resets) return leaf;
        if (node.role === 'step') return builder.map('add', leaf, controlOf('stepOffset'));
        const state = node.type.element === 'real' ? stateOf.get(id) : undefined;
        return state === undefined
          ? leaf
          : builder.map('select', controlOf('reset'), move(state.start), leaf);
      }
      case 'oneHot': {
        const hot = builder.copy(moveNode(node, move));
        const state = resets ? stateOf.get(node.operand) : undefined;
        if (state === undefined) return hot;
        const first = builder.oneHot(move(state.start), node.type.shape[0]!);
        return builder.map('select', isAtStart(state), first, hot);
      }
      case 'contract': {
        // A one of zeros is finite, whatever the class.
        const guarded = (operand: NodeId) => {
          const value = move(operand);
          const isHot = builder.node(value).form === 'oneHot';
          return builder.type(value).outer.length < 2 || isHot ? value : zeroWhereEnded(value);
        };
        const { leftAxes, rightAxes, outAxes } = node;
        return builder.contract(guarded(node.left), guarded(node.right), leftAxes, rightAxes, outAxes);
      }
      default:
        return builder.copy(moveNode(node, move));
    }
  };
  graph.nodes.forEach((_, id) => {
    move(id);
  });
  const named = (list: readonly NamedNode[]) => list.map(({ name, node }) => ({ name, node: move(node) }));
  const guarded = (list: readonly NamedNode[]) =>
    list.map(({ name, node }) => ({
      name,
      node: at(graph.nodes[node]!.origin, () => zeroWhereEnded(move(node))),
    }));
  const states = graph.states.map((state) => {
    const previous = before(state.previous);
    const next = move(state.next);
    const isReal = builder.type(previous).element === 'real';
    return {
      ...state,
      previous,
      start: move(state.start),
      next: isReal ? at(graph.nodes[state.next]!.origin, () => stayWhereEnded(previous, next)) : next,
    };
  });
  const outputs = guarded(graph.outputs);
  const loss = graph.loss === undefined ? undefined : guarded([{ name: 'loss', node: graph.loss }])[0]!.node;
  // What was asked for has its place, though no equation may need it.
  if (lengths) controlOf('ended');
  if (resets) controlOf('reset');
  return {
    ...graph,
    nodes: builder.nodes,
    rows: controls,
    values: named(graph.values),
    inputs: named(graph.inputs),
    targets: named(graph.targets),
    entries: named(graph.entries),
    parameters: named(graph.parameters),
    states: sinceReset === undefined ? states : [...states, sinceReset],
    outputs,
    ...(loss === undefined ? {} : { loss }),
  };
}
