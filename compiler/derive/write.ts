import { addDims, type Dim, sameDim, zeroDim } from '../cell/dim.ts';
import type { Contract, GraphNode, MapNode, NodeId, Origin, Reduce } from '../graph/graph.ts';
import { invariant } from '../support/invariant.ts';
import {
  call,
  choose,
  dot,
  entry,
  factored,
  infix,
  negative,
  not,
  number,
  product,
  quotient,
  size,
  stack,
  sum,
  transpose,
} from './algebra.ts';
import type { ArrayCall } from './arrayCalls.ts';
import { writeContraction } from './contraction.ts';
import type { Formula, Quantity } from './formula.ts';
import { elementwise, full, inFull, type Written } from './layout.ts';

/** What the writer looks up: the graph, and decisions taken before. */
export interface Page {
  readonly nodes: readonly GraphNode[];
  readonly arrayCalls: ReadonlyMap<NodeId, ArrayCall>;
  /** Nodes that are written in place of others. */
  readonly instead: ReadonlyMap<NodeId, NodeId>;
  /** What each leaf is called. */
  readonly leaves: ReadonlyMap<NodeId, Quantity>;
  /** Nodes that are written as a name where they are used; some are leaves under a second name. */
  readonly names: ReadonlyMap<NodeId, Quantity>;
}

/** Turns nodes into formulas: named nodes into their names, all others into what they are made of. */
export class Writer {
  readonly #page: Page;
  readonly #written = new Map<NodeId, Written>();

  constructor(page: Page) {
    this.#page = page;
  }

  /** The right-hand side that defines a node, in its full shape; a number may stand for an array of it. */
  definition(id: NodeId): Formula {
    const node = this.#node(id);
    const written = this.#body(this.#resolve(id), node);
    return written.formula.kind === 'number' ? written.formula : inFull(written, node.type.shape);
  }

  /** The node where it is used: its name, or its definition. */
  use(id: NodeId): Formula {
    const written = this.#write(id);
    return written.formula.kind === 'number' ? written.formula : this.#full(id);
  }

  /** A sum of nodes of one shape, in its full shape. */
  sumOf(ids: readonly NodeId[]): Formula {
    const shape = this.#shape(ids[0]!);
    const written = this.#sum(ids, shape, 'adjoint');
    return written.formula.kind === 'number' ? written.formula : inFull(written, shape);
  }

