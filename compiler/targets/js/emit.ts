import type { Procedures } from '../../module/manifest.ts';
import {
  type Address,
  type Affine,
  type Buffer,
  type Extent,
  type For,
  type Let,
  type Procedure,
  type Program,
  type ProgramExpression,
  type ProgramStatement,
  procedureNames,
} from '../../program/program.ts';
import { scalarise } from '../../program/scalarise.ts';
import { commentText } from '../../support/commentText.ts';
import { InvariantError, invariant } from '../../support/invariant.ts';
import { cutKernels, type Piece } from '../kernels.ts';
import type { Target } from '../target.ts';
import { helperText } from './helpers.ts';
import { fusedSpelling, type Operands, type Spelling, spellings } from './spelling.ts';

export const js: Target = {
  name: 'js',
  doc: 'JavaScript, rounded to f32 after every operation; runs wherever JavaScript does.',
  ships: true,
  emit: (program) => {
    const source = emitJs(program);
    return { kind: 'js', source, create: (memory) => evaluate(source)(memory) };
  },
};

const evaluate = (source: string): ((memory: ArrayBuffer) => Procedures) =>
  new Function(`${source}\nreturn create;`)() as (memory: ArrayBuffer) => Procedures;

/**
 * The text of one function, `create(memory)`, that gives the five procedures. Names in it are numbered, so no user's text
 * gets in but as comments. Index and local names are valid in one function at a time.
 */
