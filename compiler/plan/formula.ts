import { boundDim, boundShape } from '../graph/bind.ts';
import type { Contract, Graph, NodeId, StepGraph, TrainingGraph } from '../graph/graph.ts';
import { apply, argument, type ScalarExpression } from '../ops/expression.ts';
import { tight, type Written, writeScalar } from '../ops/printScalar.ts';
import { rowReadOf } from './fusion.ts';
import { namesOf } from './names.ts';

/*
 * Values as formulas in the language's notation, down to values that have a name: `[U_i; U_f].T @ [z_i_bar; z_f_bar]`.
 */

type AnyGraph = StepGraph | TrainingGraph;

/** Levels of a formula, members of a sum or list, and values in all, that are written; the rest is `…`. */
const deepest = 6;
const longest = 8;
const mostValues = 100;

const atom = (text: string): Written => ({ text, binds: tight });
/** `b + W @ x` needs no brackets, `i*(C @ q)` has them. */
const matrixProduct = 5.5;
const asAddend = (text: Written): Written => (text.binds === matrixProduct ? atom(text.text) : text);

/** The name of a value, else its formula. */
export function textOfValue(graph: AnyGraph, id: NodeId): string {
  return new Writer(graph).value(id, 0).text;
}

/** How a value is made, whether it has a name or not. */
export function formulaOf(graph: AnyGraph, id: NodeId): string {
  return new Writer(graph).formula(id, 0).text;
}

class Writer {
  readonly #graph: AnyGraph;
  #left = mostValues;

  constructor(graph: AnyGraph) {
    this.#graph = graph;
  }

