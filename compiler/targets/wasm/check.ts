import { InvariantError, invariant } from '../../support/invariant.ts';
import {
  callee,
  type Instruction,
  isLaneRead,
  isLaneStore,
  isMemory,
  isPlain,
  laneReads,
  laneStores,
  memoryInstructions,
  plainInstructions,
  type ValueType,
  type WasmFunction,
  type WasmModule,
} from './instruction.ts';

/**
 * Runs the types of every function over a stack, as WebAssembly's validation does, so that a mistake of ours is found
 * where it has a name.
 *
 * @throws InvariantError with the function's name and the instruction
 */
export function checkModule(module: WasmModule): void {
  for (const fn of module.functions) new Checker(fn, module).check();
}

class Checker {
  readonly #fn: WasmFunction;
  readonly #module: WasmModule;
  readonly #locals: readonly ValueType[];
  readonly #stack: ValueType[] = [];
  /** Height of the stack where each open block began. */
  readonly #blocks: number[] = [];
  #floor = 0;
  #position = 0;

  constructor(fn: WasmFunction, module: WasmModule) {
    this.#fn = fn;
    this.#module = module;
    this.#locals = [...fn.parameters, ...fn.locals].map(({ type }) => type);
  }

  check(): void {
    const { name, body, result } = this.#fn;
    for (this.#position = 0; this.#position < body.length; this.#position++)
      this.#instruction(body[this.#position]!);
    invariant(this.#blocks.length === 0, `a block of ${name} stays open`);
    const left = this.#stack.join();
    invariant(left === (result ?? ''), `${name} leaves ${left}, and should leave ${result ?? 'nothing'}`);
  }

  #instruction(instruction: Instruction): void {
    switch (instruction.op) {
      case 'local.get':
        this.#stack.push(this.#local(instruction.local));
        return;
      case 'local.set':
        this.#pop(this.#local(instruction.local));
        return;
      case 'local.tee':
        this.#pop(this.#local(instruction.local));
        this.#stack.push(this.#local(instruction.local));
        return;
      case 'i32.const':
        this.#stack.push('i32');
        return;
      case 'f32.const':
        this.#stack.push('f32');
        return;
      case 'v128.const':
        this.#stack.push('v128');
        return;
      case 'i8x16.shuffle':
        this.#expectLanes(instruction.bytes, 32);
        if (instruction.bytes.length !== 16) this.#fail(`has ${instruction.bytes.length} bytes`);
        this.#pop('v128');
        this.#pop('v128');
        this.#stack.push('v128');
        return;
      case 'call': {
        const { parameters, result } = callee(this.#module, instruction.function);
        this.#popAll(parameters.map(({ type }) => type));
        if (result !== undefined) this.#stack.push(result);
        return;
      }
      case 'select': {
        this.#pop('i32');
        const type = this.#stack.at(-1) ?? 'i32';
        this.#popAll([type, type]);
        this.#stack.push(type);
        return;
      }
      case 'br_if':
        this.#pop('i32');
        if (instruction.depth >= this.#blocks.length) this.#fail('leaves the function');
        return;
      case 'if':
        this.#pop('i32');
        this.#open();
        return;
      case 'loop':
        this.#open();
        return;
      case 'end':
        this.#close();
        return;
    }
    this.#tabled(instruction);
  }

  #tabled(instruction: Instruction): void {
    if (isPlain(instruction)) {
      const { takes, gives } = plainInstructions[instruction.op];
      this.#popAll(takes);
      this.#stack.push(...gives);
    } else if (isMemory(instruction)) {
      const { takes, gives } = memoryInstructions[instruction.op];
      this.#expectOffset(instruction.offset);
      this.#popAll(takes);
      this.#stack.push(...gives);
    } else if (isLaneStore(instruction)) {
      this.#expectOffset(instruction.offset);
      const { lanes, takes } = laneStores[instruction.op];
      this.#expectLanes([instruction.lane], lanes);
      this.#popAll(takes);
    } else if (isLaneRead(instruction)) {
      const { lanes, takes, gives } = laneReads[instruction.op];
      this.#expectLanes([instruction.lane], lanes);
      this.#popAll(takes);
      this.#stack.push(...gives);
    }
  }

  #open(): void {
    this.#floor = this.#stack.length;
    this.#blocks.push(this.#floor);
  }

  #close(): void {
    if (this.#blocks.length === 0) this.#fail('closes nothing');
    if (this.#blocks.pop() !== this.#stack.length) this.#fail('leaves values on the stack');
    this.#floor = this.#blocks.at(-1) ?? 0;
  }

  #popAll(types: readonly ValueType[]): void {
    for (let i = types.length - 1; i >= 0; i--) this.#pop(types[i]!);
  }

  #pop(type: ValueType): void {
    if (this.#stack.length <= this.#floor) this.#fail('finds nothing on the stack');
    const found = this.#stack.pop();
    if (found !== type) this.#fail(`takes ${type}, and finds ${found}`);
  }

  #local(index: number): ValueType {
    return this.#locals[index] ?? this.#fail(`names local ${index}, which does not exist`);
  }

  #expectOffset(offset: number): void {
    if (!(Number.isInteger(offset) && offset >= 0 && offset < 2 ** 32))
      this.#fail(`has the offset ${offset}`);
  }

  #expectLanes(lanes: readonly number[], count: number): void {
    for (const lane of lanes)
      if (!(Number.isInteger(lane) && lane >= 0 && lane < count)) this.#fail(`has the lane ${lane}`);
  }

  #fail(what: string): never {
    const { name, body } = this.#fn;
    throw new InvariantError(`${body[this.#position]?.op} at ${this.#position} of ${name} ${what}`);
  }
}
