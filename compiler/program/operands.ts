import type { NodeId } from '../graph/graph.ts';
import { bufferNames, type Extent, type Place, type Plan } from '../plan/plan.ts';
import { invariant } from '../support/invariant.ts';
import type { Address, Affine, ProgramExpression } from './program.ts';
import { affine, load, op, real, shift } from './write.ts';

/** Names of the loops over steps and rows, in every procedure. */
export const stepIndex = 't';
export const rowIndex = 'b';

/** How the values of a plan are read and written inside the loops of one kernel. */
export class Operands {
  readonly #plan: Plan;
  readonly #over: Extent;

  constructor(plan: Plan, over: Extent) {
    this.#plan = plan;
    this.#over = over;
  }

  /** Entry 0 of what lives there, at the step and row of the enclosing loops. */
  addressOf(place: Place): Address {
    const { buffer, offset, stepStride, rowStride } = place;
    const inStep = this.#over === 'step';
    const inRow = this.#over !== 'once';
    invariant(inRow || rowStride === 0, `${buffer} varies over rows, its kernel does not`);
    return {
      buffer,
      at: affine(
        offset,
        { index: stepIndex, stride: inStep ? stepStride : 0 },
        { index: rowIndex, stride: inRow ? rowStride : 0 },
      ),
    };
  }

  place(id: NodeId): Address {
    const place = this.#plan.places.get(id);
    invariant(place !== undefined, `%${id} has no place`);
    return this.addressOf(place);
  }

  /** Entry `at` (row-major, in lanes) of a value: a number, a counter, or what its place holds. */
  read(id: NodeId, at: Affine): ProgramExpression {
    const node = this.#plan.bound.graph.nodes[id]!;
    if (node.form === 'fill') {
      invariant(typeof node.value === 'number', 'a size was not bound');
      if (node.type.element === 'index') return { kind: 'constant', lanes: 'i32', value: node.value };
      return real(node.value);
    }
    if (node.form === 'leaf' && node.role === 'step') {
      const before = load({ buffer: bufferNames.stepCounter, at: affine(0, { index: rowIndex, stride: 1 }) });
      const now: ProgramExpression = { kind: 'index', value: affine(0, { index: stepIndex, stride: 1 }) };
      return op('convertI32', op('addI32', before, now));
    }
    return load(shift(this.place(id), at));
  }
}