  value(id: NodeId, depth: number): Written {
    const name = namesOf(this.#graph).of(id);
    if (name !== undefined) return atom(name);
    return depth > deepest || this.#left-- <= 0 ? atom('…') : this.formula(id, depth);
  }

  formula(id: NodeId, depth: number): Written {
    const node = this.#graph.nodes[id]!;
    const operand = (of: NodeId) => this.value(of, depth + 1);
    switch (node.form) {
      case 'leaf':
        return this.value(id, depth);
      case 'fill':
        return typeof node.value === 'number' ? number(node.value) : atom(String(boundDim(node.value)));
      case 'map':
        return this.#scalar(node.op, node.operands.map(operand));
      case 'sum':
        return this.#sum(node.operands.slice(0, longest).map(operand), node.operands.length > longest);
      case 'contract':
        return this.#contract(id, node, operand);
      case 'oneHot':
        return atom(`one_hot(${operand(node.operand).text})`);
      case 'reduce': {
        const all = node.axes.length === boundShape(this.#graph, node.operand).length;
        const along = all ? '' : `, axis = ${node.axes.join(' ')}`;
        return atom(`${node.op}(${operand(node.operand).text}${along})`);
      }
      case 'running':
        return atom(
          `cumsum(${operand(node.operand).text}${node.direction === 'down' ? ', from the end' : ''})`,
        );
      case 'broadcast':
      case 'reshape':
        return this.value(node.operand, depth);
      case 'pad':
        return atom(`pad(${operand(node.operand).text})`);
      case 'concat':
        return atom(listed(node.operands.map((of) => () => operand(of).text)));
      case 'total':
        return atom('total(…)');
      case 'slice': {
        const start = boundDim(node.start);
        const length = boundShape(this.#graph, id)[node.axis]!;
        const part = this.#partOf(node.operand, node.axis, start, length, operand);
        if (part !== undefined) return part;
        return atom(
          `${bracketed(operand(node.operand))}[${':, '.repeat(node.axis)}${start}:${start + length}]`,
        );
      }
    }
  }

  #scalar(op: string, operands: readonly Written[]): Written {
    return writeScalar(apply(op, ...operands.map((_, i) => argument(i))), operands);
  }

  #sum(addends: readonly Written[], more: boolean): Written {
    const shown = (more ? [...addends, atom('…')] : addends).map(asAddend);
    const [first, ...others] = shown.map((_, i): ScalarExpression => argument(i));
    return writeScalar(
      others.reduce<ScalarExpression>((sum, addend) => apply('add', sum, addend), first!),
      shown,
    );
  }

  /** A part of a concat, or the product that a part of a joined product is: `U_f @ h_prev`. */
  #partOf(
    id: NodeId,
    axis: number,
    start: number,
    length: number,
    operand: (of: NodeId) => Written,
  ): Written | undefined {
    const node = this.#graph.nodes[id]!;
    if (node.form === 'concat' && node.axis === axis) {
      let at = 0;
      for (const part of node.operands) {
        const size = boundShape(this.#graph, part)[axis]!;
        if (at === start && size === length) return operand(part);
        at += size;
      }
    }
    if (node.form !== 'contract') return undefined;
    const label = node.outAxes[axis]!;
    for (const side of ['left', 'right'] as const) {
      const along = node[`${side}Axes`].indexOf(label);
      if (along < 0) continue;
      const part = this.#partOf(node[side], along, start, length, operand);
      if (part === undefined) return undefined;
      return matrixText(
        node,
        side === 'left' ? part : operand(node.left),
        side === 'right' ? part : operand(node.right),
      );
    }
    return undefined;
  }

  #contract(id: NodeId, node: Contract, operand: (of: NodeId) => Written): Written {
    const row = rowReadOf(this.#graph, id);
    if (row !== undefined) return atom(`${bracketed(operand(row.table))}[${operand(row.index).text}]`);
    return matrixText(node, operand(node.left), operand(node.right));
  }
}

/** A contraction as a product of matrices and vectors, where it is one. */
function matrixText(
  { leftAxes, rightAxes, outAxes }: Pick<Contract, 'leftAxes' | 'rightAxes' | 'outAxes'>,
  left: Written,
  right: Written,
): Written {
  const summed = leftAxes.filter((label) => !outAxes.includes(label));
  const isRow = leftAxes.length === 1 && rightAxes.length === 1;
  if (summed.length === 0) {
    const isOuter = isRow && outAxes.length === 2;
    if (isOuter) {
      const [a, b] = outAxes[0] === leftAxes[0] ? [left, right] : [right, left];
      return atom(`outer(${a.text}, ${b.text})`);
    }
    return writeScalar(apply('mul', argument(0), argument(1)), [left, right]);
  }
  if (outAxes.length === 0) {
    if (isRow) return atom(`dot(${left.text}, ${right.text})`);
    const product = writeScalar(apply('mul', argument(0), argument(1)), [left, right]);
    return atom(`sum(${product.text})`);
  }
  const isMatrices = leftAxes.length <= 2 && rightAxes.length <= 2 && summed.length === 1;
  if (!isMatrices || leftAxes.some((label) => outAxes.includes(label) && rightAxes.includes(label)))
    return atom(`contract(${left.text}, ${right.text})`);
  // The factor that the first axis of the result belongs to stands first.
  const leftFirst = leftAxes.includes(outAxes[0]!);
  const first = leftFirst ? turned(left, leftAxes, summed[0]!, 1) : turned(right, rightAxes, summed[0]!, 1);
  const second = leftFirst ? turned(right, rightAxes, summed[0]!, 0) : turned(left, leftAxes, summed[0]!, 0);
  return { text: `${first} @ ${second}`, binds: matrixProduct };
}

/** A factor with its summed axis at `place`, transposed where needed. */
function turned(factor: Written, axes: readonly number[], summed: number, place: number): string {
  const text = bracketed(factor);
  return axes.length === 2 && axes.indexOf(summed) !== place ? `${text}.T` : text;
}

const bracketed = ({ text, binds }: Written): string => (binds < tight ? `(${text})` : text);

const number = (value: number): Written => ({
  text: String(Number(value.toPrecision(6))),
  binds: value < 0 ? 7 : tight,
});

function listed(parts: readonly (() => string)[]): string {
  const shown = parts.slice(0, longest).map((part) => part());
  return `[${[...shown, ...(parts.length > longest ? ['…'] : [])].join('; ')}]`;
}

/** What reads a value without changing it: the node itself and slices and reshapes of it. */
export function viewsOf(graph: Graph, base: NodeId): readonly NodeId[] {
  const found = [base];
  graph.nodes.forEach((node, id) => {
    const isView = node.form === 'slice' || node.form === 'reshape' || node.form === 'broadcast';
    if (isView && found.includes(node.operand)) found.push(id);
  });
  return found;
}
