import { type Kernel, type Plan, procedureNames } from './plan.ts';
import { describeKernel } from './words.ts';

/** What runs when, where values live, and how many bytes are kept for the backward sweep. */
export function printPlan(plan: Plan): string {
  const { graph } = plan.bound;
  const lines = [
    `plan ${graph.cell.name}: batch ${plan.batch}, window ${plan.window}, rounding ${plan.profile}`,
  ];
  for (const name of procedureNames) {
    const { before, stages } = plan.sweeps[name];
    lines.push('', `${name}:`);
    for (const kernel of before) lines.push(`  ${describe(plan, kernel)}`);
    for (const { over, kernels } of stages) {
      lines.push(`  for ${over === 'slab' ? `all ${plan.slab} steps of a slab` : 'each step'}`);
      for (const kernel of kernels) lines.push(`    ${describe(plan, kernel)}`);
    }
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

const describe = (plan: Plan, kernel: Kernel) => `${kernel.kind.padEnd(8)} ${describeKernel(plan, kernel)}`;