  #resolve(id: NodeId): NodeId {
    return this.#page.instead.get(id) ?? id;
  }

  #node(id: NodeId): GraphNode {
    return this.#page.nodes[this.#resolve(id)]!;
  }

  #shape(id: NodeId): readonly Dim[] {
    return this.#node(id).type.shape;
  }

  #write(asked: NodeId): Written {
    const id = this.#resolve(asked);
    const known = this.#written.get(id);
    if (known !== undefined) return known;
    const name = this.#page.names.get(id);
    const written = name === undefined ? this.#body(id, this.#node(id)) : full(name);
    this.#written.set(id, written);
    return written;
  }

  #full(id: NodeId): Formula {
    return inFull(this.#write(id), this.#shape(id));
  }

  #body(id: NodeId, node: GraphNode): Written {
    const arrayCall = this.#page.arrayCalls.get(id);
    if (arrayCall !== undefined) return full(this.#arrayCall(arrayCall, node));
    const { shape } = node.type;
    switch (node.form) {
      case 'leaf': {
        const name = this.#page.leaves.get(id);
        invariant(name !== undefined, `no name for the leaf ${node.role} ${node.name}`);
        return full(name);
      }
      case 'fill':
        return {
          formula: typeof node.value === 'number' ? number(node.value) : size(node.value),
          laid: shape.length === 0 ? 'full' : 'scalar',
        };
      case 'map':
        return elementwise(
          node.operands.map((operand) => this.#write(operand)),
          shape,
          (operands) => writeMap(node, operands),
        );
      case 'sum':
        return this.#sum(node.operands, shape, node.origin.sweep);
      case 'contract':
        return full(this.#contraction(node));
      case 'oneHot':
        return full(call('one_hot', [this.#full(node.operand)], 1));
      case 'reduce':
        return full(this.#reduction(node));
      case 'running': {
        const axis = shape.length === 1 ? [] : [number(node.axis)];
        const fn = node.direction === 'up' ? 'cumsum' : 'reverse_cumsum';
        return full(call(fn, [this.#full(node.operand), ...axis], shape.length));
      }
      case 'broadcast':
        return this.#broadcast(node.operand, node.axes, shape);
      case 'slice': {
        const end = addDims(node.start, shape[node.axis]!);
        return this.#alongFirst(node.axis, this.#full(node.operand), (object) => ({
          kind: 'part',
          object,
          start: node.start,
          end,
          rank: shape.length,
        }));
      }
      case 'pad':
        return this.#alongFirst(node.axis, this.#part(node.operand), (object) =>
          call('pad', [object, size(node.start), size(shape[node.axis]!)], shape.length),
        );
      case 'concat': {
        if (node.axis === 0) {
          return full(
            stack(
              node.operands.map((part) => this.#part(part)),
              shape.length,
            ),
          );
        }
        const turned = node.operands.map((part) => transpose(this.#full(part)));
        return full(transpose(stack(turned, shape.length)));
      }
      case 'reshape':
        return full(this.#reshaped(node.operand, shape));
      case 'total':
        return this.#write(node.operand);
    }
  }

  #arrayCall({ fn, operand, axis }: ArrayCall, node: GraphNode): Formula {
    const axes = axis === undefined ? [] : [number(axis)];
    return call(fn, [this.#full(operand), ...axes], node.type.shape.length);
  }

  /** Padded pieces that fill an axis are a stack. What arrives from other steps and from outside stands first. */
  #sum(operands: readonly NodeId[], shape: readonly Dim[], sweep: Origin['sweep']): Written {
    const tiles = this.#tiles(operands, shape);
    const others = operands.filter((operand) => !tiles.includes(operand));
    const parts = tiles.map((id) => {
      const pad = this.#node(id);
      invariant(pad.form === 'pad', 'a tile is a pad');
      return this.#part(pad.operand);
    });
    const stacked = tiles.length === 0 ? [] : [full(stack(parts, shape.length))];
    return elementwise([...others.map((id) => this.#write(id)), ...stacked], shape, (terms) =>
      factored(sum(sweep === 'adjoint' ? cotangentOrder(terms) : terms)),
    );
  }

  /** Those of the addends that are pads and lie one behind the other over the whole first axis, in this order. */
  #tiles(operands: readonly NodeId[], shape: readonly Dim[]): readonly NodeId[] {
    const tiles: NodeId[] = [];
    let end = zeroDim;
    while (shape.length > 0 && !sameDim(end, shape[0]!)) {
      const next = operands.find((id) => {
        const node = this.#node(id);
        const named = this.#page.names.has(this.#resolve(id));
        return (
          !named && node.form === 'pad' && node.axis === 0 && sameDim(node.start, end) && !tiles.includes(id)
        );
      });
      const node = next === undefined ? undefined : this.#node(next);
      if (next === undefined || node?.form !== 'pad') return [];
      tiles.push(next);
      end = addDims(end, this.#shape(node.operand)[0]!);
    }
    return tiles;
  }

  #contraction(node: Contract): Formula {
    const side = (id: NodeId, axes: readonly number[]) => {
      const operand = this.#node(id);
      const index = operand.form === 'oneHot' ? { index: this.#full(operand.operand) } : {};
      return { formula: this.#full(id), axes, ...index };
    };
    const asWritten = node.origin.sweep === 'primal';
    return writeContraction(
      side(node.left, node.leftAxes),
      side(node.right, node.rightAxes),
      node.outAxes,
      asWritten,
    );
  }

  #reduction({ op, operand: id, axes, origin: { sweep } }: Reduce): Formula {
    const written = this.#write(id);
    const shape = this.#shape(id);
    const isAll = axes.length === shape.length;
    if (isAll && written.laid === 'scalar') {
      return op === 'max' ? written.formula : product([...shape.map(size), written.formula]);
    }
    if (op === 'sum' && isAll && written.laid === 'full' && sweep === 'adjoint')
      return summed(written.formula);
    const inner = inFull(written, shape);
    if (isAll) return call(op, [inner], 0);
    // The last axis goes first, so that the others keep their numbers. `max(A, 1)` would be elementwise.
    const fn = op === 'sum' ? 'sum' : 'max_along';
    return axes.toReversed().reduce((f: Formula, axis) => call(fn, [f, number(axis)], f.rank - 1), inner);
  }

  #broadcast(operand: NodeId, axes: readonly number[], shape: readonly Dim[]): Written {
    const written = this.#write(operand);
    const isReordered = axes.length === shape.length;
    if (axes.length === 0 || (written.laid === 'scalar' && !isReordered)) {
      return { formula: written.formula, laid: 'scalar' };
    }
    if (isReordered && shape.length === 2) {
      if (written.laid === 'scalar') return written;
      return full(transpose(this.#full(operand)));
    }
    if (axes.length === 1 && shape.length === 2) {
      const laid = axes[0] === 0 ? 'col' : 'row';
      return { formula: call(laid, [this.#full(operand)], 2), laid };
    }
    return full(call('lay', [this.#full(operand), ...axes.map(number), ...shape.map(size)], shape.length));
  }

  /** Slices, pads and stacks are along the first axis in the notation; another one is turned to be it. */
  #alongFirst(axis: number, operand: Formula, make: (operand: Formula) => Formula): Written {
    if (axis === 0) return full(make(operand));
    return full(transpose(make(transpose(operand))));
  }

  /** A scalar that was made a vector of length 1 to be padded or stacked stands for itself. */
  #part(id: NodeId): Formula {
    const node = this.#node(id);
    const isScalar =
      node.form === 'reshape' && node.type.shape.length === 1 && this.#shape(node.operand).length === 0;
    return isScalar && !this.#page.names.has(this.#resolve(id)) ? this.#full(node.operand) : this.#full(id);
  }

  #reshaped(id: NodeId, shape: readonly Dim[]): Formula {
    const node = this.#node(id);
    const from = node.type.shape;
    if (from.length === shape.length + 1) {
      const isPart = node.form === 'slice' && node.axis === 0 && !this.#page.names.has(this.#resolve(id));
      return isPart ? entry(this.#full(node.operand), size(node.start)) : entry(this.#full(id), number(0));
    }
    const inner = this.#full(id);
    if (from.length === 0 && shape.length === 1) return stack([inner], 1);
    if (from.length === 1 && shape.length === 2) return matrixRow(inner);
    return call('reshape', [inner, ...shape.map(size)], shape.length);
  }
}

const matrixRow = (vector: Formula): Formula => call('outer', [call('ones', [number(1)], 1), vector], 2);

/**
 * Addends of a cotangent arrive from the last use of a value to its first. What comes from other steps and from outside
 * is written first, then elementwise terms, then matrix products in the order of the forward equations.
 */
function cotangentOrder(terms: readonly Formula[]): readonly Formula[] {
  const place = (term: Formula): number => {
    if (term.kind === 'quantity' && term.role === 'fromNext') return 0;
    if (term.kind === 'quantity' && term.role === 'fromHere') return 1;
    if (term.kind === 'matrixProduct') return 4;
    return term.kind === 'negative' ? 3 : 2;
  };
  const products = terms.filter((term) => place(term) === 4);
  const others = terms.filter((term) => place(term) < 4);
  return [...others.toSorted((a, b) => place(a) - place(b)), ...products.toReversed()];
}

/** The sum of all entries: signs and scalars go before it, and of a product of two vectors it is `dot(a, b)`. */
function summed(array: Formula): Formula {
  if (array.kind === 'negative') return negative(summed(array.operand));
  if (array.kind === 'quotient' && array.below.rank === 0) return quotient(summed(array.above), array.below);
  const factors = array.kind === 'product' ? array.factors : [array];
  const scalars = factors.filter(({ rank }) => rank === 0);
  const arrays = factors.filter(({ rank }) => rank > 0);
  const isDot = arrays.length === 2 && array.rank === 1;
  return product([...scalars, isDot ? dot(arrays[0]!, arrays[1]!) : call('sum', [product(arrays)], 0)]);
}

type MapWriter = (a: Formula, b: Formula, c: Formula) => Formula;

/** Ops that are not written as a call of their name. */
const mapWriters: ReadonlyMap<string, MapWriter> = new Map<string, MapWriter>([
  ['sub', (a, b) => sum([a, negative(b)])],
  ['mul', (a, b) => product([a, b])],
  ['masked_mul', (a, b) => product([a, b])],
  ['div', (a, b) => quotient(a, b)],
  ['neg', (a) => negative(a)],
  ['less', (a, b) => (a.kind === 'number' ? infix('>', b, a) : infix('<', a, b))],
  ['lessEqual', (a, b) => (a.kind === 'number' ? infix('>=', b, a) : infix('<=', a, b))],
  ['equal', (a, b) => infix('==', a, b)],
  ['and', (a, b) => infix('and', a, b)],
  ['or', (a, b) => infix('or', a, b)],
  ['not', (a) => not(a)],
  ['select', (a, b, c) => choose(a, b, c)],
  ['pow', (a, b) => ({ kind: 'power', base: a, exponent: b, rank: Math.max(a.rank, b.rank) })],
  ['log_total', (a) => call('log', [a], a.rank)],
  ['root', (a) => call('sqrt', [a], a.rank)],
  // What cuts the value off from its arguments is not the user's.
  ['surrogate', (value) => (value.kind === 'call' && value.fn === 'stop_gradient' ? value.args[0]! : value)],
  ['clip_cotangent', (a, limit) => call('clamp', [a, negative(limit), limit], a.rank)],
]);

/** In the backward sweep a scalar stands before what it scales. */
function inOrderOfRank(node: MapNode, operands: readonly Formula[]): readonly Formula[] {
  const isProduct = node.op === 'mul' || node.op === 'masked_mul';
  if (!isProduct || node.origin.sweep === 'primal') return operands;
  return operands.toSorted((a, b) => Math.sign(a.rank) - Math.sign(b.rank));
}

function writeMap(node: MapNode, operands: readonly Formula[]): Formula {
  const write = mapWriters.get(node.op);
  const [a, b, c] = inOrderOfRank(node, operands);
  if (write !== undefined) return write(a!, b!, c!);
  return call(node.op, operands, Math.max(...operands.map(({ rank }) => rank)));
}
