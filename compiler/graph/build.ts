import {
  addDims,
  type Dim,
  dimKey,
  formatDim,
  multiplyDims,
  oneDim,
  sameDim,
  sameShape,
} from '../cell/dim.ts';
import { formatShape, type OuterAxis, shared, type TensorType, unionOuter } from '../cell/type.ts';
import { mathOps } from '../ops/math.ts';
import { invariant } from '../support/invariant.ts';
import type { GraphNode, LeafRole, NodeId, Origin } from './graph.ts';

/**
 * The only maker of nodes. It checks each form's shape rule, repeats scalars where a map needs them, and returns the
 * node that is there already when an equal one exists: so the adjoint's `1 - h*h` reads the `h` of the forward sweep.
 * A few identities that hold for every float, NaN included, are applied on the way (x*1, --x, a sum of one addend).
 */
export class GraphBuilder {
  readonly nodes: GraphNode[] = [];
  readonly #known = new Map<string, NodeId>();
  /** Given to nodes made from now on. */
  origin: Origin;

  constructor(origin: Origin, nodes: readonly GraphNode[] = []) {
    this.origin = origin;
    for (const node of nodes) this.#push(node, keyOf(node));
  }

  node(id: NodeId): GraphNode {
    const node = this.nodes[id];
    invariant(node !== undefined, `no node %${id}`);
    return node;
  }

  type(id: NodeId): TensorType {
    return this.node(id).type;
  }

  shape(id: NodeId): readonly Dim[] {
    return this.type(id).shape;
  }

  /** A node as it is, its operands numbered here. */
  copy(node: GraphNode): NodeId {
    return this.#add(node);
  }

  leaf(role: LeafRole, name: string, type: TensorType): NodeId {
    return this.#add({ form: 'leaf', role, name, type, origin: this.origin });
  }

  /** The same number at every place of `shape`. */
  fill(value: number | Dim, shape: readonly Dim[] = [], element: TensorType['element'] = 'real'): NodeId {
    const type: TensorType = { shape, outer: shared, element };
    return this.#add({ form: 'fill', value, type, origin: this.origin });
  }

