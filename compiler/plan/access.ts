import { boundDim, boundShape } from '../graph/bind.ts';
import type { Graph, NodeId } from '../graph/graph.ts';
import { invariant } from '../support/invariant.ts';
import type { Place } from './plan.ts';

/*
 * How a value is read. A slice, a broadcast and mostly a reshape need no memory of their own: whoever reads them reads
 * their operand in place, with other strides.
 */

export type Access =
  /** A number, the same everywhere. */
  | { readonly kind: 'number'; readonly value: number; readonly lanes: 'f32' | 'i32' }
  /** The number of the step in its row's sequence. */
  | { readonly kind: 'counter' }
  /** Entry [i, j, …] stands `offset + i*strides[0] + j*strides[1] + …` lanes after entry 0 of the place. */
  | {
      readonly kind: 'place';
      readonly place: Place;
      readonly offset: number;
      readonly strides: readonly number[];
    };

/** Row-major strides of an array of this shape. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  const strides: number[] = [];
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides.unshift(stride);
    stride *= shape[axis]!;
  }
  return strides;
}

/** How to read a node that has a place, or is read in place through others. */
export function accessOf(graph: Graph, places: ReadonlyMap<NodeId, Place>, id: NodeId): Access {
  const place = places.get(id);
  if (place !== undefined)
    return { kind: 'place', place, offset: 0, strides: stridesOf(boundShape(graph, id)) };
  const node = graph.nodes[id]!;
  if (node.form === 'fill') {
    invariant(typeof node.value === 'number', 'a size was not bound');
    return { kind: 'number', value: node.value, lanes: node.type.element === 'index' ? 'i32' : 'f32' };
  }
  if (node.form === 'leaf' && node.role === 'step') return { kind: 'counter' };
  return viewAccess(graph, places, id);
}

/** How to read the operand of a slice, broadcast or reshape so that it is that node. */
export function viewAccess(graph: Graph, places: ReadonlyMap<NodeId, Place>, id: NodeId): Access {
  const node = graph.nodes[id]!;
  invariant(isView(node.form), `%${id} has no place`);
  const operand = (node as { readonly operand: NodeId }).operand;
  const access = accessOf(graph, places, operand);
  if (access.kind !== 'place') return access;
  const seen = viewStrides(graph, id, access.strides);
  invariant(seen !== undefined, `%${id} cannot be read in place`);
  return { ...access, offset: access.offset + seen.offset, strides: seen.strides };
}

export const isView = (form: string): boolean =>
  form === 'slice' || form === 'broadcast' || form === 'reshape';

/** Strides of a view, given those of its operand; undefined where there are none. */
export function viewStrides(
  graph: Graph,
  id: NodeId,
  operandStrides: readonly number[],
): { readonly offset: number; readonly strides: readonly number[] } | undefined {
  const node = graph.nodes[id]!;
  switch (node.form) {
    case 'slice':
      return { offset: boundDim(node.start) * operandStrides[node.axis]!, strides: operandStrides };
    case 'broadcast': {
      const strides = boundShape(graph, id).map(() => 0);
      node.axes.forEach((axis, i) => {
        strides[axis] = operandStrides[i]!;
      });
      return { offset: 0, strides };
    }
    case 'reshape': {
      const shape = boundShape(graph, node.operand);
      if (!isRowMajor(shape, operandStrides)) return undefined;
      return { offset: 0, strides: stridesOf(boundShape(graph, id)) };
    }
    default:
      return undefined;
  }
}

/** Whether an array of this shape with these strides lies row after row without gaps. */
export function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  const expected = stridesOf(shape);
  return shape.every((size, axis) => size === 1 || strides[axis] === expected[axis]);
}

/** Nodes that are read in place, with what stands below all views: their base. */
export class Views {
  /** Of each node, itself where it is no view. */
  readonly base: readonly NodeId[];
  readonly #virtual: readonly boolean[];

  /** @param mayRead  whether a user of a view can read with any strides */
  constructor(graph: Graph, isResult: (id: NodeId) => boolean, mayRead: (view: NodeId) => boolean) {
    const base: NodeId[] = [];
    const virtual: boolean[] = [];
    const strides: (readonly number[])[] = [];
    graph.nodes.forEach((node, id) => {
      const shape = boundShape(graph, id);
      base.push(id);
      virtual.push(false);
      strides.push(stridesOf(shape));
      if (!isView(node.form)) return;
      const operand = (node as { readonly operand: NodeId }).operand;
      const seen = viewStrides(graph, id, strides[operand]!);
      if (seen === undefined || isResult(id)) return;
      if (!isRowMajor(shape, seen.strides) && !mayRead(id)) return;
      base[id] = base[operand]!;
      virtual[id] = true;
      strides[id] = seen.strides;
    });
    this.base = base;
    this.#virtual = virtual;
  }

  isVirtual(id: NodeId): boolean {
    return this.#virtual[id]!;
  }
}
