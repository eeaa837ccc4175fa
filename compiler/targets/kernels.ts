import type { For, Procedure, ProgramExpression, ProgramStatement } from '../program/program.ts';
import { commentText } from '../support/commentText.ts';

/*
 * Procedures cut into functions. Engines optimise middle-sized functions best and give up on huge ones, and a profiler
 * shows functions: so what stands under one comment becomes one function, named after it.
 */

export type Piece =
  /** A function of its own; it reads the enclosing loops' indices and no local from outside. */
  | {
      readonly kind: 'kernel';
      readonly name: string;
      readonly indices: readonly string[];
      readonly body: readonly ProgramStatement[];
    }
  /** A loop around several kernels: over steps, slabs, or the steps of a slab. */
  | { readonly kind: 'loop'; readonly loop: For; readonly pieces: readonly Piece[] }
  /** Statements whose locals are shared with their neighbours. */
  | { readonly kind: 'inline'; readonly body: readonly ProgramStatement[] };

/** The procedure's statements, in order. */
export const cutKernels = ({ name, body }: Procedure): readonly Piece[] => new Cutter().block(body, name, []);

class Cutter {
  /** Names of locals that loops use and do not define. */
  readonly #free = new Map<For, ReadonlySet<string>>();

  block(block: readonly ProgramStatement[], name: string, indices: readonly string[]): readonly Piece[] {
    const usedLater = new Set<string>();
    const pieces: (readonly Piece[])[] = [];
    for (const section of this.#sections(block).reverse()) {
      const used = this.#freeLocals(section);
      const shares =
        used.size > 0 ||
        section.some((statement) => statement.kind === 'let' && usedLater.has(statement.name));
      for (const local of used) usedLater.add(local);
      pieces.push(shares ? [{ kind: 'inline', body: section }] : this.#section(section, name, indices));
    }
    return pieces.reverse().flat();
  }

  #section(
    section: readonly ProgramStatement[],
    outerName: string,
    indices: readonly string[],
  ): readonly Piece[] {
    const [first, ...rest] = section;
    const name = titleOf(first) ?? outerName;
    const body = titleOf(first) === undefined ? section : rest;
    if (body.length === 0) return [];
    const loop = body.length === 1 ? body[0]! : undefined;
    if (loop?.kind !== 'for') return [{ kind: 'kernel', name, indices, body }];
    const sections = this.#sections(loop.body);
    if (sections.length === 1)
      return [{ kind: 'kernel', name: titleOf(sections[0]![0]) ?? name, indices, body }];
    const pieces = this.block(loop.body, name, [...indices, loop.index]);
    // Around code that shares locals, a loop of known length is better left whole: its addresses then go along with it.
    const isWhole = typeof loop.extent === 'number' && pieces.some(({ kind }) => kind === 'inline');
    return isWhole ? [{ kind: 'kernel', name, indices, body }] : [{ kind: 'loop', loop, pieces }];
  }

  /** Runs of statements, each but the first beginning with a comment or being a loop around comments of its own. */
  #sections(block: readonly ProgramStatement[]): ProgramStatement[][] {
    const sections: ProgramStatement[][] = [];
    let isAfterLoop = true;
    for (const statement of block) {
      const isLoop = this.#isLoopOfKernels(statement);
      if (statement.kind === 'comment' || isLoop || isAfterLoop) sections.push([]);
      sections.at(-1)!.push(statement);
      isAfterLoop = isLoop;
    }
    return sections;
  }

  #isLoopOfKernels(statement: ProgramStatement): boolean {
    return (
      statement.kind === 'for' &&
      statement.body.some(({ kind }) => kind === 'comment') &&
      this.#freeInLoop(statement).size === 0
    );
  }

  #freeInLoop(loop: For): ReadonlySet<string> {
    const known = this.#free.get(loop) ?? this.#freeLocals(loop.body);
    this.#free.set(loop, known);
    return known;
  }

  /** Names of locals that the block uses and does not define. */
  #freeLocals(block: readonly ProgramStatement[]): Set<string> {
    const free = new Set<string>();
    const defined = new Set<string>();
    const use = (name: string) => {
      if (!defined.has(name)) free.add(name);
    };
    for (const statement of block) {
      if (statement.kind === 'for') this.#freeInLoop(statement).forEach(use);
      if (statement.kind === 'set') use(statement.name);
      if (statement.kind === 'store') visitLocals(statement.address.row?.index, use);
      if (statement.kind === 'store' || statement.kind === 'let' || statement.kind === 'set')
        visitLocals(statement.value, use);
      if (statement.kind === 'let') defined.add(statement.name);
    }
    return free;
  }
}

const titleOf = (statement: ProgramStatement | undefined): string | undefined =>
  statement?.kind === 'comment' ? commentText(statement.text) : undefined;

function visitLocals(expression: ProgramExpression | undefined, visit: (name: string) => void): void {
  switch (expression?.kind) {
    case 'local':
      visit(expression.name);
      break;
    case 'load':
      visitLocals(expression.address.row?.index, visit);
      break;
    case 'splat':
    case 'lane':
      visitLocals(expression.value, visit);
      break;
    case 'shuffle':
      visitLocals(expression.left, visit);
      visitLocals(expression.right, visit);
      break;
    case 'apply':
      for (const argument of expression.args) visitLocals(argument, visit);
      break;
  }
}
