import { boundShape, entriesOf } from '../graph/bind.ts';
import type { NodeId } from '../graph/graph.ts';
import { stridesOf } from '../plan/access.ts';
import type { Extent, Kernel, Place, Plan, Stage } from '../plan/plan.ts';
import { describeKernel } from '../plan/words.ts';
import { invariant } from '../support/invariant.ts';
import { lowerGroup } from './group.ts';
import { loopInLanes } from './lanes.ts';
import { lowerNode } from './lowerNode.ts';
import { lowerTotal } from './lowerTotal.ts';
import { nest } from './nest.ts';
import {
  type Axis,
  axisIndex,
  type Frame,
  Operands,
  rowIndex,
  slabIndex,
  stepIndex,
  stepInSlab,
} from './operands.ts';
import { lowerPack } from './pack.ts';
import { lowerProduct } from './product.ts';
import {
  type Affine,
  type Procedure,
  type ProcedureName,
  type Program,
  type ProgramExpression,
  type ProgramStatement,
  procedureNames,
} from './program.ts';
import { lowerWholeReduce } from './reduce.ts';
import { lowerWholeTotal } from './total.ts';
import { affine, load, loop, real, shift, store } from './write.ts';

/**
 * Plan → program: loops are written, values become loads and stores, elementary functions become machine operations.
 * Stages run one after the other for each slab of steps; the steps that fill no slab follow (backward: come first), one at
 * a time.
 */
export function lower(plan: Plan): Program {
  return {
    name: plan.bound.graph.cell.name,
    profile: plan.profile,
    buffers: plan.buffers,
    memoryBytes: plan.memoryBytes,
    procedures: procedureNames.map((name): Procedure => {
      const { before, stages } = plan.sweeps[name];
      return {
        name,
        takesSteps: name === 'forward' || name === 'backward',
        body: [...before.flatMap((kernel) => lowerAlone(plan, kernel)), ...overSteps(plan, stages, name)],
      };
    }),
  };
}

function overSteps(plan: Plan, stages: readonly Stage[], name: ProcedureName): readonly ProgramStatement[] {
  const direction = name === 'backward' ? 'down' : 'up';
  const { slab, batch } = plan;
  const rows: readonly Axis[] = [{ index: rowIndex, extent: batch }];
  const write = (kernels: readonly Kernel[], frame: Frame) =>
    kernels.flatMap((kernel) => lowerKernel(plan, kernel, frame));
  const alone: Frame = { step: [{ index: stepIndex, stride: 1 }], inSlab: [], rows };
  const stepByStep = stages.flatMap(({ kernels }) => write(kernels, alone));
  if (slab === 1) return loop(stepIndex, 'steps', stepByStep, direction);
  const inSlab = [{ index: stepInSlab, stride: 1 }];
  const step = [{ index: slabIndex, stride: slab }, ...inSlab];
  const steps: Axis = { index: stepInSlab, extent: slab };
  const whole = stages.flatMap(({ over, kernels }) =>
    over === 'slab'
      ? write(kernels, { step, inSlab, rows: [steps, ...rows] })
      : loop(stepInSlab, slab, write(kernels, { step, inSlab, rows }), direction),
  );
  const slabs = loop(slabIndex, { of: 'slabs', size: slab }, whole, direction);
  const rest = loop(stepIndex, { of: 'rest', size: slab }, stepByStep, direction);
  return direction === 'up' ? [...slabs, ...rest] : [...rest, ...slabs];
}

/** A kernel that is not run for steps. */
function lowerAlone(plan: Plan, kernel: Kernel): readonly ProgramStatement[] {
  const rows: Readonly<Record<Extent, readonly Axis[]>> = {
    once: [],
    example: [{ index: rowIndex, extent: plan.batch }],
    step: [],
  };
  invariant(kernel.over !== 'step', 'a kernel for steps stands before all steps');
  return lowerKernel(plan, kernel, { step: [], inSlab: [], rows: rows[kernel.over] });
}

function lowerKernel(plan: Plan, kernel: Kernel, frame: Frame): readonly ProgramStatement[] {
  const operands = new Operands(plan, frame);
  return [{ kind: 'comment', text: describeKernel(plan, kernel) }, ...lowerBody(plan, kernel, operands)];
}

function lowerBody(plan: Plan, kernel: Kernel, operands: Operands): readonly ProgramStatement[] {
  const { graph } = plan.bound;
  const entries = (id: NodeId) => entriesOf(boundShape(graph, id));
  switch (kernel.kind) {
    case 'compute':
      return forEachRow(operands, lowerNode(graph, kernel.node, operands));
    case 'group':
      return lowerGroup(kernel.nodes, operands);
    case 'product':
      return lowerProduct(kernel.node, kernel.packed, operands);
    case 'pack':
      return lowerPack(kernel.node, kernel.packed, operands);
    case 'reduce':
      return lowerWholeReduce(kernel.node, operands);
    case 'accumulate':
      return forEachRow(operands, lowerTotal(graph, kernel.total, operands));
    case 'total':
      return lowerWholeTotal(kernel.total, operands);
    case 'clear':
      return fill(operands, plan.places.get(kernel.total)!, entries(kernel.total), () => real(0));
    case 'copy':
      return copyInto(operands, kernel.to, kernel.from);
    case 'move':
      return fill(operands, kernel.to, kernel.entries, (at) =>
        load(shift(operands.addressOf(kernel.from), at)),
      );
    case 'part':
      invariant(false, 'a part of a concat was not placed');
  }
}

/** A kernel that works on one row. Without rows, a loop that runs once: a block of its own, so that its locals end with it. */
function forEachRow(operands: Operands, body: readonly ProgramStatement[]): readonly ProgramStatement[] {
  const { rows } = operands.frame;
  if (rows.length === 0) return loop('once', 1, body);
  return rows.reduceRight<readonly ProgramStatement[]>(
    (inner, { index, extent }) => loop(index, extent, inner),
    body,
  );
}

function copyInto(operands: Operands, place: Place, from: NodeId): readonly ProgramStatement[] {
  const shape = boundShape(operands.plan.bound.graph, from);
  const axes = shape.map((extent, axis) => ({ index: axisIndex(axis), extent }));
  const strides = stridesOf(shape);
  const to = affine(0, ...axes.map(({ index }, axis) => ({ index, stride: strides[axis]! })));
  const value = operands.readAt(
    from,
    axes.map(({ index }) => index),
  );
  const body = [store(shift(operands.addressOf(place), to), value)];
  return nest([...operands.frame.rows, ...axes], body, operands.isReal);
}

function fill(
  operands: Operands,
  place: Place,
  entries: number,
  value: (at: Affine) => ProgramExpression,
): readonly ProgramStatement[] {
  const each = affine(0, { index: 'e', stride: 1 });
  const body = [store(shift(operands.addressOf(place), each), value(each))];
  return forEachRow(operands, loopInLanes('e', entries, body, operands.isReal));
}
