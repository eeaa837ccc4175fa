import { formatDim } from '../cell/dim.ts';
import { formatShape } from '../cell/type.ts';
import { formatPosition } from '../source/source.ts';
import type { GraphNode, NodeId, StepGraph, TrainingGraph } from './graph.ts';
import { previousName } from './lags.ts';

/** A graph as text: a line per node, `%12 c : [H] per step = sum %10 %11   ; lstm.rnn:12:3`, then the results. */
export function printGraph(graph: StepGraph | TrainingGraph): string {
  const names = new Map<NodeId, string>();
  for (const { name, node } of graph.values) if (!names.has(node)) names.set(node, name);
  const lines = graph.nodes.map((node, id) => {
    const name = names.get(id) ?? node.origin.name;
    const head = `%${id}${name === undefined ? '' : ` ${name}`} : ${typeOf(node)} = ${body(node)}`;
    const sweep = node.origin.sweep === 'adjoint' ? ' adjoint' : '';
    return `${head.padEnd(64)} ; ${formatPosition(node.origin.span)}${sweep}`;
  });
  return [`graph ${graph.cell.name}`, ...lines.map((line) => `  ${line}`), ...results(graph), ''].join('\n');
}

function typeOf(node: GraphNode): string {
  const { shape, outer, element } = node.type;
  const varies = outer.length === 0 ? '' : outer.length === 1 ? ' per example' : ' per step';
  return `${element === 'index' ? 'index ' : ''}${formatShape(shape)}${varies}`;
}

function body(node: GraphNode): string {
  const list = (ids: readonly NodeId[]) => ids.map((id) => `%${id}`).join(' ');
  switch (node.form) {
    case 'leaf':
      return `${node.role} ${node.name}`;
    case 'fill':
      return `fill ${typeof node.value === 'number' ? node.value : formatDim(node.value)}`;
    case 'map':
      return `map ${node.op} ${list(node.operands)}`;
    case 'sum':
      return `sum ${list(node.operands)}`;
    case 'contract': {
      const labels = (axes: readonly number[]) =>
        axes.map((axis) => String.fromCharCode(105 + axis)).join('');
      const rule = `${labels(node.leftAxes)},${labels(node.rightAxes)}->${labels(node.outAxes)}`;
      return `contract ${rule} %${node.left} %${node.right}`;
    }
    case 'oneHot':
      return `oneHot %${node.operand}`;
    case 'reduce':
      return `reduce ${node.op} %${node.operand} over ${node.axes.join(' ')}`;
    case 'running':
      return `running ${node.direction} %${node.operand} along ${node.axis}`;
    case 'broadcast':
      return `broadcast %${node.operand} to axes [${node.axes.join(' ')}]`;
    case 'slice':
    case 'pad':
      return `${node.form} %${node.operand} along ${node.axis} at ${formatDim(node.start)}`;
    case 'concat':
      return `concat ${list(node.operands)} along ${node.axis}`;
    case 'reshape':
      return `reshape %${node.operand}`;
    case 'total':
      return `total %${node.operand} over ${node.over.map((axis) => (axis === 'example' ? 'examples' : 'steps')).join(', ')}`;
  }
}

function results(graph: StepGraph | TrainingGraph): readonly string[] {
  const lines = [
    ...graph.outputs.map(({ name, node }) => `output ${name} = %${node}`),
    ...graph.states.map(({ name, next, start }) => `state ${name} = %${next}, at the start %${start}`),
    ...(graph.loss === undefined ? [] : [`loss = %${graph.loss}`]),
  ];
  if ('adjoint' in graph) {
    lines.push(
      ...graph.adjoint.states.map(({ name, leaving }) => `cotangent of ${previousName(name)} = %${leaving}`),
      ...graph.adjoint.inputs.map(({ name, node }) => `cotangent of ${name} = %${node}`),
      ...graph.adjoint.gradients.map(({ name, node }) => `gradient of ${name} = %${node}`),
    );
  }
  return lines.map((line) => `  ${line}`);
}
