import type {
  Address,
  Affine,
  Buffer,
  ProgramExpression,
  ProgramStatement,
  Store,
} from '../../program/program.ts';
import { InvariantError } from '../../support/invariant.ts';
import type { FunctionBuilder } from './functionBuilder.ts';
import type { Instruction, PlainInstruction } from './instruction.ts';
import { LoopWriter } from './loop.ts';
import { type Place, Pointers } from './pointers.ts';
import type { Part, Spelling, Spellings } from './spelling.ts';

type Apply = ProgramExpression & { readonly kind: 'apply' };

const op = (name: PlainInstruction): Instruction => ({ op: name });
const i32 = (value: number): Instruction => ({ op: 'i32.const', value });
const get = (local: number): Instruction => ({ op: 'local.get', local });
const set = (local: number): Instruction => ({ op: 'local.set', local });
const tee = (local: number): Instruction => ({ op: 'local.tee', local });
const allLanes = (value: number) => ({ op: 'v128.const', lanes: 'f32x4', value }) as const;

const laneBytes = 4;

/** Writes statements and expressions into one function. */
export class BodyEmitter {
  readonly #block: readonly ProgramStatement[];
  readonly #spellings: Spellings;
  readonly #builder: FunctionBuilder;
  readonly #code: Instruction[];
  readonly #pointers: Pointers;
  readonly #loops: LoopWriter;
  /** How many loops are open. */
  #depth = 0;

  constructor(
    block: readonly ProgramStatement[],
    buffers: ReadonlyMap<string, Buffer>,
    spellings: Spellings,
    builder: FunctionBuilder,
  ) {
    this.#block = block;
    this.#spellings = spellings;
    this.#builder = builder;
    this.#code = builder.code;
    this.#pointers = new Pointers(block, buffers);
    this.#loops = new LoopWriter(builder, this.#pointers);
  }

  /** Writes the block. */
  emit(): void {
    for (const { key, base, terms } of this.#pointers.fixed) {
      if (terms.length === 0) continue;
      this.#sum(base, terms);
      this.#code.push(set(this.#builder.pointer(key)));
    }
    this.#statements(this.#block);
  }

