import { boundShape, entriesOf } from '../graph/bind.ts';
import type { NodeId } from '../graph/graph.ts';
import type { Extent, Kernel, Place, Plan } from '../plan/plan.ts';
import { formatPosition, textOf } from '../source/source.ts';
import { lowerNode } from './lowerNode.ts';
import { lowerTotal } from './lowerTotal.ts';
import { Operands, rowIndex, stepIndex } from './operands.ts';
import {
  type Affine,
  type Procedure,
  type Program,
  type ProgramExpression,
  type ProgramStatement,
  procedureNames,
} from './program.ts';
import { affine, load, loop, real, shift, store } from './write.ts';

/**
 * Plan → program: loops are written, values become loads and stores, elementary functions become machine operations.
 * Within a step, kernels run one after the other, each over all rows of the batch.
 */
export function lower(plan: Plan): Program {
  return {
    name: plan.bound.graph.cell.name,
    profile: plan.profile,
    buffers: plan.buffers,
    memoryBytes: plan.memoryBytes,
    procedures: procedureNames.map((name): Procedure => {
      const kernels = plan.sweeps[name];
      const write = (wanted: readonly Kernel[]) => wanted.flatMap((kernel) => lowerKernel(plan, kernel));
      const once = kernels.filter((kernel) => kernel.over !== 'step');
      const inLoop = kernels.filter((kernel) => kernel.over === 'step');
      const steps = loop(stepIndex, 'steps', write(inLoop), name === 'backward' ? 'down' : 'up');
      return {
        name,
        takesSteps: name === 'forward' || name === 'backward',
        body: [...write(once), ...steps],
      };
    }),
  };
}

function lowerKernel(plan: Plan, kernel: Kernel): readonly ProgramStatement[] {
  const operands = new Operands(plan, kernel.over);
  // Without rows, a loop that runs once: a block of its own, so that its locals end with it.
  const [index, extent]: [string, number] = kernel.over === 'once' ? ['once', 1] : [rowIndex, plan.batch];
  const body = lowerBody(plan, kernel, operands);
  return [{ kind: 'comment', text: describe(plan, kernel) }, ...loop(index, extent, body)];
}

function lowerBody(plan: Plan, kernel: Kernel, operands: Operands): readonly ProgramStatement[] {
  const { graph } = plan.bound;
  const entries = (id: NodeId) => entriesOf(boundShape(graph, id));
  switch (kernel.kind) {
    case 'compute':
      return lowerNode(graph, kernel.node, operands);
    case 'accumulate':
      return lowerTotal(graph, kernel.total, operands);
    case 'clear':
      return fillPlace(operands, plan.places.get(kernel.total)!, entries(kernel.total), () => real(0));
    case 'copy':
      return fillPlace(operands, kernel.to, entries(kernel.from), (at) => operands.read(kernel.from, at));
    case 'move':
      return fillPlace(operands, kernel.to, kernel.entries, (at) =>
        load(shift(operands.addressOf(kernel.from), at)),
      );
  }
}

function fillPlace(
  operands: Operands,
  place: Place,
  entries: number,
  value: (at: Affine) => ProgramExpression,
): readonly ProgramStatement[] {
  const each = affine(0, { index: 'e', stride: 1 });
  return loop('e', entries, [store(shift(operands.addressOf(place), each), value(each))]);
}

const extents: Record<Extent, string> = { once: '', example: ' for each row', step: '' };

/** What a kernel does, in the words of the equation it belongs to. */
function describe(plan: Plan, kernel: Kernel): string {
  if (kernel.kind === 'copy' || kernel.kind === 'move') return `${kernel.why}${extents[kernel.over]}`;
  const id = kernel.kind === 'compute' ? kernel.node : kernel.total;
  const { span, sweep, name } = plan.bound.graph.nodes[id]!.origin;
  const equation = textOf(span).replaceAll(/\s+/g, ' ').slice(0, 80);
  const what = kernel.kind === 'clear' ? 'zero for ' : kernel.kind === 'accumulate' ? 'total for ' : '';
  const value = name === undefined ? '' : ` -> ${name}`;
  return `${what}%${id}${value}  ${sweep === 'adjoint' ? 'adjoint of ' : ''}${formatPosition(span)}  ${equation}`;
}
