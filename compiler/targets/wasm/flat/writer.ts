import { invariant } from '../../../support/invariant.ts';
import type {
  Instruction,
  LaneStore,
  MemoryInstruction,
  PlainInstruction,
  ValueType,
  WasmFunction,
  WasmLocal,
} from '../instruction.ts';
import type { Code } from '../spelling.ts';

export const op = (name: PlainInstruction): Instruction => ({ op: name });
export const i32 = (value: number): Instruction => ({ op: 'i32.const', value });
export const memory = (name: MemoryInstruction, offset = 0): Instruction => ({ op: name, offset });
/** Stores the first lane, or the first two as one. */
export const storeFirst = (name: LaneStore): Instruction => ({ op: name, offset: 0, lane: 0 });

/** Writes one function; its variables go by name. */
export class Writer {
  readonly #parameters: readonly WasmLocal[];
  readonly #locals: WasmLocal[] = [];

  constructor(parameters: readonly WasmLocal[]) {
    this.#parameters = parameters;
  }

  /** A new variable, zero at first. */
  declare(type: ValueType, ...names: readonly string[]): void {
    for (const name of names) {
      const taken = [...this.#parameters, ...this.#locals].some((local) => local.name === name);
      invariant(!taken, `two variables are called ${name}`);
      this.#locals.push({ name, type });
    }
  }

  get(name: string): Instruction {
    return { op: 'local.get', local: this.#indexOf(name) };
  }

  set(name: string, value: Code): Code {
    return [...value, { op: 'local.set', local: this.#indexOf(name) }];
  }

  tee(name: string, value: Code): Code {
    return [...value, { op: 'local.tee', local: this.#indexOf(name) }];
  }

  /** pointer += bytes */
  advance(pointer: string, bytes: number): Code {
    return this.set(pointer, [this.get(pointer), i32(bytes), op('i32.add')]);
  }

  when(condition: Code, body: Code): Code {
    return [...condition, { op: 'if' }, ...body, { op: 'end' }];
  }

  /** Runs the body as often as `counter` says, which may be 0 and is 0 afterwards. */
  repeat(counter: string, body: Code): Code {
    const left = this.tee(counter, [this.get(counter), i32(1), op('i32.sub')]);
    const loop: Code = [{ op: 'loop' }, ...body, ...left, { op: 'br_if', depth: 0 }, { op: 'end' }];
    return this.when([this.get(counter)], loop);
  }

  build(name: string, body: Code, result?: ValueType): WasmFunction {
    const fn = { name, parameters: this.#parameters, locals: this.#locals, body };
    return result === undefined ? fn : { ...fn, result };
  }

  #indexOf(name: string): number {
    const index = [...this.#parameters, ...this.#locals].findIndex((local) => local.name === name);
    invariant(index >= 0, `there is no variable ${name}`);
    return index;
  }
}