export function emitJs(given: Program): string {
  const program = scalarise(given);
  const emitter = new Emitter(program);
  const procedures = program.procedures.flatMap((procedure) => emitter.procedure(procedure));
  return [
    `function create(memory) { // ${commentText(program.name)}`,
    `  'use strict';`,
    '  const fround = Math.fround;',
    '  const f32 = new Float32Array(memory), i32 = new Int32Array(memory);',
    ...indented(helperText(emitter.helpers).flatMap((text) => text.split('\n'))),
    ...indented(emitter.kernels),
    ...indented(procedures),
    `  return { ${procedureNames.join(', ')} };`,
    '}',
  ].join('\n');
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

class Emitter {
  readonly helpers = new Set<string>();
  readonly kernels: string[] = [];
  private readonly buffers: ReadonlyMap<string, Buffer>;
  private readonly spellings: Readonly<Record<string, Spelling>>;
  private kernelCount = 0;
  private localCount = 0;
  private indices = new Map<string, string>();
  private locals = new Map<string, string>();

  constructor(program: Program) {
    this.buffers = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
    this.spellings = program.profile === 'fused' ? { ...spellings, mulAdd: fusedSpelling } : spellings;
  }

  procedure(procedure: Procedure): string[] {
    const pieces = cutKernels(procedure);
    const steps = procedure.takesSteps ? ['steps'] : [];
    const calls = this.withNames(() => this.pieces(pieces, steps));
    return [
      `function ${procedure.name}(${steps.join()}) {`,
      ...indented(steps.length > 0 ? ['steps = steps | 0;'] : []),
      ...indented(calls),
      '}',
    ];
  }

  private pieces(pieces: readonly Piece[], steps: readonly string[]): string[] {
    return pieces.flatMap((piece) => this.piece(piece, steps));
  }

  private piece(piece: Piece, steps: readonly string[]): string[] {
    switch (piece.kind) {
      case 'kernel':
        return [this.kernel(piece, steps)];
      case 'loop':
        return this.loop(piece.loop, () => this.pieces(piece.pieces, steps));
      case 'inline':
        return this.block(piece.body);
    }
  }

  /** Writes the kernel's function; gives the call. */
  private kernel(piece: Piece & { kind: 'kernel' }, steps: readonly string[]): string {
    const name = `kernel${this.kernelCount++}`;
    const call = `${name}(${[...steps, ...piece.indices.map((index) => this.index(index))].join(', ')});`;
    const text = this.withNames(() => {
      const parameters = [...steps, ...piece.indices.map((index) => this.index(index))].join(', ');
      return [`function ${name}(${parameters}) {`, ...indented(this.block(piece.body)), '}'];
    });
    this.kernels.push(`// ${piece.name}`, ...text);
    return call;
  }

  private withNames(write: () => string[]): string[] {
    const { indices, locals, localCount } = this;
    this.indices = new Map();
    this.locals = new Map();
    this.localCount = 0;
    const text = write();
    Object.assign(this, { indices, locals, localCount });
    return text;
  }

  private block(block: readonly ProgramStatement[]): string[] {
    return block.flatMap((statement) => this.statement(statement));
  }

  private statement(statement: ProgramStatement): string[] {
    switch (statement.kind) {
      case 'for':
        return this.loop(statement, () => this.block(statement.body));
      case 'let':
        return [`let ${this.defined(statement)};`];
      case 'set':
        return [`${this.local(statement.name)} = ${this.value(statement.value)};`];
      case 'store':
        return [`${this.place(statement.address)} = ${this.value(statement.value)};`];
      case 'comment':
        return [`// ${commentText(statement.text)}`];
    }
  }

  private loop({ index, extent, direction }: For, body: () => string[]): string[] {
    const i = this.index(index);
    const { first, end } = bounds(extent);
    const head =
      direction === 'up'
        ? `let ${i} = ${first}; ${i} < ${end}; ${i}++`
        : `let ${i} = ${typeof end === 'number' ? end - 1 : `${end} - 1`}; ${i} >= ${first}; ${i}--`;
    return [`for (${head}) {`, ...indented(body()), '}'];
  }

  private value(expression: ProgramExpression): string {
    switch (expression.kind) {
      case 'load':
        return this.place(expression.address);
      case 'constant':
        return expression.lanes === 'f32' ? f32Literal(expression.value) : literal(expression.value);
      case 'index':
        return `(${this.affine(expression.value, 0)})`;
      case 'local':
        return this.local(expression.name);
      case 'apply': {
        const { gives, text } = this.apply(expression);
        return gives === 'truth' ? `(${text} ? 1 : 0)` : text;
      }
      default:
        throw new InvariantError(`a scalar program holds ${expression.kind}`);
    }
  }

  private truth(expression: ProgramExpression): string {
    if (expression.kind === 'apply') {
      const { gives, text } = this.apply(expression);
      return gives === 'truth' ? text : `(${text} !== 0)`;
    }
    return `(${this.value(expression)} !== 0)`;
  }

  private apply({ op, args }: ProgramExpression & { kind: 'apply' }): { gives: string; text: string } {
    const spelling = this.spellings[op]!;
    if (spelling.helper !== undefined) this.helpers.add(spelling.helper);
    const operands: Operands = {
      value: (i) => this.value(args[i]!),
      truth: (i) => this.truth(args[i]!),
    };
    return { gives: spelling.gives, text: spelling.text(operands) };
  }

  private place({ buffer: name, at, row }: Address): string {
    const buffer = this.buffers.get(name);
    invariant(buffer !== undefined, `there is no buffer ${name}`);
    const place = this.affine(at, buffer.offset / 4);
    if (row === undefined) return `${buffer.lanes}[${place}]`;
    const chosen = `Math.min(Math.max(${this.value(row.index)}, 0), ${row.count - 1})`;
    return `${buffer.lanes}[${chosen} * ${literal(row.stride)} + ${place}]`;
  }

  private affine({ constant, terms }: Affine, base: number): string {
    const parts = terms.map(({ index, stride }) =>
      stride === 1 ? this.index(index) : `${this.index(index)} * ${literal(stride)}`,
    );
    return base + constant === 0 && parts.length > 0
      ? parts.join(' + ')
      : [literal(base + constant), ...parts].join(' + ');
  }

  private index(name: string): string {
    const known = this.indices.get(name) ?? `i${this.indices.size}`;
    this.indices.set(name, known);
    return known;
  }

  /** A new name for each `let`: a block may define a local anew. */
  private defined({ name, value }: Let): string {
    const text = this.value(value);
    const local = `v${this.localCount++}`;
    this.locals.set(name, local);
    return `${local} = ${text}`;
  }

  private local(name: string): string {
    const local = this.locals.get(name);
    invariant(local !== undefined, `local ${name} is used where it is not defined`);
    return local;
  }
}

/** The least index and one more than the largest; as text where they depend on the number of steps. */
function bounds(extent: Extent): { first: string | number; end: string | number } {
  if (typeof extent !== 'object') return { first: 0, end: extent };
  return extent.of === 'slabs'
    ? { first: 0, end: `(steps / ${extent.size} | 0)` }
    : { first: `steps - steps % ${extent.size}`, end: 'steps' };
}

const f32Literal = (value: number): string => literal(Math.fround(value));

/** A double's shortest text, in brackets where it begins with a sign. */
function literal(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.startsWith('-') ? `(${text})` : text;
}
