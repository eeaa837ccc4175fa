import type { NodeId } from '../graph/graph.ts';
import { formatPosition, textOf } from '../source/source.ts';
import type { Extent, Kernel, Plan } from './plan.ts';

/** What a kernel does, in the words of the equation it belongs to: `lstm.rnn:12  c = f*c_prev + i*g`. */
export function describeKernel(plan: Plan, kernel: Kernel): string {
  switch (kernel.kind) {
    case 'copy':
    case 'move':
      return `${kernel.why}${extents[kernel.over]}`;
    case 'part':
      return `part of %${kernel.concat}`;
    case 'group':
      return kernel.nodes.length === 1
        ? equationOf(plan, kernel.nodes[0]!)
        : `${namesOf(plan, kernel.nodes)}  ${placesOf(plan, kernel.nodes)}`;
    case 'compute':
    case 'product':
    case 'reduce':
      return equationOf(plan, kernel.node);
    case 'pack':
      return `panels for ${equationOf(plan, kernel.node)}`;
    case 'clear':
      return `zero for ${equationOf(plan, kernel.total)}`;
    case 'accumulate':
    case 'total':
      return `total for ${equationOf(plan, kernel.total)}`;
  }
}

const extents: Record<Extent, string> = { once: '', example: ' for each row', step: '' };

/** `%12 -> c  lstm.rnn:12  c = f*c_prev + i*g` */
export function equationOf({ bound }: Plan, id: NodeId): string {
  const { span, sweep, name } = bound.graph.nodes[id]!.origin;
  const equation = textOf(span).replaceAll(/\s+/g, ' ').slice(0, 80);
  const value = name === undefined ? '' : ` -> ${name}`;
  return `%${id}${value}  ${sweep === 'adjoint' ? 'adjoint of ' : ''}${formatPosition(span)}  ${equation}`;
}

/** The named values among nodes. */
function namesOf({ bound }: Plan, ids: readonly NodeId[]): string {
  const names = ids.flatMap((id) => bound.graph.nodes[id]!.origin.name ?? []);
  const shown = [...new Set(names)];
  return shown.length === 0 ? `%${ids[0]} to %${ids.at(-1)}` : shown.join(', ');
}

/** The lines that a group of nodes comes from. */
function placesOf({ bound }: Plan, ids: readonly NodeId[]): string {
  const adjoint = ids.some((id) => bound.graph.nodes[id]!.origin.sweep === 'adjoint');
  const positions = [...new Set(ids.map((id) => formatPosition(bound.graph.nodes[id]!.origin.span)))];
  const shown = positions.slice(0, 3).join(', ') + (positions.length > 3 ? ' and others' : '');
  return `${adjoint ? 'adjoint of ' : ''}${shown}`;
}
