import { machineOps } from '../ops/machine.ts';
import { InvariantError, invariant } from '../support/invariant.ts';
import {
  type Address,
  type Affine,
  type Buffer,
  type Extent,
  type For,
  type Procedure,
  type Program,
  type ProgramExpression,
  type ProgramStatement,
  procedureNames,
  type Store,
  type ValueType,
} from './program.ts';

/** What is known at a place in a procedure. The maps change as the walk enters and leaves blocks. */
interface Scope {
  readonly buffers: ReadonlyMap<string, Buffer>;
  readonly memoryBytes: number;
  /** Most steps of a call; undefined in procedures that take none. */
  readonly steps: number | undefined;
  /** Largest value of each enclosing loop's index; the smallest is 0. */
  readonly indices: Map<string, number>;
  readonly locals: Map<string, Local>;
  /** How many blocks are open. */
  depth: number;
  /** How many of the enclosing loops run for no number of steps; addresses in them are never used. */
  idle: number;
}

interface Local {
  readonly type: ValueType;
  /** Of the block that defines it. */
  readonly depth: number;
}

const width = 4;
const laneBytes = 4;

/**
 * Checks the promises of `Program` that targets rely on. Buffers may share memory: which may, the plan knows.
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
  for (const procedure of program.procedures) verifyProcedure(procedure, buffers, program.memoryBytes, steps);
}

function verifyMemory(program: Program): void {
  invariant(isCount(program.memoryBytes) && program.memoryBytes % 16 === 0, 'memory is not a multiple of 16');
  const names = new Set<string>();
  for (const { name, offset, length } of program.buffers) {
    invariant(!names.has(name), `two buffers are called ${name}`);
    names.add(name);
    invariant(
      isCount(offset) && offset % laneBytes === 0,
      `buffer ${name} starts at ${offset}, not a multiple of 4`,
    );
    invariant(isCount(length) && length >= 1, `buffer ${name} has ${length} lanes`);
    const end = offset + laneBytes * length;
    invariant(end <= program.memoryBytes, `buffer ${name} ends at ${end}, after the end of memory`);
  }
}

function verifyProcedure(
  procedure: Procedure,
  buffers: Scope['buffers'],
  memoryBytes: number,
  steps: number,
): void {
  const { name, takesSteps } = procedure;
  invariant(!takesSteps || name === 'forward' || name === 'backward', `procedure ${name} takes steps`);
  verifyBlock(procedure.body, {
    buffers,
    memoryBytes,
    steps: takesSteps ? steps : undefined,
    indices: new Map(),
    locals: new Map(),
    depth: 0,
    idle: 0,
  });
}

function verifyBlock(block: readonly ProgramStatement[], scope: Scope): void {
  scope.depth += 1;
  for (const statement of block) verifyStatement(statement, scope);
  for (const statement of block) if (statement.kind === 'let') scope.locals.delete(statement.name);
  scope.depth -= 1;
}

function verifyStatement(statement: ProgramStatement, scope: Scope): void {
  switch (statement.kind) {
    case 'for':
      verifyLoop(statement, scope);
      break;
    case 'let': {
      const { name, lanes: type } = statement;
      const hidden = scope.locals.get(name);
      if (hidden !== undefined && hidden.depth < scope.depth)
        fail(`a local hides another of its name: ${name}`);
      if (laneName.test(name)) fail(`a local has the name of another's lane: ${name}`);
      const given = verifyExpression(statement.value, scope);
      if (given !== type) fail(`local ${name} takes ${type}, and is given ${given}`);
      scope.locals.set(name, { type, depth: scope.depth });
      break;
    }
    case 'set': {
      const given = verifyExpression(statement.value, scope);
      const type = localType(statement.name, scope);
      if (given !== type) fail(`local ${statement.name} takes ${type}, and is given ${given}`);
      break;
    }
    case 'store':
      verifyStore(statement, scope);
      break;
    case 'comment':
      break;
  }
}

/** What `scalarise` calls the lanes of a local. */
const laneName = /\.[0-3]$/;

function verifyStore({ address, value, count }: Store, scope: Scope): void {
  if (count !== undefined && !(Number.isInteger(count) && count >= 1 && count <= width))
    fail(`${count} lanes are stored at once`);
  const buffer = verifyAddress(address, count ?? 1, false, scope);
  if (count !== undefined && buffer.lanes !== 'f32') fail(`four lanes of ${buffer.name} are no f32x4`);
  const type = count === undefined ? buffer.lanes : 'f32x4';
  const given = verifyExpression(value, scope);
  if (given !== type) fail(`buffer ${buffer.name} takes ${type}, and is given ${given}`);
}

function verifyLoop({ index, extent, body }: For, scope: Scope): void {
  if (scope.indices.has(index)) fail(`index ${index} is bound twice in one nest`);
  const end = mostOf(index, extent, scope.steps);
  scope.indices.set(index, Math.max(end - 1, 0));
  if (end === 0) scope.idle += 1;
  verifyBlock(body, scope);
  if (end === 0) scope.idle -= 1;
  scope.indices.delete(index);
}

/** One more than the largest value of the index; 0 where the loop never runs. */
function mostOf(index: string, extent: Extent, steps: number | undefined): number {
  if (typeof extent === 'number') {
    if (!isCount(extent) || extent < 1) fail(`loop ${index} has the extent ${extent}`);
    return extent;
  }
  if (steps === undefined) return fail(`loop ${index} runs over steps in a procedure that takes none`);
  if (extent === 'steps') return steps;
  const { of, size } = extent;
  if (!isCount(size) || size < 1) fail(`loop ${index} runs over slabs of ${size} steps`);
  if (of === 'slabs') return Math.floor(steps / size);
  return size === 1 ? 0 : steps;
}

