import { invariant } from '../../support/invariant.ts';
import type { ValueType, WasmFunction, WasmLocal } from './instruction.ts';

/** The variables of a function while its body is written. */
export class FunctionBuilder {
  readonly #parameters: WasmLocal[] = [];
  readonly #locals: WasmLocal[] = [];
  readonly #indices = new Map<string, number>();
  /** By the program's name and type, so that blocks one after the other share. */
  readonly #slots = new Map<string, number>();
  readonly #defined = new Map<string, number>();
  #scratch: number | undefined;

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
    const known = this.#indices.get(name) ?? this.#add('i', 'i32');
    this.#indices.set(name, known);
    return known;
  }

  /** The local that a `let` defines; it holds until the next of the name. */
  define(name: string, type: ValueType): number {
    const key = `${type} ${name}`;
    const slot = this.#slots.get(key) ?? this.#add('v', type);
    this.#slots.set(key, slot);
    this.#defined.set(name, slot);
    return slot;
  }

  /** The local that a `let` has defined. */
  local(name: string): number {
    const slot = this.#defined.get(name);
    invariant(slot !== undefined, `local ${name} is used where it is not defined`);
    return slot;
  }

  /** A variable between two instructions of one expression. */
  scratch(): number {
    this.#scratch ??= this.#add('s', 'i32');
    return this.#scratch;
  }

  build(name: string, body: WasmFunction['body']): WasmFunction {
    return { name, parameters: this.#parameters, locals: this.#locals, body };
  }

  #add(letter: string, type: ValueType): number {
    const index = this.#parameters.length + this.#locals.length;
    this.#locals.push({ name: `${letter}${index}`, type });
    return index;
  }
}
