import { type LaneType, machineOps } from '../ops/machine.ts';
import { invariant } from '../support/invariant.ts';
import {
  type Address,
  type Affine,
  type Buffer,
  type For,
  type Procedure,
  type Program,
  type ProgramExpression,
  type ProgramStatement,
  procedureNames,
} from './program.ts';

/** What is known at a place in a procedure. Both maps are copied where a block opens, so a block's names end with it. */
interface Scope {
  readonly buffers: ReadonlyMap<string, Buffer>;
  /** Most steps of a call; undefined in procedures that take none. */
  readonly steps: number | undefined;
  /** Largest value of each enclosing loop's index; the smallest is 0. */
  readonly indices: Map<string, number>;
  readonly locals: Map<string, LaneType>;
}

/**
 * Checks the promises of `Program` that targets rely on.
 *
 * @param steps  most steps of one call of `forward` or `backward`, >= 1
 * @throws InvariantError when one is broken, naming procedure, buffer or local
 */
export function verifyProgram(program: Program, steps: number): void {
  verifyMemory(program);
  const buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
  const names = program.procedures.map((procedure) => procedure.name).sort();
  invariant(
    names.join() === [...procedureNames].sort().join(),
    `program has the procedures ${names.join(', ')}, not each of the five once`,
  );
  for (const procedure of program.procedures) verifyProcedure(procedure, buffers, steps);
}

function verifyMemory(program: Program): void {
  invariant(isCount(program.memoryBytes) && program.memoryBytes % 16 === 0, 'memory is not a multiple of 16');
  const names = new Set<string>();
  let end = 0;
  let previous = '';
  for (const buffer of [...program.buffers].sort((a, b) => a.offset - b.offset)) {
    const { name, offset, length } = buffer;
    invariant(!names.has(name), `two buffers are called ${name}`);
    names.add(name);
    invariant(
      isCount(offset) && offset % 16 === 0,
      `buffer ${name} starts at ${offset}, not a multiple of 16`,
    );
    invariant(isCount(length) && length >= 1, `buffer ${name} has ${length} lanes`);
    invariant(offset >= end, `buffer ${name} overlaps ${previous}`);
    end = offset + 4 * length;
    previous = name;
    invariant(end <= program.memoryBytes, `buffer ${name} ends at ${end}, after the end of memory`);
  }
}

function verifyProcedure(procedure: Procedure, buffers: ReadonlyMap<string, Buffer>, steps: number): void {
  const { name, takesSteps } = procedure;
  invariant(!takesSteps || name === 'forward' || name === 'backward', `procedure ${name} takes steps`);
  verifyBlock(procedure.body, {
    buffers,
    steps: takesSteps ? steps : undefined,
    indices: new Map(),
    locals: new Map(),
  });
}

function verifyBlock(block: readonly ProgramStatement[], outer: Scope): void {
  const scope = { ...outer, locals: new Map(outer.locals) };
  for (const statement of block) {
    const shadows = statement.kind === 'let' && outer.locals.has(statement.name);
    invariant(!shadows, `a local hides another of its name: ${shadows ? statement.name : ''}`);
    verifyStatement(statement, scope);
  }
}

function verifyStatement(statement: ProgramStatement, scope: Scope): void {
  switch (statement.kind) {
    case 'for':
      verifyLoop(statement, scope);
      break;
    case 'let':
      expectLanes(statement.value, statement.lanes, `local ${statement.name}`, scope);
      scope.locals.set(statement.name, statement.lanes);
      break;
    case 'set':
      expectLanes(statement.value, localLanes(statement.name, scope), `local ${statement.name}`, scope);
      break;
    case 'store': {
      const lanes = verifyAddress(statement.address, scope);
      expectLanes(statement.value, lanes, `buffer ${statement.address.buffer}`, scope);
      break;
    }
    case 'comment':
      break;
  }
}

function verifyLoop(loop: For, scope: Scope): void {
  const { index, extent } = loop;
  invariant(!scope.indices.has(index), `index ${index} is bound twice in one nest`);
  const most = extent === 'steps' ? scope.steps : extent;
  invariant(most !== undefined, `loop ${index} runs over steps in a procedure that takes none`);
  invariant(isCount(most) && most >= 1, `loop ${index} has the extent ${most}`);
  verifyBlock(loop.body, { ...scope, indices: new Map(scope.indices).set(index, most - 1) });
}

/** Checks the expression and says what lanes it gives. */
function verifyExpression(expression: ProgramExpression, scope: Scope): LaneType {
  switch (expression.kind) {
    case 'load':
      return verifyAddress(expression.address, scope);
    case 'constant':
      invariant(
        expression.lanes === 'f32' || expression.value === (expression.value | 0),
        `${expression.value} is not an i32`,
      );
      return expression.lanes;
    case 'index': {
      const [low, high] = range(expression.value, scope);
      invariant(low >= -(2 ** 31) && high < 2 ** 31, `an index expression leaves i32: ${low} to ${high}`);
      return 'i32';
    }
    case 'local':
      return localLanes(expression.name, scope);
    case 'apply': {
      invariant(Object.hasOwn(machineOps, expression.op), `${expression.op} is not a machine operation`);
      const { args, result } = machineOps[expression.op];
      invariant(expression.args.length === args.length, `${expression.op} has ${args.length} arguments`);
      args.forEach((lanes, i) => {
        expectLanes(expression.args[i]!, lanes, `argument ${i} of ${expression.op}`, scope);
      });
      return result;
    }
  }
}

/** Checks that the address stays in its buffer for all values of the indices; gives the buffer's lanes. */
function verifyAddress(address: Address, scope: Scope): LaneType {
  const buffer = scope.buffers.get(address.buffer);
  invariant(buffer !== undefined, `there is no buffer ${address.buffer}`);
  let [low, high] = range(address.at, scope);
  if (address.row !== undefined) {
    const { index, stride, count } = address.row;
    expectLanes(index, 'i32', `the row index of ${buffer.name}`, scope);
    invariant(isCount(count) && count >= 1, `buffer ${buffer.name} has ${count} rows`);
    invariant(Number.isSafeInteger(stride), `rows of ${buffer.name} are ${stride} apart`);
    low += Math.min(0, (count - 1) * stride);
    high += Math.max(0, (count - 1) * stride);
  }
  invariant(
    low >= 0 && high < buffer.length,
    `lanes ${low} to ${high} of buffer ${buffer.name} are used, which has ${buffer.length}`,
  );
  return buffer.lanes;
}

function expectLanes(expression: ProgramExpression, lanes: LaneType, place: string, scope: Scope): void {
  const given = verifyExpression(expression, scope);
  invariant(given === lanes, `${place} takes ${lanes}, and is given ${given}`);
}

function localLanes(name: string, scope: Scope): LaneType {
  const lanes = scope.locals.get(name);
  invariant(lanes !== undefined, `local ${name} is used where it is not defined`);
  return lanes;
}

/** Smallest and largest value. */
function range(affine: Affine, scope: Scope): [low: number, high: number] {
  invariant(Number.isSafeInteger(affine.constant), `an address holds the constant ${affine.constant}`);
  let low = affine.constant;
  let high = affine.constant;
  for (const { index, stride } of affine.terms) {
    const largest = scope.indices.get(index);
    invariant(largest !== undefined, `index ${index} is used outside its loop`);
    invariant(Number.isSafeInteger(stride), `index ${index} has the stride ${stride}`);
    low += Math.min(0, largest * stride);
    high += Math.max(0, largest * stride);
  }
  return [low, high];
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
