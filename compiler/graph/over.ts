import type { Constant, TypedExpression } from '../cell/cell.ts';
import { type Dim, namedDim } from '../cell/dim.ts';
import { oversOf, perExample, shared, type TensorType, withoutOvers } from '../cell/type.ts';
import type { GraphBuilder } from './build.ts';
import type { NamedNode, NodeId } from './graph.ts';

/*
 * Values over the entries of a size: in the graph such a value has an axis more, before those of its own shape (several:
 * by name). A row may have fewer entries than the size says; what stands beyond them is never summed, and no cotangent
 * leaves it: wherever entries are summed, in the adjoint too, those beyond are left out by a `select`, since a product
 * with 0 would let a NaN through.
 */

export class Over {
  /** Leaves: how many entries a row has, by the name of the size. */
  readonly entries: NamedNode[] = [];
  /** 0, 1, 2, … along each size. */
  readonly constants: Constant[] = [];
  readonly #builder: GraphBuilder;
  readonly #masks = new Map<string, NodeId>();

  constructor(builder: GraphBuilder) {
    this.#builder = builder;
  }

  /** The type of a value in the graph. */
  typeOf(type: TensorType): TensorType {
    const over = oversOf(type.outer);
    return over.length === 0
      ? type
      : { ...type, shape: [...dimsOf(over), ...type.shape], outer: withoutOvers(type.outer) };
  }

  /** How many entries of a size a row has, as a real number. */
  count(size: string): NodeId {
    return this.#builder.leaf('entries', size, { shape: [], outer: perExample, element: 'real' });
  }

  /** [size]: 1 for the entries a row has, 0 beyond them. */
  mask(size: string): NodeId {
    const known = this.#masks.get(size);
    if (known !== undefined) return known;
    const builder = this.#builder;
    const { origin } = builder;
    builder.origin = { span: origin.span, sweep: 'primal' };
    const name = `place in ${size}`;
    const shape = [namedDim(size)];
    const { span } = origin;
    const value = {
      kind: 'indexVariable',
      name: 'k',
      type: { shape: [], outer: shared, element: 'real' },
      span,
    };
    this.constants.push({ name, shape, indices: ['k'], value: value as TypedExpression, span });
    const places = builder.leaf('constant', name, { shape, outer: shared, element: 'real' });
    const count = this.count(size);
    this.entries.push({ name: size, node: count });
    const mask = builder.map('less', places, count);
    this.#masks.set(size, mask);
    builder.origin = origin;
    return mask;
  }

  /** A value over `over` (its leading axes), with `otherwise` beyond the entries that a row has. */
  masked(id: NodeId, over: readonly string[], otherwise: number): NodeId {
    const builder = this.#builder;
    return over.reduce((value, size, axis) => {
      const mask = this.mask(size);
      const node = builder.node(value);
      const laid = builder.broadcast(mask, [axis], builder.shape(value));
      const isDone =
        node.form === 'map' &&
        node.op === 'select' &&
        node.operands[0] === laid &&
        builder.isFill(node.operands[2]!, otherwise);
      return isDone ? value : builder.map('select', laid, value, builder.fill(otherwise));
    }, id);
  }

  /**
   * A value of an own shape of `rank` axes over the sizes `from`, laid over the sizes `over` and the own shape `shape`
   * (which is its own, unless that is a scalar).
   */
  laid(
    id: NodeId,
    from: readonly string[],
    rank: number,
    over: readonly string[],
    shape: readonly Dim[],
  ): NodeId {
    if (from.length === 0 && rank === 0) return id;
    const axes = [
      ...from.map((size) => over.indexOf(size)),
      ...Array.from({ length: rank }, (_, i) => over.length + i),
    ];
    return this.#builder.broadcast(id, axes, [...dimsOf(over), ...shape]);
  }
}

export const dimsOf = (over: readonly string[]): readonly Dim[] => over.map(namedDim);
