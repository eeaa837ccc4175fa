import type {
  Address,
  Affine,
  Buffer,
  For,
  Procedure,
  Program,
  ProgramExpression,
  ProgramStatement,
} from '../../program/program.ts';
import { invariant } from '../../support/invariant.ts';
import { pageBytes } from '../../support/webassembly.ts';
import { cutKernels, type Piece } from '../kernels.ts';
import type { Target } from '../target.ts';
import { checkModule } from './check.ts';
import { encodeModule } from './encode.ts';
import { FunctionBuilder } from './functionBuilder.ts';
import { fusedMultiplyAdd } from './fused.ts';
import type { Instruction, NumericInstruction, WasmFunction, WasmModule } from './instruction.ts';
import { type Code, fusedSpelling, type Operands, type Spelling, spellings } from './spelling.ts';

export const wasm: Target = {
  name: 'wasm',
  doc: 'WebAssembly, one lane at a time.',
  ships: true,
  emit: (program) => ({
    kind: 'wasm',
    variants: [{ profile: program.profile, block: 'scalar', bytes: encodeModule(emitWasm(program)) }],
  }),
};

const op = (name: NumericInstruction): Instruction => ({ op: name });
const i32 = (value: number): Instruction => ({ op: 'i32.const', value });
const get = (local: number): Instruction => ({ op: 'local.get', local });
const set = (local: number): Instruction => ({ op: 'local.set', local });

const laneBytes = 4;
/** Where `steps` stands in functions that take it. */
const stepsLocal = 0;

/** The program's instructions: a function per kernel, named after the user's equation, and one per procedure. */
export function emitWasm(program: Program): WasmModule {
  const emitter = new ModuleEmitter(program);
  const module: WasmModule = {
    pages: Math.max(1, Math.ceil(program.memoryBytes / pageBytes)),
    exports: program.procedures.map((procedure) => ({
      name: procedure.name,
      function: emitter.procedure(procedure),
    })),
    functions: emitter.functions,
  };
  checkModule(module);
  return module;
}

class ModuleEmitter {
  readonly functions: WasmFunction[] = [];
  readonly buffers: ReadonlyMap<string, Buffer>;
  readonly spellings: Readonly<Record<string, Spelling>>;

  constructor(program: Program) {
    this.buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
    this.spellings =
      program.profile === 'fused'
        ? { ...spellings, mulAdd: fusedSpelling(this.add(fusedMultiplyAdd)) }
        : spellings;
  }

  add(fn: WasmFunction): number {
    return this.functions.push(fn) - 1;
  }

  procedure(procedure: Procedure): number {
    const builder = new FunctionBuilder(procedure.takesSteps, []);
    const code = this.pieces(cutKernels(procedure), procedure.takesSteps, builder);
    return this.add(builder.build(procedure.name, code));
  }

  private pieces(pieces: readonly Piece[], takesSteps: boolean, builder: FunctionBuilder): Code {
    return pieces.flatMap((piece) => this.piece(piece, takesSteps, builder));
  }

  private piece(piece: Piece, takesSteps: boolean, builder: FunctionBuilder): Code {
    const body = new BodyEmitter(this, builder);
    switch (piece.kind) {
      case 'kernel': {
        const called = this.kernel(piece, takesSteps);
        const steps = takesSteps ? [get(stepsLocal)] : [];
        const indices = piece.indices.map((index) => get(builder.index(index)));
        return [...steps, ...indices, { op: 'call', function: called }];
      }
      case 'loop':
        return body.loop(piece.loop, () => this.pieces(piece.pieces, takesSteps, builder));
      case 'inline':
        return body.block(piece.body);
    }
  }

  private kernel(piece: Piece & { kind: 'kernel' }, takesSteps: boolean): number {
    const builder = new FunctionBuilder(takesSteps, piece.indices);
    return this.add(builder.build(piece.name, new BodyEmitter(this, builder).block(piece.body)));
  }
}

/** Statements and expressions inside one function. */
class BodyEmitter {
  readonly #module: ModuleEmitter;
  readonly #builder: FunctionBuilder;

  constructor(module: ModuleEmitter, builder: FunctionBuilder) {
    this.#module = module;
    this.#builder = builder;
  }

