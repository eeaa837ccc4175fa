import fc from 'fast-check';
import {
  type LaneType,
  type MachineOp,
  type MachineOpRecord,
  machineOps,
} from '../../compiler/ops/machine.ts';
import {
  type Address,
  type Affine,
  type Buffer,
  type Extent,
  type Procedure,
  type Program,
  type ProgramExpression,
  type ProgramStatement,
  procedureNames,
  type RoundingProfile,
  type Store,
  type ValueType,
} from '../../compiler/program/program.ts';
import { specialValues } from './specialValues.ts';

/** Most steps of the random programs. */
export const window = 4;

/** Side by side without gaps, but for the first; three f32 ones share memory. */
const buffers: readonly Buffer[] = (
  [
    ['parameter.W', 'f32', 16, 37],
    ['__proto__', 'f32', 164, 5],
    ['state.h', 'f32', 184, 64],
    ['view', 'f32', 172, 30],
    ['index', 'i32', 440, 19],
    ["it's */ \u2028 </script>", 'i32', 516, 33],
    ['one', 'f32', 648, 1],
    ['last', 'f32', 652, 17],
  ] as const
).map(([name, lanes, offset, length]) => ({ name, lanes, offset, length }));
const memoryBytes = 720;

const localNames = ['sum', 'constructor', '__proto__', 'a b', 'x\u2028', 'toString', 'v0', 'i0', 'f32'];
const indexNames = ['t', 'row', 'i0', '__proto__', 'steps', 'hasOwnProperty'];
const comments = [
  'h = W@x',
  "x\n); globalThis.injected = 'n'; (",
  '\u2028globalThis.injected = 2',
  '*/ </script>',
];
const allOps = Object.keys(machineOps) as MachineOp[];
const opsGiving = (type: ValueType) =>
  type === 'f32x4'
    ? allOps.filter((op) => [machineOps[op].result, ...machineOps[op].args].every((lanes) => lanes === 'f32'))
    : allOps.filter((op) => machineOps[op].result === type);

/** What is visible: largest index values, and locals with the depth of the block that defines them. */
interface Scope {
  readonly indices: ReadonlyMap<string, number>;
  readonly locals: Map<string, { type: ValueType; depth: number }>;
  readonly depth: number;
  readonly takesSteps: boolean;
}

/**
 * Any valid program: nests of loops, also over slabs of steps, locals, loads and stores at any place, rows by value,
 * every operation, on one lane and on four.
 */
export const randomProgram = (profile: RoundingProfile): fc.Arbitrary<Program> =>
  fc.gen().map((gen) => {
    const write = new Writer(
      (most) => gen(fc.nat, most),
      (values) => gen(() => fc.constantFrom(...values)),
    );
    return {
      name: 'random */ \u2028 program',
      profile,
      buffers,
      memoryBytes,
      procedures: procedureNames.map((name) => write.procedure(name)),
    };
  });

class Writer {
  readonly #upTo: (most: number) => number;
  readonly #oneOf: <T>(values: readonly T[]) => T;

  constructor(upTo: (most: number) => number, oneOf: <T>(values: readonly T[]) => T) {
    this.#upTo = upTo;
    this.#oneOf = oneOf;
  }