  #statements(block: readonly ProgramStatement[]): void {
    for (const statement of block) this.#statement(statement);
  }

  #statement(statement: ProgramStatement): void {
    switch (statement.kind) {
      case 'for':
        this.#depth += 1;
        this.#loops.write(statement, () => this.#statements(statement.body));
        this.#depth -= 1;
        break;
      case 'let': {
        this.#value(statement.value);
        const type = statement.lanes === 'f32x4' ? 'v128' : statement.lanes;
        this.#code.push(set(this.#builder.define(statement.name, type)));
        break;
      }
      case 'set':
        this.#value(statement.value);
        this.#code.push(set(this.#builder.local(statement.name)));
        break;
      case 'store':
        this.#store(statement);
        break;
      case 'comment':
        break;
    }
  }

  #store({ address, value, count }: Store): void {
    const { offset, lanes } = this.#address(address);
    if (count === 3) {
      const [place, vector] = [this.#builder.scratch('address'), this.#builder.scratch('vector', 'v128')];
      this.#code.push(tee(place));
      this.#value(value);
      this.#code.push(tee(vector), { op: 'v128.store64_lane', offset, lane: 0 }, get(place), get(vector));
      this.#code.push({ op: 'v128.store32_lane', offset: offset + 2 * laneBytes, lane: 2 });
      return;
    }
    this.#value(value);
    if (count === undefined) this.#code.push({ op: `${lanes}.store`, offset });
    else if (count === 4) this.#code.push({ op: 'v128.store', offset });
    else this.#code.push({ op: `v128.store${count === 1 ? '32' : '64'}_lane`, offset, lane: 0 });
  }

  #value(expression: ProgramExpression): void {
    switch (expression.kind) {
      case 'load': {
        const { offset, lanes } = this.#address(expression.address);
        this.#code.push({ op: expression.width === undefined ? `${lanes}.load` : 'v128.load', offset });
        break;
      }
      case 'constant':
        this.#constant(expression);
        break;
      case 'index':
        this.#sum(expression.value.constant, expression.value.terms);
        break;
      case 'local':
        this.#code.push(get(this.#builder.local(expression.name)));
        break;
      case 'splat':
        this.#splat(expression.value);
        break;
      case 'lane':
        this.#value(expression.value);
        this.#code.push({ op: 'f32x4.extract_lane', lane: expression.lane });
        break;
      case 'shuffle':
        this.#value(expression.left);
        this.#value(expression.right);
        this.#code.push({ op: 'i8x16.shuffle', bytes: bytesOfLanes(expression.lanes) });
        break;
      case 'apply': {
        if (this.#apply(expression) === 'value') break;
        if (expression.width === undefined) this.#code.push(op('f32.convert_i32_s'));
        else {
          this.#instruction(allLanes(1));
          this.#code.push(op('v128.and'));
        }
        break;
      }
    }
  }

  #constant({ lanes, value }: ProgramExpression & { readonly kind: 'constant' }): void {
    if (lanes === 'i32') this.#code.push(i32(value));
    else if (lanes === 'f32') this.#code.push({ op: 'f32.const', value: Math.fround(value) });
    else this.#instruction(allLanes(Math.fround(value)));
  }

  #splat(value: ProgramExpression): void {
    if (value.kind === 'load') {
      const { offset } = this.#address(value.address);
      this.#code.push({ op: 'v128.load32_splat', offset });
    } else if (value.kind === 'constant') {
      this.#instruction(allLanes(Math.fround(value.value)));
    } else {
      this.#value(value);
      this.#code.push(op('f32x4.splat'));
    }
  }

  /** An i32 that is 1 where the value is not zero, else 0; of four lanes, a mask. */
  #truth(expression: ProgramExpression, isWide: boolean): void {
    if (expression.kind === 'apply') {
      if (this.#apply(expression) === 'truth') return;
    } else this.#value(expression);
    this.#code.push(
      ...(isWide ? [allLanes(0), op('f32x4.ne')] : [{ op: 'f32.const', value: 0 } as const, op('f32.ne')]),
    );
  }

  /** Writes the operation, and says what it leaves. */
  #apply({ op: name, args, width }: Apply): Spelling['gives'] {
    const { gives, scalar, four }: Spelling = this.#spellings[name];
    const parts: readonly Part[] | undefined = width === undefined ? scalar : four;
    if (parts === undefined) throw new InvariantError(`${name} has no four lanes`);
    for (const part of parts) {
      if ('op' in part) this.#instruction(part);
      else if ('truth' in part) this.#truth(args[part.truth]!, width !== undefined);
      else this.#value(args[part.value]!);
    }
    return gives;
  }

  #instruction(instruction: Instruction): void {
    const isHoisted = instruction.op === 'v128.const' && this.#depth > 0 && !Object.is(instruction.value, 0);
    this.#code.push(isHoisted ? get(this.#builder.constant(instruction)) : instruction);
  }

  /** Leaves the computed part of an address. */
  #address(address: Address): Place {
    const place = this.#pointers.place(address);
    const { key, base, terms } = place.pointer;
    const { row } = address;
    if (row !== undefined) {
      this.#clamped(row.index, row.count);
      this.#code.push(i32(row.stride * laneBytes), op('i32.mul'));
    }
    if (terms.length > 0) this.#code.push(get(this.#builder.pointer(key)));
    else if (row === undefined || base !== 0) this.#code.push(i32(base));
    if (row !== undefined && (terms.length > 0 || base !== 0)) this.#code.push(op('i32.add'));
    return place;
  }

  /** Leaves constant + sum of index*stride. */
  #sum(constant: number, terms: Affine['terms']): void {
    let isFirst = constant === 0 && terms.length > 0;
    if (!isFirst) this.#code.push(i32(constant));
    for (const { index, stride } of terms) {
      this.#code.push(get(this.#builder.index(index)));
      if (stride !== 1) this.#code.push(i32(stride), op('i32.mul'));
      if (!isFirst) this.#code.push(op('i32.add'));
      isFirst = false;
    }
  }

  /** Leaves the row, or the nearest that exists. */
  #clamped(index: ProgramExpression, count: number): void {
    const row = this.#builder.scratch('row');
    this.#value(index);
    this.#code.push(tee(row), i32(0), get(row), i32(0), op('i32.gt_s'), op('select'));
    this.#code.push(tee(row), i32(count - 1), get(row), i32(count - 1), op('i32.lt_s'), op('select'));
  }
}

const bytesOfLanes = (lanes: readonly number[]): readonly number[] =>
  lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => laneBytes * lane + byte));