  block(block: readonly ProgramStatement[]): Code {
    return block.flatMap((statement) => this.#statement(statement));
  }

  /** Bounds that are numbers are at least 1, so the test stands at the end. */
  loop({ index, extent, direction }: For, body: () => Code): Code {
    const i = this.#builder.index(index);
    const count = extent === 'steps' ? get(stepsLocal) : i32(extent);
    const last = extent === 'steps' ? [count, i32(1), op('i32.sub')] : [i32(extent - 1)];
    const up = direction === 'up';
    const start: Code = [...(up ? [i32(0)] : last), set(i)];
    const advance: Code = [get(i), i32(up ? 1 : -1), op('i32.add'), { op: 'local.tee', local: i }];
    const again: Code = up ? [count, op('i32.lt_s')] : [i32(0), op('i32.ge_s')];
    const whole: Code = [
      ...start,
      { op: 'loop' },
      ...body(),
      ...advance,
      ...again,
      { op: 'br_if', depth: 0 },
      { op: 'end' },
    ];
    if (extent !== 'steps') return whole;
    return [count, i32(0), op('i32.gt_s'), { op: 'if' }, ...whole, { op: 'end' }];
  }

  #statement(statement: ProgramStatement): Code {
    switch (statement.kind) {
      case 'for':
        return this.loop(statement, () => this.block(statement.body));
      case 'let': {
        const value = this.#value(statement.value);
        return [...value, set(this.#builder.define(statement.name, statement.lanes))];
      }
      case 'set':
        return [...this.#value(statement.value), set(this.#builder.local(statement.name))];
      case 'store': {
        const { address, offset, lanes } = this.#place(statement.address);
        return [...address, ...this.#value(statement.value), { op: `${lanes}.store`, offset }];
      }
      case 'comment':
        return [];
    }
  }

  #value(expression: ProgramExpression): Code {
    switch (expression.kind) {
      case 'load': {
        const { address, offset, lanes } = this.#place(expression.address);
        return [...address, { op: `${lanes}.load`, offset }];
      }
      case 'constant':
        return expression.lanes === 'f32'
          ? [{ op: 'f32.const', value: Math.fround(expression.value) }]
          : [i32(expression.value)];
      case 'index':
        return this.#sum([i32(expression.value.constant)], expression.value, 1);
      case 'local':
        return [get(this.#builder.local(expression.name))];
      case 'apply': {
        const { gives, code } = this.#apply(expression);
        return gives === 'truth' ? [...code, op('f32.convert_i32_s')] : code;
      }
    }
  }

  #truth(expression: ProgramExpression): Code {
    if (expression.kind === 'apply') {
      const { gives, code } = this.#apply(expression);
      if (gives === 'truth') return code;
    }
    return [...this.#value(expression), { op: 'f32.const', value: 0 }, op('f32.ne')];
  }

  #apply({ op: name, args }: ProgramExpression & { kind: 'apply' }): { gives: string; code: Code } {
    const { gives, code } = this.#module.spellings[name]!;
    const operands: Operands = {
      value: (i) => this.#value(args[i]!),
      truth: (i) => this.#truth(args[i]!),
    };
    return { gives, code: code(operands) };
  }

  /**
   * Where a load or store goes. The constant part goes into the instruction, whose offset is unsigned and added without
   * wrapping: so not where the part computed can be negative.
   */
  #place({ buffer: name, at, row }: Address): { address: Code; offset: number; lanes: Buffer['lanes'] } {
    const buffer = this.#module.buffers.get(name);
    invariant(buffer !== undefined, `there is no buffer ${name}`);
    const constant = buffer.offset + laneBytes * at.constant;
    const strides = [...at.terms.map(({ stride }) => stride), row?.stride ?? 0];
    const inOffset = constant >= 0 && strides.every((stride) => stride >= 0);
    const first: Code = [
      ...(inOffset ? [] : [i32(constant)]),
      ...(row === undefined
        ? []
        : [...this.#clamped(row.index, row.count), i32(row.stride * laneBytes), op('i32.mul')]),
    ];
    const joined = !inOffset && row !== undefined ? [...first, op('i32.add')] : first;
    return {
      address: this.#sum(joined, at, laneBytes),
      offset: inOffset ? constant : 0,
      lanes: buffer.lanes,
    };
  }

  /** What `first` leaves, where it leaves anything, plus the terms; at least 0. */
  #sum(first: Code, { terms }: Affine, unit: number): Code {
    const code = [...first];
    for (const { index, stride } of terms) {
      const isFirst = code.length === 0;
      code.push(get(this.#builder.index(index)));
      if (stride * unit !== 1) code.push(i32(stride * unit), op('i32.mul'));
      if (!isFirst) code.push(op('i32.add'));
    }
    return code.length === 0 ? [i32(0)] : code;
  }

  /** The row, or the nearest that exists. */
  #clamped(index: ProgramExpression, count: number): Code {
    const row = this.#builder.scratch();
    const tee: Instruction = { op: 'local.tee', local: row };
    const select: Instruction = { op: 'select' };
    return [
      ...[...this.#value(index), tee, i32(0), get(row), i32(0), op('i32.gt_s'), select],
      ...[tee, i32(count - 1), get(row), i32(count - 1), op('i32.lt_s'), select],
    ];
  }
}