  procedure(name: Procedure['name']): Procedure {
    const takesSteps = name === 'forward' || name === 'backward';
    const scope: Scope = { indices: new Map(), locals: new Map(), depth: 0, takesSteps };
    return { name, takesSteps, body: this.#block(scope) };
  }

  #block(outer: Scope): ProgramStatement[] {
    const scope = { ...outer, locals: new Map(outer.locals), depth: outer.depth + 1 };
    return Array.from({ length: 1 + this.#upTo(4) }, () => this.#statement(scope));
  }

  #statement(scope: Scope): ProgramStatement {
    const choice = this.#upTo(9);
    const free = localNames.filter((name) => (scope.locals.get(name)?.depth ?? scope.depth) === scope.depth);
    if (choice <= 2 && scope.depth <= 3) return this.#loop(scope);
    if (choice <= 3) return { kind: 'comment', text: this.#oneOf(comments) };
    if (choice <= 5 && free.length > 0) {
      const name = this.#oneOf(free);
      const type = this.#type();
      const value = this.#expression(type, scope, 3);
      scope.locals.set(name, { type, depth: scope.depth });
      return { kind: 'let', name, lanes: type, value };
    }
    if (choice <= 7 && scope.locals.size > 0) {
      const name = this.#oneOf([...scope.locals.keys()]);
      return { kind: 'set', name, value: this.#expression(scope.locals.get(name)!.type, scope, 3) };
    }
    return this.#store(scope);
  }

  #store(scope: Scope): Store {
    const type = this.#type();
    const value = this.#expression(type, scope, 4);
    if (type !== 'f32x4') return { kind: 'store', address: this.#address(type, scope), value };
    const count = this.#oneOf([1, 2, 3, 4] as const);
    const places = buffers
      .filter(({ lanes, length }) => lanes === 'f32' && length >= count)
      .map(({ name, length }) => ({ name, length: length - count + 1 }));
    return { kind: 'store', address: this.#place(places, scope), value, count };
  }

  #loop(scope: Scope): ProgramStatement {
    const index = this.#oneOf(indexNames.filter((name) => !scope.indices.has(name)));
    const extent = scope.takesSteps && this.#upTo(1) === 0 ? this.#steps() : 1 + this.#upTo(4);
    const indices = new Map(scope.indices).set(index, largestIndex(extent));
    const body = this.#block({ ...scope, indices });
    return { kind: 'for', index, extent, direction: this.#oneOf(['up', 'down'] as const), body };
  }

  #steps(): Extent {
    const of = this.#oneOf(['steps', 'slabs', 'rest'] as const);
    return of === 'steps' ? of : { of, size: 1 + this.#upTo(window) };
  }

  #expression(type: ValueType, scope: Scope, size: number): ProgramExpression {
    const choice = this.#upTo(size > 0 ? 11 : 3);
    const known = [...scope.locals].filter(([, local]) => local.type === type);
    if (choice === 0 && known.length > 0) return { kind: 'local', name: this.#oneOf(known)[0] };
    if (choice === 1) return { kind: 'constant', lanes: type, value: this.#constant(type) };
    if (choice === 2 && type === 'i32') return { kind: 'index', value: this.#affine(1000, scope, -500) };
    if (choice <= 3) return this.#load(type, scope);
    if (choice <= 5 && type === 'f32') {
      const lane = this.#oneOf([0, 1, 2, 3] as const);
      return { kind: 'lane', lane, value: this.#expression('f32x4', scope, size - 1) };
    }
    if (choice === 4 && type === 'f32x4')
      return { kind: 'splat', value: this.#expression('f32', scope, size - 1) };
    if (choice === 5 && type === 'f32x4') {
      const [left, right] = [
        this.#expression(type, scope, size - 1),
        this.#expression(type, scope, size - 1),
      ];
      const lanes = [this.#upTo(7), this.#upTo(7), this.#upTo(7), this.#upTo(7)] as const;
      return { kind: 'shuffle', lanes, left, right };
    }
    const op = this.#oneOf(opsGiving(type));
    const width = type === 'f32x4' ? ({ width: 4 } as const) : {};
    const { args: lanesOf, openForNaN }: MachineOpRecord = machineOps[op];
    const args = lanesOf.map((lanes, place) => {
      const arg = this.#expression(type === 'f32x4' ? type : lanes, scope, size - 1);
      return place === openForNaN ? withoutNaN(arg, type) : arg;
    });
    return { kind: 'apply', op, args, ...width };
  }

  #load(type: ValueType, scope: Scope): ProgramExpression {
    if (type !== 'f32x4') return { kind: 'load', address: this.#address(type, scope) };
    const places = buffers
      .filter(({ lanes }) => lanes === 'f32')
      .map(({ name, offset, length }) => ({
        name,
        length: Math.min(length, (memoryBytes - offset) / 4 - 3),
      }));
    return { kind: 'load', address: this.#place(places, scope), width: 4 };
  }

  #address(type: LaneType, scope: Scope): Address {
    return this.#place(
      buffers.filter(({ lanes }) => lanes === type),
      scope,
    );
  }

  /** An address in the first `length` lanes of one of the buffers. */
  #place(places: readonly { readonly name: string; readonly length: number }[], scope: Scope): Address {
    const { name, length } = this.#oneOf(places);
    if (this.#upTo(3) > 0) return { buffer: name, at: this.#affine(length, scope) };
    const count = 1 + this.#upTo(Math.min(length, 6) - 1);
    const stride = 1 + this.#upTo(Math.floor(length / count) - 1);
    const room = length - (count - 1) * stride;
    const index = this.#expression('i32', scope, 2);
    if (this.#upTo(3) > 0)
      return { buffer: name, at: this.#affine(room, scope), row: { index, stride, count } };
    const at = this.#affine(room, scope, length - room);
    return { buffer: name, at, row: { index, stride: -stride, count } };
  }

  /** Values from `from` to `from + length - 1`. */
  #affine(length: number, scope: Scope, from = 0): Affine {
    let low = 0;
    let high = 0;
    const terms = [];
    for (const [index, largest] of scope.indices) {
      const stride = this.#upTo(6) - 2;
      const [least, most] = [Math.min(0, stride * largest), Math.max(0, stride * largest)];
      if (stride === 0 || high + most - low - least >= length) continue;
      low += least;
      high += most;
      terms.push({ index, stride });
    }
    return { constant: from - low + this.#upTo(length - 1 - (high - low)), terms };
  }

  #constant(type: ValueType): number {
    return type === 'i32'
      ? this.#oneOf([0, 1, -1, 7, 31, 33, 2 ** 31 - 1, -(2 ** 31)])
      : this.#oneOf(specialValues);
  }

  #type(): ValueType {
    return this.#oneOf(['f32', 'i32', 'f32x4', 'f32x4'] as const);
  }
}

/** Where a loop runs for at most `window` steps. */
function largestIndex(extent: Extent): number {
  if (typeof extent === 'number') return extent - 1;
  return extent === 'steps' || extent.of === 'rest'
    ? window - 1
    : Math.max(0, Math.floor(window / extent.size) - 1);
}

/** What some operations make of a NaN is not defined to the bit. */
function withoutNaN(value: ProgramExpression, type: ValueType): ProgramExpression {
  const width = type === 'f32x4' ? ({ width: 4 } as const) : {};
  return {
    kind: 'apply',
    op: 'select',
    args: [
      { kind: 'apply', op: 'equal', args: [value, value], ...width },
      value,
      { kind: 'constant', lanes: type, value: 3 },
    ],
    ...width,
  };
}
