import { InvariantError } from '../support/invariant.ts';
import type {
  Address,
  Buffer,
  Let,
  Program,
  ProgramExpression,
  ProgramStatement,
  Set as SetLocal,
  Store,
} from './program.ts';

/**
 * The program without f32x4: a four-lane value becomes four scalars in the order of its lanes, a local `x` becomes `x.0`
 * to `x.3`. Targets that have one lane only print this, so they give the same bits. A load of four lanes may run over the
 * end of its buffer here as it did before.
 */
export function scalarise(program: Program): Program {
  const buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
  return {
    ...program,
    procedures: program.procedures.map((procedure) => ({
      ...procedure,
      body: new Scalariser(buffers).block(procedure.body),
    })),
  };
}

const lanes = [0, 1, 2, 3] as const;
const laneName = (local: string, lane: number) => `${local}.${lane}`;

/** Rewrites one procedure. */
class Scalariser {
  readonly #buffers: ReadonlyMap<string, Buffer>;
  /** Locals that are f32x4; a name means one thing at a time. */
  readonly #wide = new Set<string>();
  /** What runs before the statement at hand: values that its lanes share, in locals. */
  #before: Let[] = [];
  #shared = new Map<ProgramExpression, ProgramExpression>();
  #count = 0;

  constructor(buffers: ReadonlyMap<string, Buffer>) {
    this.#buffers = buffers;
  }

  block(block: readonly ProgramStatement[]): readonly ProgramStatement[] {
    return block.flatMap((statement) => this.#statement(statement));
  }

  #statement(statement: ProgramStatement): readonly ProgramStatement[] {
    if (statement.kind === 'comment') return [statement];
    if (statement.kind === 'for') return [{ ...statement, body: this.block(statement.body) }];
    this.#before = [];
    this.#shared = new Map();
    const rewritten = statement.kind === 'store' ? this.#store(statement) : this.#assignment(statement);
    return [...this.#before, ...rewritten];
  }

  #assignment(statement: Let | SetLocal): readonly ProgramStatement[] {
    const { kind, name, value } = statement;
    const isWide = kind === 'let' ? statement.lanes === 'f32x4' : this.#wide.has(name);
    if (!isWide) {
      this.#wide.delete(name);
      return [{ ...statement, value: this.#scalar(value) }];
    }
    const values = lanes.map((lane) => this.#lane(value, lane));
    const settled = readsOtherLanes(value, name) ? values.map((lane) => this.#temporary(lane)) : values;
    this.#wide.add(name);
    return settled.map((lane, i) =>
      kind === 'let'
        ? { kind, name: laneName(name, i), lanes: 'f32', value: lane }
        : { kind, name: laneName(name, i), value: lane },
    );
  }

  #store({ address, value, count }: Store): readonly ProgramStatement[] {
    if (count === undefined)
      return [{ kind: 'store', address: this.#scalarAddress(address), value: this.#scalar(value) }];
    const values = lanes.slice(0, count).map((lane) => this.#lane(value, lane));
    const settled = this.#mayRead(value, address.buffer)
      ? values.map((lane) => this.#temporary(lane))
      : values;
    return settled.map((lane, i) => ({ kind: 'store', address: this.#address(address, i), value: lane }));
  }

  /** An expression of one lane. */
  #scalar(expression: ProgramExpression): ProgramExpression {
    switch (expression.kind) {
      case 'load':
        return { kind: 'load', address: this.#scalarAddress(expression.address) };
      case 'lane':
        return this.#lane(expression.value, expression.lane);
      case 'apply':
        return { ...expression, args: expression.args.map((arg) => this.#scalar(arg)) };
      default:
        return expression;
    }
  }

  /** One lane of an f32x4. */
  #lane(expression: ProgramExpression, lane: number): ProgramExpression {
    switch (expression.kind) {
      case 'load':
        return { kind: 'load', address: this.#address(expression.address, lane) };
      case 'constant':
        return { ...expression, lanes: 'f32' };
      case 'local':
        return { kind: 'local', name: laneName(expression.name, lane) };
      case 'splat':
        return this.#once(expression.value, 'f32');
      case 'shuffle': {
        const from = expression.lanes[lane]!;
        return this.#lane(from < 4 ? expression.left : expression.right, from % 4);
      }
      case 'apply':
        return {
          kind: 'apply',
          op: expression.op,
          args: expression.args.map((arg) => this.#lane(arg, lane)),
        };
      default:
        throw new InvariantError(`${expression.kind} has no four lanes`);
    }
  }

  #scalarAddress(address: Address): Address {
    const { row } = address;
    return row === undefined ? address : { ...address, row: { ...row, index: this.#scalar(row.index) } };
  }

  #address(address: Address, lane: number): Address {
    const { row } = address;
    const at = { ...address.at, constant: address.at.constant + lane };
    return row === undefined
      ? { ...address, at }
      : { ...address, at, row: { ...row, index: this.#once(row.index, 'i32') } };
  }

  /** A scalar that several lanes use. */
  #once(expression: ProgramExpression, type: 'f32' | 'i32'): ProgramExpression {
    if (['local', 'constant', 'index'].includes(expression.kind)) return expression;
    const known = this.#shared.get(expression) ?? this.#temporary(this.#scalar(expression), type);
    this.#shared.set(expression, known);
    return known;
  }

  /** A new local; its name is nobody's, since no local of the program ends in `.0`. */
  #temporary(value: ProgramExpression, type: 'f32' | 'i32' = 'f32'): ProgramExpression {
    const name = `shared${this.#count++}.0.0`;
    this.#before.push({ kind: 'let', name, lanes: type, value });
    return { kind: 'local', name };
  }

  /** Whether the value reads where a store to the buffer may write: then all lanes are read before one is stored. */
  #mayRead(value: ProgramExpression, target: string): boolean {
    const { offset, length } = this.#buffers.get(target)!;
    return some(value, (inner) => {
      if (inner.kind !== 'load') return false;
      const read = this.#buffers.get(inner.address.buffer)!;
      return read.offset < offset + 4 * length && offset < read.offset + 4 * (read.length + 3);
    });
  }
}

/** Whether lanes of the value may be made of other lanes of the local. */
const readsOtherLanes = (value: ProgramExpression, local: string): boolean =>
  some(value, ({ kind }) => kind === 'lane' || kind === 'shuffle') &&
  some(value, (inner) => inner.kind === 'local' && inner.name === local);

function some(expression: ProgramExpression, holds: (inner: ProgramExpression) => boolean): boolean {
  if (holds(expression)) return true;
  switch (expression.kind) {
    case 'load':
      return expression.address.row !== undefined && some(expression.address.row.index, holds);
    case 'splat':
    case 'lane':
      return some(expression.value, holds);
    case 'shuffle':
      return some(expression.left, holds) || some(expression.right, holds);
    case 'apply':
      return expression.args.some((arg) => some(arg, holds));
    default:
      return false;
  }
}
