import fc from 'fast-check';
import { type LaneType, type MachineOp, machineOps } from '../../compiler/ops/machine.ts';
import {
  type Address,
  type Affine,
  type Buffer,
  type Procedure,
  type Program,
  type ProgramExpression,
  type ProgramStatement,
  procedureNames,
  type RoundingProfile,
} from '../../compiler/program/program.ts';
import { specialValues } from './specialValues.ts';

/** Most steps of the random programs. */
export const window = 4;

const buffers: readonly Buffer[] = (
  [
    ['parameter.W', 'f32', 37],
    ['__proto__', 'f32', 5],
    ['state.h', 'f32', 64],
    ['index', 'i32', 19],
    ["it's */ \u2028 </script>", 'i32', 33],
    ['one', 'f32', 1],
  ] as const
).map(([name, lanes, length], i, all) => ({
  name,
  lanes,
  length,
  offset: all.slice(0, i).reduce((sum, [, , size]) => sum + 16 * Math.ceil(size / 4), 16),
}));
const end = buffers.at(-1)!;

const localNames = ['sum', 'constructor', '__proto__', 'a b', 'x\u2028', 'toString', 'v0', 'i0', 'f32'];
const indexNames = ['t', 'row', 'i0', '__proto__', 'steps', 'hasOwnProperty'];
const comments = [
  'h = W@x',
  "x\n); globalThis.injected = 'n'; (",
  '\u2028globalThis.injected = 2',
  '*/ </script>',
];
const opsGiving = (lanes: LaneType) =>
  (Object.keys(machineOps) as MachineOp[]).filter((op) => machineOps[op].result === lanes);

/** What is visible: largest index values, and locals with the depth of the block that defines them. */
interface Scope {
  readonly indices: ReadonlyMap<string, number>;
  readonly locals: Map<string, { lanes: LaneType; depth: number }>;
  readonly depth: number;
  readonly takesSteps: boolean;
}

/** Any valid program: nests of loops, locals, loads and stores at any place, rows by value, every operation. */
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
      memoryBytes: end.offset + 16 * Math.ceil(end.length / 4),
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
      const lanes = this.#lanes();
      const value = this.#expression(lanes, scope, 3);
      scope.locals.set(name, { lanes, depth: scope.depth });
      return { kind: 'let', name, lanes, value };
    }
    if (choice <= 7 && scope.locals.size > 0) {
      const name = this.#oneOf([...scope.locals.keys()]);
      return { kind: 'set', name, value: this.#expression(scope.locals.get(name)!.lanes, scope, 3) };
    }
    const lanes = this.#lanes();
    return { kind: 'store', address: this.#address(lanes, scope), value: this.#expression(lanes, scope, 4) };
  }

  #loop(scope: Scope): ProgramStatement {
    const index = this.#oneOf(indexNames.filter((name) => !scope.indices.has(name)));
    const extent = scope.takesSteps && this.#upTo(1) === 0 ? 'steps' : 1 + this.#upTo(4);
    const indices = new Map(scope.indices).set(index, (extent === 'steps' ? window : extent) - 1);
    const body = this.#block({ ...scope, indices });
    return { kind: 'for', index, extent, direction: this.#oneOf(['up', 'down'] as const), body };
  }

  #expression(lanes: LaneType, scope: Scope, size: number): ProgramExpression {
    const choice = this.#upTo(size > 0 ? 9 : 3);
    const known = [...scope.locals].filter(([, local]) => local.lanes === lanes);
    if (choice === 0 && known.length > 0) return { kind: 'local', name: this.#oneOf(known)[0] };
    if (choice === 1) return { kind: 'constant', lanes, value: this.#constant(lanes) };
    if (choice === 2 && lanes === 'i32') return { kind: 'index', value: this.#affine(1000, scope, -500) };
    if (choice <= 3) return { kind: 'load', address: this.#address(lanes, scope) };
    const op = this.#oneOf(opsGiving(lanes));
    const args = machineOps[op].args.map((arg) => this.#expression(arg, scope, size - 1));
    return { kind: 'apply', op, args: op === 'significand' ? [withoutNaN(args[0]!)] : args };
  }

  #address(lanes: LaneType, scope: Scope): Address {
    const { name, length } = this.#oneOf(buffers.filter((buffer) => buffer.lanes === lanes));
    if (this.#upTo(3) > 0) return { buffer: name, at: this.#affine(length, scope) };
    const count = 1 + this.#upTo(Math.min(length, 6) - 1);
    const stride = 1 + this.#upTo(Math.floor(length / count) - 1);
    const room = length - (count - 1) * stride;
    const index = this.#expression('i32', scope, 2);
    return { buffer: name, at: this.#affine(room, scope), row: { index, stride, count } };
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

  #constant(lanes: LaneType): number {
    return lanes === 'f32'
      ? this.#oneOf(specialValues)
      : this.#oneOf([0, 1, -1, 7, 31, 33, 2 ** 31 - 1, -(2 ** 31)]);
  }

  #lanes(): LaneType {
    return this.#upTo(2) === 0 ? 'i32' : 'f32';
  }
}

/** The significand of a NaN is not defined to the bit. */
const withoutNaN = (value: ProgramExpression): ProgramExpression => ({
  kind: 'apply',
  op: 'select',
  args: [
    { kind: 'apply', op: 'equal', args: [value, value] },
    value,
    { kind: 'constant', lanes: 'f32', value: 3 },
  ],
});