/** Checks the expression and says what it gives. */
function verifyExpression(expression: ProgramExpression, scope: Scope): ValueType {
  switch (expression.kind) {
    case 'load': {
      const buffer = verifyAddress(expression.address, 1, expression.width !== undefined, scope);
      if (expression.width === undefined) return buffer.lanes;
      if (buffer.lanes !== 'f32') fail(`four lanes of ${buffer.name} are no f32x4`);
      return 'f32x4';
    }
    case 'constant':
      if (expression.lanes === 'i32' && expression.value !== (expression.value | 0))
        fail(`${expression.value} is not an i32`);
      return expression.lanes;
    case 'index': {
      const { low, high } = range(expression.value, scope);
      if (low < -(2 ** 31) || high >= 2 ** 31) fail(`an index expression leaves i32: ${low} to ${high}`);
      return 'i32';
    }
    case 'local':
      return localType(expression.name, scope);
    case 'splat':
      expect(expression.value, 'f32', 'splat', scope);
      return 'f32x4';
    case 'lane':
      if (!isLane(expression.lane, width)) fail(`there is no lane ${expression.lane}`);
      expect(expression.value, 'f32x4', 'lane', scope);
      return 'f32';
    case 'shuffle':
      expect(expression.left, 'f32x4', 'shuffle', scope);
      expect(expression.right, 'f32x4', 'shuffle', scope);
      if (expression.lanes.length !== width || !expression.lanes.every((lane) => isLane(lane, 2 * width)))
        fail(`shuffle has the lanes ${expression.lanes.join(', ')}`);
      return 'f32x4';
    case 'apply':
      return verifyApply(expression, scope);
  }
}

function verifyApply(apply: ProgramExpression & { kind: 'apply' }, scope: Scope): ValueType {
  const { op, args: given } = apply;
  if (!Object.hasOwn(machineOps, op)) fail(`${op} is not a machine operation`);
  const { args, result } = machineOps[op];
  if (given.length !== args.length) fail(`${op} has ${args.length} arguments`);
  const four = apply.width !== undefined;
  if (four && result !== 'f32') fail(`${op} gives ${result}, so it has no four lanes`);
  for (let i = 0; i < args.length; i++) {
    if (four && args[i] !== 'f32') fail(`${op} takes ${args[i]}, so it has no four lanes`);
    const type = verifyExpression(given[i]!, scope);
    const takes = four ? 'f32x4' : args[i];
    if (type !== takes) fail(`argument ${i} of ${op} takes ${takes}, and is given ${type}`);
  }
  return four ? 'f32x4' : result;
}

/**
 * Checks that `count` lanes from the address are in the buffer for all values of the indices, and where it is `wide`,
 * four in memory.
 */
function verifyAddress(
  { buffer: name, at, row }: Address,
  count: number,
  wide: boolean,
  scope: Scope,
): Buffer {
  const buffer = scope.buffers.get(name);
  if (buffer === undefined) return fail(`there is no buffer ${name}`);
  let { low, high } = range(at, scope);
  high += count - 1;
  if (row !== undefined) {
    const { index, stride, count: rows } = row;
    expect(index, 'i32', `the row index of ${name}`, scope);
    if (!isCount(rows) || rows < 1) fail(`buffer ${name} has ${rows} rows`);
    if (!Number.isSafeInteger(stride)) fail(`rows of ${name} are ${stride} apart`);
    low += Math.min(0, (rows - 1) * stride);
    high += Math.max(0, (rows - 1) * stride);
  }
  if (scope.idle > 0) return buffer;
  if (low < 0 || high >= buffer.length)
    fail(`lanes ${low} to ${high} of buffer ${name} are used, which has ${buffer.length}`);
  if (wide && buffer.offset + laneBytes * (high + width) > scope.memoryBytes)
    fail(`four lanes from lane ${high} of buffer ${name} run over the end of memory`);
  return buffer;
}

function expect(expression: ProgramExpression, type: ValueType, place: string, scope: Scope): void {
  const given = verifyExpression(expression, scope);
  if (given !== type) fail(`${place} takes ${type}, and is given ${given}`);
}

function localType(name: string, scope: Scope): ValueType {
  const local = scope.locals.get(name);
  return local === undefined ? fail(`local ${name} is used where it is not defined`) : local.type;
}

/** Smallest and largest value. */
function range(affine: Affine, scope: Scope): { low: number; high: number } {
  if (!Number.isSafeInteger(affine.constant)) fail(`an address holds the constant ${affine.constant}`);
  let low = affine.constant;
  let high = affine.constant;
  for (const { index, stride } of affine.terms) {
    const largest = scope.indices.get(index);
    if (largest === undefined) return fail(`index ${index} is used outside its loop`);
    if (!Number.isSafeInteger(stride)) fail(`index ${index} has the stride ${stride}`);
    if (stride < 0) low += largest * stride;
    else high += largest * stride;
  }
  return { low, high };
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isLane = (value: number, lanes: number): boolean => isCount(value) && value < lanes;

/** `invariant` for places that are visited often: the message is made only when it is needed. */
function fail(message: string): never {
  throw new InvariantError(message);
}