  /** One scalar op; scalar operands are repeated to the shape of the others. */
  map(op: string, ...operands: readonly NodeId[]): NodeId {
    const shape = operands.map((id) => this.shape(id)).find((s) => s.length > 0) ?? [];
    const repeated = operands.map((id) => this.repeat(id, shape));
    if (op === 'add') return this.sum(repeated);
    const [first, second] = repeated;
    if (op === 'mul' && this.isFill(second!, 1)) return first!;
    if (op === 'mul' && this.isFill(first!, 1)) return second!;
    if (op === 'mul' && this.isFill(first!, -1)) return this.map('neg', second!);
    if (op === 'mul' && this.isFill(second!, -1)) return this.map('neg', first!);
    if (op === 'div' && this.isFill(second!, 1)) return first!;
    if (op === 'neg') {
      const operand = this.node(first!);
      if (operand.form === 'map' && operand.op === 'neg') return operand.operands[0]!;
      if (operand.form === 'fill' && typeof operand.value === 'number')
        return this.fill(-operand.value, shape);
    }
    return this.#add({
      form: 'map',
      op,
      operands: repeated,
      type: { shape, outer: this.#outer(repeated), element: 'real' },
      origin: this.origin,
    });
  }

  /** Sum of addends of one shape (scalars are repeated). */
  sum(operands: readonly NodeId[]): NodeId {
    invariant(operands.length > 0, 'a sum needs an addend');
    const shape = operands.map((id) => this.shape(id)).find((s) => s.length > 0) ?? [];
    const repeated = operands.map((id) => this.repeat(id, shape));
    if (repeated.length === 1) return repeated[0]!;
    return this.#add({
      form: 'sum',
      operands: repeated,
      type: { shape, outer: this.#outer(repeated), element: 'real' },
      origin: this.origin,
    });
  }

  /** See `Contract`. A transposed operand is read in place, with its labels exchanged. */
  contract(
    left: NodeId,
    right: NodeId,
    leftAxes: readonly number[],
    rightAxes: readonly number[],
    outAxes: readonly number[],
  ): NodeId {
    const [leftSource, leftLabels] = this.#throughTranspose(left, leftAxes);
    const [rightSource, rightLabels] = this.#throughTranspose(right, rightAxes);
    const sizes = new Map<number, Dim>();
    for (const [id, labels] of [
      [leftSource, leftLabels],
      [rightSource, rightLabels],
    ] as const) {
      invariant(
        labels.length === this.shape(id).length,
        `contract: ${labels} for ${formatShape(this.shape(id))}`,
      );
      labels.forEach((label, axis) => {
        const dim = this.shape(id)[axis]!;
        const known = sizes.get(label) ?? dim;
        invariant(sameDim(known, dim), `contract: ${formatDim(known)} against ${formatDim(dim)}`);
        sizes.set(label, dim);
      });
    }
    for (const label of new Set([...leftLabels, ...rightLabels])) {
      const both = leftLabels.includes(label) && rightLabels.includes(label);
      invariant(both || outAxes.includes(label), 'contract: a label of one operand alone is not summed over');
    }
    return this.#add({
      form: 'contract',
      left: leftSource,
      right: rightSource,
      leftAxes: leftLabels,
      rightAxes: rightLabels,
      outAxes,
      type: {
        shape: outAxes.map((label) => sizes.get(label)!),
        outer: this.#outer([leftSource, rightSource]),
        element: 'real',
      },
      origin: this.origin,
    });
  }

  oneHot(operand: NodeId, classes: Dim): NodeId {
    const { element, shape, outer } = this.type(operand);
    invariant(element === 'index' && shape.length === 0, 'oneHot wants one whole number');
    return this.#add({
      form: 'oneHot',
      operand,
      type: { shape: [classes], outer, element: 'real' },
      origin: this.origin,
    });
  }

  reduce(op: 'sum' | 'max', operand: NodeId, axes: readonly number[]): NodeId {
    if (axes.length === 0) return operand;
    const { shape, outer } = this.type(operand);
    const sorted = [...axes].sort((a, b) => a - b);
    return this.#add({
      form: 'reduce',
      op,
      operand,
      axes: sorted,
      type: { shape: shape.filter((_, axis) => !sorted.includes(axis)), outer, element: 'real' },
      origin: this.origin,
    });
  }

  running(operand: NodeId, axis: number, direction: 'up' | 'down'): NodeId {
    return this.#add({
      form: 'running',
      operand,
      axis,
      direction,
      type: this.type(operand),
      origin: this.origin,
    });
  }

  /** Operand axis i becomes axis `axes[i]` of `shape`; the other axes repeat. */
  broadcast(operand: NodeId, axes: readonly number[], shape: readonly Dim[]): NodeId {
    const source = this.node(operand);
    const from = source.type.shape;
    invariant(axes.length === from.length, 'broadcast: one place per axis');
    invariant(
      axes.every((axis, i) => sameDim(shape[axis]!, from[i]!)),
      'broadcast: sizes differ',
    );
    if (axes.length === shape.length && axes.every((axis, i) => axis === i)) return operand;
    if (source.form === 'fill') return this.fill(source.value, shape);
    if (source.form === 'broadcast') {
      return this.broadcast(
        source.operand,
        source.axes.map((axis) => axes[axis]!),
        shape,
      );
    }
    return this.#add({
      form: 'broadcast',
      operand,
      axes,
      type: { shape, outer: source.type.outer, element: 'real' },
      origin: this.origin,
    });
  }

  /** A scalar laid out over `shape`; a value of that shape already is returned as it is. */
  repeat(operand: NodeId, shape: readonly Dim[]): NodeId {
    const from = this.shape(operand);
    if (from.length === 0 && shape.length > 0) return this.broadcast(operand, [], shape);
    invariant(sameShape(from, shape), `shapes differ: ${formatShape(from)} and ${formatShape(shape)}`);
    return operand;
  }

  slice(operand: NodeId, axis: number, start: Dim, length: Dim): NodeId {
    const { shape, outer } = this.type(operand);
    if (sameDim(shape[axis]!, length)) return operand;
    const type: TensorType = { shape: shape.with(axis, length), outer, element: 'real' };
    return this.#add({ form: 'slice', operand, axis, start, type, origin: this.origin });
  }

  /** The operand at `start` of an axis that is `length` long, zeros around it. */
  pad(operand: NodeId, axis: number, start: Dim, length: Dim): NodeId {
    const { shape, outer } = this.type(operand);
    if (sameDim(shape[axis]!, length)) return operand;
    const type: TensorType = { shape: shape.with(axis, length), outer, element: 'real' };
    return this.#add({ form: 'pad', operand, axis, start, type, origin: this.origin });
  }

  concat(operands: readonly NodeId[], axis: number): NodeId {
    if (operands.length === 1) return operands[0]!;
    const shape = this.shape(operands[0]!);
    const total = addDims(...operands.map((id) => this.shape(id)[axis]!));
    for (const id of operands) {
      invariant(
        sameShape(this.shape(id).with(axis, total), shape.with(axis, total)),
        'concat: other axes differ',
      );
    }
    return this.#add({
      form: 'concat',
      operands,
      axis,
      type: { shape: shape.with(axis, total), outer: this.#outer(operands), element: 'real' },
      origin: this.origin,
    });
  }

  reshape(operand: NodeId, shape: readonly Dim[]): NodeId {
    const source = this.node(operand);
    if (sameShape(source.type.shape, shape)) return operand;
    invariant(
      sameDim(shape.reduce(multiplyDims, oneDim), source.type.shape.reduce(multiplyDims, oneDim)),
      `reshape: ${formatShape(source.type.shape)} to ${formatShape(shape)}`,
    );
    return this.#add({
      form: 'reshape',
      operand,
      type: { shape, outer: source.type.outer, element: 'real' },
      origin: this.origin,
    });
  }

  /** Sum over outer axes that the operand varies along. */
  total(operand: NodeId, over: readonly OuterAxis[]): NodeId {
    if (over.length === 0) return operand;
    const { shape, outer } = this.type(operand);
    invariant(
      over.every((axis) => outer.includes(axis)),
      'total over an axis that the value does not vary along',
    );
    return this.#add({
      form: 'total',
      operand,
      over,
      type: { shape, outer: outer.filter((axis) => !over.includes(axis)), element: 'real' },
      origin: this.origin,
    });
  }

  isFill(id: NodeId, value: number): boolean {
    const node = this.node(id);
    return node.form === 'fill' && node.value === value;
  }

  #outer(operands: readonly NodeId[]) {
    return unionOuter(...operands.map((id) => this.type(id).outer));
  }

  #throughTranspose(id: NodeId, labels: readonly number[]): readonly [NodeId, readonly number[]] {
    const node = this.node(id);
    if (node.form !== 'broadcast' || node.axes.length !== node.type.shape.length) return [id, labels];
    return [node.operand, node.axes.map((axis) => labels[axis]!)];
  }

  #add(node: GraphNode): NodeId {
    const key = isShared(node) ? keyOf(node) : undefined;
    const known = key === undefined ? undefined : this.#known.get(key);
    return known ?? this.#push(node, key);
  }

  /** Nodes that are given keep their numbers, equal ones too. */
  #push(node: GraphNode, key: string | undefined): NodeId {
    this.nodes.push(node);
    const id = this.nodes.length - 1;
    if (key !== undefined && !this.#known.has(key)) this.#known.set(key, id);
    return id;
  }
}

/** Whether an equal node may stand for it: not where the adjoint is not linear. */
function isShared(node: GraphNode): boolean {
  return node.form !== 'map' || mathOps.get(node.op)?.backward === undefined;
}

/** Equal for nodes that are the same value: form, operands and attributes; not where they come from. */
function keyOf(node: GraphNode): string {
  let key = '';
  for (const [name, value] of Object.entries(node)) {
    if (name === 'origin') continue;
    if (name === 'type') {
      const { shape, outer, element } = node.type;
      key += `[${shape.map(dimKey).join(',')}] ${outer.join(',')} ${element} `;
    } else if (typeof value === 'object' && 'terms' in value) key += `${name}:dim ${dimKey(value)} `;
    // -0 and 0 are different numbers; names are the user's.
    else if (typeof value === 'number') key += `${name}:${Object.is(value, -0) ? '-0' : value} `;
    else key += `${name}:${typeof value === 'string' ? JSON.stringify(value) : value} `;
  }
  return key;
}
