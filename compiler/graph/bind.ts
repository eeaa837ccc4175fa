import { constantDim, constantOf, type Dim, evaluateDim } from '../cell/dim.ts';
import { evaluateFormula } from '../cell/formula.ts';
import { invariant } from '../support/invariant.ts';
import type { Graph, GraphNode, NodeId, StepGraph } from './graph.ts';

/** Sizes and real numbers of a cell, checked against its declarations before. */
export interface Binding {
  readonly sizes: ReadonlyMap<string, number>;
  readonly numbers: ReadonlyMap<string, number>;
}

/** A graph whose sizes are numbers, with the values of its constants. */
export interface Bound<G extends Graph> {
  readonly graph: G;
  readonly binding: Binding;
  /** Constant arrays by name, row-major, f64. */
  readonly constants: ReadonlyMap<string, Float64Array>;
}

/** Substitutes sizes and numbers once, just before planning; after this every trip count is known. */
export function bind<G extends StepGraph>(graph: G, binding: Binding): Bound<G> {
  const number = (dim: Dim): Dim => {
    const value = evaluateDim(dim, binding.sizes);
    invariant(Number.isSafeInteger(value) && value >= 0, `size ${value} got past its check`);
    return constantDim(value);
  };
  const nodes = graph.nodes.map((node): GraphNode => {
    const type = { ...node.type, shape: node.type.shape.map(number) };
    switch (node.form) {
      case 'fill':
        return {
          ...node,
          type,
          value: typeof node.value === 'number' ? node.value : evaluateDim(node.value, binding.sizes),
        };
      case 'slice':
      case 'pad':
        return { ...node, type, start: number(node.start) };
      case 'leaf': {
        if (node.role !== 'number') return { ...node, type };
        const value = binding.numbers.get(node.name);
        invariant(value !== undefined, `number ${node.name} has no value`);
        return { form: 'fill', value, type, origin: node.origin };
      }
      default:
        return { ...node, type };
    }
  });
  const constants = new Map<string, Float64Array>();
  for (const constant of graph.cell.constants) {
    const shape = constant.shape.map((dim) => evaluateDim(dim, binding.sizes));
    constants.set(constant.name, evaluateFormula(constant.value, constant.indices, shape, binding));
  }
  return { graph: { ...graph, nodes }, binding, constants };
}

/** The shape of a node of a bound graph, as numbers. */
export function boundShape(graph: Graph, id: NodeId): readonly number[] {
  return graph.nodes[id]!.type.shape.map(boundDim);
}

export function boundDim(dim: Dim): number {
  const value = constantOf(dim);
  invariant(value !== undefined, 'a size was not bound');
  return value;
}

export function entriesOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
