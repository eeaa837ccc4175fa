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
  /** A loop over steps around several kernels. */
  | { readonly kind: 'loop'; readonly loop: For; readonly pieces: readonly Piece[] }
  /** Statements whose locals are shared with their neighbours. */
  | { readonly kind: 'inline'; readonly body: readonly ProgramStatement[] };

/** The procedure's statements, in order. */
export const cutKernels = (procedure: Procedure): readonly Piece[] =>
  cutBlock(procedure.body, procedure.name, []);

function cutBlock(
  block: readonly ProgramStatement[],
  name: string,
  indices: readonly string[],
): readonly Piece[] {
  const sections = sectionsOf(block);
  const usedLater = new Set<string>();
  const pieces: Piece[] = [];
  for (const section of sections.reverse()) {
    const used = freeLocals(section);
    const shares =
      used.size > 0 || section.some((statement) => statement.kind === 'let' && usedLater.has(statement.name));
    for (const local of used) usedLater.add(local);
    pieces.unshift(
      ...(shares ? [{ kind: 'inline', body: section } as const] : cutSection(section, name, indices)),
    );
  }
  return pieces;
}

function cutSection(
  section: readonly ProgramStatement[],
  outerName: string,
  indices: readonly string[],
): readonly Piece[] {
  const [first, ...rest] = section;
  const name = first?.kind === 'comment' ? commentText(first.text) : outerName;
  const statements = first?.kind === 'comment' ? rest : section;
  const only = statements.length === 1 ? statements[0] : undefined;
  if (only?.kind === 'for' && only.extent === 'steps' && sectionsOf(only.body).length > 1)
    return [{ kind: 'loop', loop: only, pieces: cutBlock(only.body, name, [...indices, only.index]) }];
  return statements.length === 0 ? [] : [{ kind: 'kernel', name, indices, body: statements }];
}

/** Runs of statements, each but the first beginning with a comment. */
function sectionsOf(block: readonly ProgramStatement[]): ProgramStatement[][] {
  const sections: ProgramStatement[][] = [];
  for (const statement of block) {
    if (statement.kind === 'comment' || sections.length === 0) sections.push([]);
    sections.at(-1)!.push(statement);
  }
  return sections;
}

/** Names of locals that the block uses and does not define. */
function freeLocals(block: readonly ProgramStatement[]): Set<string> {
  const free = new Set<string>();
  const defined = new Set<string>();
  const use = (name: string) => {
    if (!defined.has(name)) free.add(name);
  };
  for (const statement of block) {
    if (statement.kind === 'for') for (const name of freeLocals(statement.body)) use(name);
    if (statement.kind === 'set') use(statement.name);
    if (statement.kind === 'store') visitLocals(statement.address.row?.index, use);
    if (statement.kind === 'store' || statement.kind === 'let' || statement.kind === 'set')
      visitLocals(statement.value, use);
    if (statement.kind === 'let') defined.add(statement.name);
  }
  return free;
}

function visitLocals(expression: ProgramExpression | undefined, visit: (name: string) => void): void {
  if (expression?.kind === 'local') visit(expression.name);
  if (expression?.kind === 'load') visitLocals(expression.address.row?.index, visit);
  if (expression?.kind === 'apply') for (const argument of expression.args) visitLocals(argument, visit);
}
