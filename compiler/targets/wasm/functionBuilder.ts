import { invariant } from '../../support/invariant.ts';
import type { Instruction, ValueType, WasmFunction, WasmLocal } from './instruction.ts';

type VectorConstant = Extract<Instruction, { op: 'v128.const' }>;

/** A function while it is written: its variables and its code. */
export class FunctionBuilder {
  readonly code: Instruction[] = [];
  readonly #parameters: WasmLocal[] = [];
  readonly #locals: WasmLocal[] = [];
  readonly #indices = new Map<string, number>();
  /** By the program's name and type, so that blocks one after the other share. */
  readonly #slots = new Map<string, number>();
  readonly #defined = new Map<string, number>();
  readonly #pointers = new Map<string, number>();
  readonly #scratches = new Map<string, number>();
  readonly #constants = new Map<string, number>();
  readonly #first: Instruction[] = [];

  /** Parameters: `steps` where the procedure takes them, then loop indices. All i32; before any local. */
  constructor(takesSteps: boolean, indices: readonly string[]) {
    if (takesSteps) this.#parameters.push({ name: 'steps', type: 'i32' });
    for (const index of indices) {
      this.#indices.set(index, this.#parameters.length);
      this.#parameters.push({ name: `i${this.#parameters.length}`, type: 'i32' });
    }
  }

  /** The local that holds a loop's index. */
  index(name: string): number {
    return this.#indices.get(name) ?? this.#add(this.#indices, name, 'i', 'i32');
  }

  /** The local that holds a pointer, by its key. */
  pointer(key: string): number {
    return this.#pointers.get(key) ?? this.#add(this.#pointers, key, 'p', 'i32');
  }

  /** The local that a `let` defines; it holds until the next of the name. */
  define(name: string, type: ValueType): number {
    const key = `${type} ${name}`;
    const slot = this.#slots.get(key) ?? this.#add(this.#slots, key, 'v', type);
    this.#defined.set(name, slot);
    return slot;
  }

  /** The local that a `let` has defined. */
  local(name: string): number {
    const slot = this.#defined.get(name);
    invariant(slot !== undefined, `local ${name} is used where it is not defined`);
    return slot;
  }

  /** A variable for one purpose, which must be over before the purpose comes again. */
  scratch(purpose: string, type: ValueType = 'i32'): number {
    return this.#scratches.get(purpose) ?? this.#add(this.#scratches, purpose, 's', type);
  }

  /** The local that holds four lanes of one number from the start of the function: engines make a constant at each use. */
  constant(constant: VectorConstant): number {
    const key = `${constant.lanes} ${Object.is(constant.value, -0) ? '-0' : constant.value}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const local = this.#add(this.#constants, key, 'k', 'v128');
    this.#first.push(constant, { op: 'local.set', local });
    return local;
  }

  build(name: string): WasmFunction {
    return { name, parameters: this.#parameters, locals: this.#locals, body: [...this.#first, ...this.code] };
  }

  #add(names: Map<string, number>, name: string, letter: string, type: ValueType): number {
    const index = this.#parameters.length + this.#locals.length;
    names.set(name, index);
    this.#locals.push({ name: `${letter}${index}`, type });
    return index;
  }
}
