import { boundShape } from '../graph/bind.ts';
import type { NodeId } from '../graph/graph.ts';
import { type Access, accessOf, isRowMajor, viewAccess } from '../plan/access.ts';
import { bufferNames, type Place, type Plan } from '../plan/plan.ts';
import { invariant } from '../support/invariant.ts';
import type { Address, Affine, AffineTerm, ProgramExpression } from './program.ts';
import { affine, load, op, real, shift } from './write.ts';

/** A loop around a kernel, or one that it writes itself. */
export interface Axis {
  readonly index: string;
  readonly extent: number;
}

/** Where a kernel runs: which step of the window and of the slab this is, and over which rows it has to loop. */
export interface Frame {
  /** Number of the step in the window, in loop indices. */
  readonly step: readonly AffineTerm[];
  /** The same in the slab. */
  readonly inSlab: readonly AffineTerm[];
  /** Loops the kernel writes itself, outermost first: steps of a slab, rows of the batch. */
  readonly rows: readonly Axis[];
}

/** Names of the loops over steps and rows, in every procedure. */
export const stepIndex = 't';
export const slabIndex = 'q';
export const stepInSlab = 's';
export const rowIndex = 'b';

/** Loop index of an axis of a value. */
export const axisIndex = (axis: number) => `i${axis}`;

/** How the values of a plan are read and written inside the loops around one kernel. */
export class Operands {
  readonly plan: Plan;
  readonly frame: Frame;

  constructor(plan: Plan, frame: Frame) {
    this.plan = plan;
    this.frame = frame;
  }

  /** Whether a buffer holds f32. */
  readonly isReal = (buffer: string): boolean => this.#lanes.get(buffer) === 'f32';

  get #lanes(): ReadonlyMap<string, string> {
    return lanesOf(this.plan);
  }

  /** Entry 0 of what lives there, at the step and row of the enclosing loops. */
  addressOf({ buffer, offset, stepStride, rowStride, inSlab }: Place): Address {
    const steps = inSlab === true ? this.frame.inSlab : this.frame.step;
    const hasRows = this.frame.rows.some(({ index }) => index === rowIndex);
    invariant(hasRows || rowStride === 0, `${buffer} varies over rows, its kernel does not`);
    return {
      buffer,
      at: affine(offset, ...steps.map(({ index, stride }) => ({ index, stride: stride * stepStride })), {
        index: rowIndex,
        stride: rowStride,
      }),
    };
  }

  place(id: NodeId): Address {
    const place = this.plan.places.get(id);
    invariant(place !== undefined, `%${id} has no place`);
    return this.addressOf(place);
  }

  /** Entry `at` (row-major, in lanes) of a value: a number, a counter, or what its place holds. */
  read(id: NodeId, at: Affine): ProgramExpression {
    const access = accessOf(this.plan.bound.graph, this.plan.places, id);
    if (access.kind === 'place') {
      const shape = boundShape(this.plan.bound.graph, id);
      invariant(isRowMajor(shape, access.strides), `%${id} does not lie row after row`);
      return load(shift(this.#start(access), at));
    }
    return this.#withoutPlace(access);
  }

  /** Entry [indices] of a value; one loop index per axis. */
  readAt(id: NodeId, indices: readonly string[]): ProgramExpression {
    return this.#readAccess(accessOf(this.plan.bound.graph, this.plan.places, id), indices);
  }

  /** As `readAt`, of the operand of a view as that view sees it. */
  readView(id: NodeId, indices: readonly string[]): ProgramExpression {
    return this.#readAccess(viewAccess(this.plan.bound.graph, this.plan.places, id), indices);
  }

  #readAccess(access: Access, indices: readonly string[]): ProgramExpression {
    if (access.kind !== 'place') return this.#withoutPlace(access);
    const terms = access.strides.map((stride, axis) => ({ index: indices[axis]!, stride }));
    return load(shift(this.#start(access), affine(0, ...terms)));
  }

  #start(access: Access & { kind: 'place' }): Address {
    return shift(this.addressOf(access.place), affine(access.offset));
  }

  #withoutPlace(access: Exclude<Access, { kind: 'place' }>): ProgramExpression {
    if (access.kind === 'number') {
      if (access.lanes === 'i32') return { kind: 'constant', lanes: 'i32', value: access.value };
      return real(access.value);
    }
    const before = load({ buffer: bufferNames.stepCounter, at: affine(0, { index: rowIndex, stride: 1 }) });
    const now: ProgramExpression = { kind: 'index', value: affine(0, ...this.frame.step) };
    return op('convertI32', op('addI32', before, now));
  }
}

const lanesOfPlans = new WeakMap<Plan, ReadonlyMap<string, string>>();

function lanesOf(plan: Plan): ReadonlyMap<string, string> {
  const known = lanesOfPlans.get(plan);
  if (known !== undefined) return known;
  const lanes = new Map(plan.buffers.map((buffer) => [buffer.name, buffer.lanes]));
  lanesOfPlans.set(plan, lanes);
  return lanes;
}
