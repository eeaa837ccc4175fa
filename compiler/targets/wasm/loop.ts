import type { Extent, For } from '../../program/program.ts';
import type { FunctionBuilder } from './functionBuilder.ts';
import type { Instruction, PlainInstruction } from './instruction.ts';
import { type Pointer, type Pointers, strideOver } from './pointers.ts';

/** Where `steps` stands in functions that take it. */
const stepsLocal = 0;

const op = (name: PlainInstruction): Instruction => ({ op: name });
const i32 = (value: number): Instruction => ({ op: 'i32.const', value });
const get = (local: number): Instruction => ({ op: 'local.get', local });
const set = (local: number): Instruction => ({ op: 'local.set', local });
const tee = (local: number): Instruction => ({ op: 'local.tee', local });

/** Writes loops into one function: sets the pointers that a loop moves, and moves them. */
export class LoopWriter {
  readonly #builder: FunctionBuilder;
  readonly #code: Instruction[];
  readonly #pointers: Pointers | undefined;

  /** @param pointers  of the block that the loops stand in; none for loops around calls */
  constructor(builder: FunctionBuilder, pointers?: Pointers) {
    this.#builder = builder;
    this.#code = builder.code;
    this.#pointers = pointers;
  }

  /** A loop around what `body` writes. Where nothing uses its index as a number, a pointer tells when it ends. */
  write(loop: For, body: () => void): void {
    const moved = this.#pointers?.moved.get(loop) ?? [];
    const isCounted =
      this.#pointers === undefined || this.#pointers.numbers.has(loop.index) || moved.length === 0;
    if (typeof loop.extent !== 'number') this.#upToSteps(loop, loop.extent, moved, body);
    else if (loop.extent === 1) this.#once(loop, moved, isCounted, body);
    else if (isCounted) this.#counted(loop, loop.extent, moved, body);
    else this.#byPointer(loop, loop.extent, moved, body);
  }

  #once(loop: For, moved: readonly Pointer[], isCounted: boolean, body: () => void): void {
    if (isCounted) this.#code.push(i32(0), set(this.#builder.index(loop.index)));
    for (const pointer of moved) this.#start(pointer, loop.index, 0);
    body();
  }

  #counted(loop: For, extent: number, moved: readonly Pointer[], body: () => void): void {
    const first = isUp(loop) ? 0 : extent - 1;
    this.#code.push(i32(first), set(this.#builder.index(loop.index)));
    for (const pointer of moved) this.#start(pointer, loop.index, first);
    this.#repeat(loop, moved, body, () => {
      this.#count(loop);
      this.#code.push(...(isUp(loop) ? [i32(extent), op('i32.lt_s')] : [i32(0), op('i32.ge_s')]));
    });
  }

  #byPointer(loop: For, extent: number, moved: readonly Pointer[], body: () => void): void {
    const { index } = loop;
    const [first, end] = isUp(loop) ? [0, extent] : [extent - 1, -1];
    const driver = moved.find(({ terms }) => terms.length === 1) ?? moved[0]!;
    for (const pointer of moved) this.#start(pointer, index, first);
    const stride = strideOver(driver, index);
    const local = this.#builder.pointer(driver.key);
    let last = i32(driver.base + stride * end);
    if (driver.terms.length > 1) {
      const lastLocal = this.#builder.pointer(`end of ${driver.key}, ${index}`);
      this.#code.push(get(local), i32(stride * (end - first)), op('i32.add'), set(lastLocal));
      last = get(lastLocal);
    }
    const others = moved.filter((pointer) => pointer !== driver);
    this.#repeat(loop, others, body, () => {
      this.#code.push(get(local), i32(isUp(loop) ? stride : -stride), op('i32.add'), tee(local));
      this.#code.push(last, op('i32.ne'));
    });
  }

  #upToSteps(loop: For, extent: Extent, moved: readonly Pointer[], body: () => void): void {
    const i = this.#builder.index(loop.index);
    const { first, end } = this.#bounds(extent);
    this.#code.push(end, first, op('i32.gt_s'), { op: 'if' });
    if (isUp(loop)) this.#code.push(first, set(i));
    else this.#code.push(end, i32(1), op('i32.sub'), set(i));
    const isFromZero = isUp(loop) && first.op === 'i32.const';
    for (const pointer of moved) {
      this.#start(pointer, loop.index, 0);
      if (!isFromZero) this.#moveTo(pointer, loop.index);
    }
    this.#repeat(loop, moved, body, () => {
      this.#count(loop);
      this.#code.push(...(isUp(loop) ? [end, op('i32.lt_s')] : [first, op('i32.ge_s')]));
    });
    this.#code.push({ op: 'end' });
  }

  /** The least index and one more than the largest. */
  #bounds(extent: Extent): { first: Instruction; end: Instruction } {
    const steps = get(stepsLocal);
    if (typeof extent !== 'object') return { first: i32(0), end: steps };
    const { of, size } = extent;
    const bound = this.#builder.scratch(`${of} of ${size}`);
    if (of === 'slabs') {
      this.#code.push(steps, i32(size), op('i32.div_s'), set(bound));
      return { first: i32(0), end: get(bound) };
    }
    this.#code.push(steps, steps, i32(size), op('i32.rem_s'), op('i32.sub'), set(bound));
    return { first: get(bound), end: steps };
  }

  /** Sets a pointer to its value at the first iteration. */
  #start(pointer: Pointer, index: string, first: number): void {
    const before = this.#pointers!.without(pointer, index);
    const constant = pointer.base + strideOver(pointer, index) * first;
    if (before.terms.length === 0) this.#code.push(i32(constant));
    else this.#code.push(get(this.#builder.pointer(before.key)));
    if (before.terms.length > 0 && constant !== 0) this.#code.push(i32(constant), op('i32.add'));
    this.#code.push(set(this.#builder.pointer(pointer.key)));
  }

  /** Moves a pointer from where index is 0 to where it is now. */
  #moveTo(pointer: Pointer, index: string): void {
    const local = this.#builder.pointer(pointer.key);
    this.#code.push(get(this.#builder.index(index)), i32(strideOver(pointer, index)), op('i32.mul'));
    this.#code.push(get(local), op('i32.add'), set(local));
  }

  /** A loop around `body`; at its end it moves the pointers, and goes on where `test` holds. */
  #repeat(loop: For, moved: readonly Pointer[], body: () => void, test: () => void): void {
    this.#code.push({ op: 'loop' });
    body();
    for (const pointer of moved) {
      const local = this.#builder.pointer(pointer.key);
      const stride = strideOver(pointer, loop.index);
      this.#code.push(get(local), i32(isUp(loop) ? stride : -stride), op('i32.add'), set(local));
    }
    test();
    this.#code.push({ op: 'br_if', depth: 0 }, { op: 'end' });
  }

  /** Leaves the next index. */
  #count(loop: For): void {
    const i = this.#builder.index(loop.index);
    this.#code.push(get(i), i32(isUp(loop) ? 1 : -1), op('i32.add'), tee(i));
  }
}

const isUp = ({ direction }: For): boolean => direction === 'up';
