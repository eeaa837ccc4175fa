import type {
  Address,
  Affine,
  AffineTerm,
  Buffer,
  For,
  ProgramExpression,
  ProgramStatement,
} from '../../program/program.ts';
import { invariant } from '../../support/invariant.ts';

/**
 * A sum `base + index*stride + …` in bytes, kept in a variable while its indices run. Engines do not turn products of an
 * index into sums by themselves, so it is done here.
 */
export interface Pointer {
  readonly key: string;
  readonly base: number;
  /** Strides in bytes, none 0. */
  readonly terms: readonly AffineTerm[];
}

/** An address: a pointer, the row chosen by a value where there is one, and the offset in the instruction. */
export interface Place {
  readonly pointer: Pointer;
  readonly offset: number;
  readonly lanes: Buffer['lanes'];
}

const laneBytes = 4;

/** Which pointers the loops of one block keep. */
export class Pointers {
  /** Those that a loop's index moves. */
  readonly moved = new Map<For, readonly Pointer[]>();
  /** Those that stay the same in the whole block: their indices are of loops around it. */
  readonly fixed: readonly Pointer[];
  /** Indices that expressions use as numbers. */
  readonly numbers = new Set<string>();
  readonly #buffers: ReadonlyMap<string, Buffer>;
  readonly #pointers = new Map<string, Pointer>();
  readonly #places = new Map<Address, Place>();

  constructor(block: readonly ProgramStatement[], buffers: ReadonlyMap<string, Buffer>) {
    this.#buffers = buffers;
    this.fixed = [...this.#needed(block)];
  }

  place(address: Address): Place {
    const place = this.#places.get(address);
    invariant(place !== undefined, `an address of ${address.buffer} has no place`);
    return place;
  }

  /** What the pointer is before the loop over `index` begins to count, less its base. */
  without(pointer: Pointer, index: string): Pointer {
    return this.#pointer(
      pointer.terms.filter((term) => term.index !== index),
      0,
    );
  }

  /** Pointers that the block uses or that its loops begin with. */
  #needed(block: readonly ProgramStatement[]): Set<Pointer> {
    const needed = new Set<Pointer>();
    for (const statement of block) {
      if (statement.kind === 'for') {
        const moved: Pointer[] = [];
        for (const pointer of this.#needed(statement.body)) {
          const isMoved = pointer.terms.some(({ index }) => index === statement.index);
          if (isMoved) moved.push(pointer);
          needed.add(isMoved ? this.without(pointer, statement.index) : pointer);
        }
        this.moved.set(statement, moved);
      } else if (statement.kind === 'store') {
        this.#visitAddress(statement.address, needed);
        this.#visit(statement.value, needed);
      } else if (statement.kind !== 'comment') this.#visit(statement.value, needed);
    }
    return needed;
  }

  #visit(expression: ProgramExpression, needed: Set<Pointer>): void {
    switch (expression.kind) {
      case 'load':
        this.#visitAddress(expression.address, needed);
        break;
      case 'index':
        for (const { index } of expression.value.terms) this.numbers.add(index);
        break;
      case 'splat':
      case 'lane':
        this.#visit(expression.value, needed);
        break;
      case 'shuffle':
        this.#visit(expression.left, needed);
        this.#visit(expression.right, needed);
        break;
      case 'apply':
        for (const argument of expression.args) this.#visit(argument, needed);
        break;
      case 'constant':
      case 'local':
        break;
    }
  }

  #visitAddress(address: Address, needed: Set<Pointer>): void {
    const place = this.#places.get(address) ?? this.#newPlace(address);
    this.#places.set(address, place);
    needed.add(place.pointer);
    if (address.row !== undefined) this.#visit(address.row.index, needed);
  }

  /**
   * The constant part goes into the instruction, whose offset is unsigned and added without wrapping: so not where the
   * part computed can be negative.
   */
  #newPlace({ buffer: name, at, row }: Address): Place {
    const buffer = this.#buffers.get(name);
    invariant(buffer !== undefined, `there is no buffer ${name}`);
    const constant = buffer.offset + laneBytes * at.constant;
    const terms = inBytes(at);
    const computesNegative = (row !== undefined && row.stride < 0) || terms.some(({ stride }) => stride < 0);
    const inOffset = constant >= 0 && !computesNegative;
    return {
      pointer: this.#pointer(terms, inOffset ? 0 : constant),
      offset: inOffset ? constant : 0,
      lanes: buffer.lanes,
    };
  }

  #pointer(terms: readonly AffineTerm[], base: number): Pointer {
    let key = String(base);
    for (const { index, stride } of terms) key += ` ${stride}*${index}`;
    const known = this.#pointers.get(key);
    if (known !== undefined) return known;
    const pointer = { key, base, terms };
    this.#pointers.set(key, pointer);
    return pointer;
  }
}

/** Terms in bytes, each index once, in one order. */
function inBytes({ terms }: Affine): readonly AffineTerm[] {
  const inOrder: AffineTerm[] = [];
  for (const { index, stride } of terms) {
    let place = inOrder.length;
    while (place > 0 && inOrder[place - 1]!.index > index) place -= 1;
    const before = inOrder[place - 1];
    if (before?.index === index) inOrder[place - 1] = { index, stride: before.stride + laneBytes * stride };
    else inOrder.splice(place, 0, { index, stride: laneBytes * stride });
  }
  return inOrder.some(({ stride }) => stride === 0) ? inOrder.filter(({ stride }) => stride !== 0) : inOrder;
}

/** How far one iteration of the loop over `index` moves the pointer, in bytes. */
export const strideOver = (pointer: Pointer, index: string): number =>
  pointer.terms.find((term) => term.index === index)!.stride;
