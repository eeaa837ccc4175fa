import { boundShape, entriesOf } from '../graph/bind.ts';
import type { NodeId } from '../graph/graph.ts';
import { formatPosition, textOf } from '../source/source.ts';
import { type Kernel, type Plan, procedureNames } from './plan.ts';

/** What runs when, where values live, and how many bytes are kept for the backward sweep. */
export function printPlan(plan: Plan): string {
  const { graph } = plan.bound;
  const lines = [
    `plan ${graph.cell.name}: batch ${plan.batch}, window ${plan.window}, rounding ${plan.profile}`,
  ];
  for (const name of procedureNames) {
    const kernels = plan.sweeps[name];
    lines.push('', `${name}: ${kernels.length} kernels`);
    for (const kernel of kernels) lines.push(`  ${when[kernel.over]}  ${describe(plan, kernel)}`);
  }
  const tape = plan.buffers.filter(({ name }) => name.startsWith('tape.') || name.startsWith('state.'));
  const bytes = (buffers: Plan['buffers']) => 4 * buffers.reduce((sum, { length }) => sum + length, 0);
  lines.push(
    '',
    `kept for the backward sweep: ${bytes(tape)} bytes in ${tape.length} buffers; memory: ${plan.memoryBytes} bytes`,
  );
  for (const { name, lanes, offset, length } of plan.buffers) {
    lines.push(`  ${String(offset).padStart(9)}  ${lanes} x ${String(length).padEnd(8)} ${name}`);
  }
  return `${lines.join('\n')}\n`;
}

const when: Record<Kernel['over'], string> = { once: 'once    ', example: 'per row ', step: 'per step' };

const line = (what: string, where: string) => `${what.padEnd(44)}; ${where}`;

function describe(plan: Plan, kernel: Kernel): string {
  const { graph } = plan.bound;
  const where = (id: NodeId) => plan.places.get(id)?.buffer ?? 'nowhere';
  const equation = (id: NodeId) => {
    const { span, sweep } = graph.nodes[id]!.origin;
    const text = textOf(span).replaceAll(/\s+/g, ' ').slice(0, 60);
    return `${formatPosition(span)}${sweep === 'adjoint' ? ' adjoint of' : ''}  ${text}`;
  };
  switch (kernel.kind) {
    case 'compute': {
      const node = graph.nodes[kernel.node]!;
      const what = node.form === 'map' ? node.op : node.form;
      const entries = entriesOf(boundShape(graph, kernel.node));
      return line(
        `${what.padEnd(10)} %${kernel.node} -> ${where(kernel.node)} (${entries})`,
        equation(kernel.node),
      );
    }
    case 'accumulate':
      return line(`accumulate %${kernel.total} -> ${where(kernel.total)}`, equation(kernel.total));
    case 'clear':
      return `clear      %${kernel.total} -> ${where(kernel.total)}`;
    case 'copy':
      return line(`copy       %${kernel.from} -> ${kernel.to.buffer}`, kernel.why);
    case 'move':
      return line(`copy       ${kernel.from.buffer} -> ${kernel.to.buffer}`, kernel.why);
  }
}
