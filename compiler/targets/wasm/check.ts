import { invariant } from '../../support/invariant.ts';
import {
  callee,
  type Instruction,
  isMemory,
  isNumeric,
  memoryInstructions,
  numericInstructions,
  type ValueType,
  type WasmFunction,
  type WasmModule,
} from './instruction.ts';

interface Effect {
  readonly takes: readonly ValueType[];
  readonly gives: readonly ValueType[];
}

/**
 * Runs the types of every function over a stack, as WebAssembly's validation does, so that a mistake of ours is found
 * where it has a name.
 *
 * @throws InvariantError with the function's name and the instruction
 */
export function checkModule(module: WasmModule): void {
  for (const fn of module.functions) checkFunction(fn, module);
}

function checkFunction(fn: WasmFunction, module: WasmModule): void {
  const stack: ValueType[] = [];
  /** Height of the stack where each open block began. */
  const blocks: number[] = [];
  fn.body.forEach((instruction, position) => {
    const place = `${instruction.op} at ${position} of ${fn.name}`;
    const { takes, gives } = effectOf(instruction, stack, fn, module);
    const floor = blocks.at(-1) ?? 0;
    for (const type of [...takes].reverse()) {
      invariant(stack.length > floor, `${place} finds nothing on the stack`);
      const found = stack.pop();
      invariant(found === type, `${place} takes ${type}, and finds ${found}`);
    }
    stack.push(...gives);
    if (instruction.op === 'if' || instruction.op === 'loop') blocks.push(stack.length);
    if (instruction.op === 'end') {
      invariant(blocks.length > 0, `${place} closes nothing`);
      invariant(blocks.pop() === stack.length, `${place} leaves values on the stack`);
    }
    if (instruction.op === 'br_if')
      invariant(instruction.depth < blocks.length, `${place} leaves the function`);
  });
  invariant(blocks.length === 0, `a block of ${fn.name} stays open`);
  const result = fn.result === undefined ? '' : fn.result;
  invariant(stack.join() === result, `${fn.name} leaves ${stack.join()}, and should leave ${result}`);
}

function effectOf(
  instruction: Instruction,
  stack: readonly ValueType[],
  fn: WasmFunction,
  module: WasmModule,
): Effect {
  if (isNumeric(instruction)) {
    const { takes, gives } = numericInstructions[instruction.op];
    return { takes, gives: [gives] };
  }
  if (isMemory(instruction)) {
    invariant(
      Number.isInteger(instruction.offset) && instruction.offset >= 0 && instruction.offset < 2 ** 32,
      `${instruction.op} of ${fn.name} has the offset ${instruction.offset}`,
    );
    return memoryInstructions[instruction.op];
  }
  switch (instruction.op) {
    case 'i32.const':
      return { takes: [], gives: ['i32'] };
    case 'i64.const':
      return { takes: [], gives: ['i64'] };
    case 'f32.const':
      return { takes: [], gives: ['f32'] };
    case 'local.get':
      return { takes: [], gives: [localType(fn, instruction.local)] };
    case 'local.set':
      return { takes: [localType(fn, instruction.local)], gives: [] };
    case 'local.tee': {
      const type = localType(fn, instruction.local);
      return { takes: [type], gives: [type] };
    }
    case 'call': {
      const { parameters, result } = callee(module, instruction.function);
      return { takes: parameters.map(({ type }) => type), gives: result === undefined ? [] : [result] };
    }
    case 'select': {
      const type = stack.at(-2) ?? 'i32';
      return { takes: [type, type, 'i32'], gives: [type] };
    }
    case 'br_if':
    case 'if':
      return { takes: ['i32'], gives: [] };
    case 'loop':
    case 'end':
      return { takes: [], gives: [] };
  }
}

function localType(fn: WasmFunction, index: number): ValueType {
  const local = [...fn.parameters, ...fn.locals][index];
  invariant(local !== undefined, `local ${index} of ${fn.name} does not exist`);
  return local.type;
}
