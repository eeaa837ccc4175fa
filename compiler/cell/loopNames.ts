import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Span } from '../source/source.ts';
import type { CellDefinition, Equation, Identifier, Loop, Statement } from '../syntax/tree.ts';
import type { Reporter } from './reporter.ts';
import { whyReserved } from './scope.ts';
import { namesIn } from './staticNumber.ts';

/**
 * A name that loops multiply. It belongs to one iteration of each of `loops`; a `list` has entries besides, by the index
 * that it carries.
 */
export interface LoopName {
  readonly name: string;
  readonly kind: 'value' | 'list' | 'cells';
  /** Outermost first; none for what belongs to the whole cell. */
  readonly loops: readonly Loop[];
  readonly identifier: Identifier;
}

export interface LoopNames {
  readonly names: ReadonlyMap<string, LoopName>;
  /** Every index of a loop. */
  readonly indices: ReadonlySet<string>;
  /** Equations that cannot stand beside others, which has been reported. */
  readonly refused: ReadonlySet<Equation>;
}

/** Where a statement is read: the values of the indices around it, and the names that are arguments here. */
export interface Frame {
  readonly loops: readonly Loop[];
  readonly indices: ReadonlyMap<string, number>;
  readonly hidden: ReadonlySet<string>;
}

/** `t.1` for the t of iteration 1. */
export function pathOf({ name, loops }: LoopName, { indices }: Frame): string {
  return [name, ...loops.map(({ index }) => indices.get(index.name)!)].join('.');
}

/** What the loops of a cell define, and to which iterations each name belongs. */
export function loopNamesOf(definition: CellDefinition, reporter: Reporter): LoopNames {
  const collector = new Collector(definition, reporter);
  collector.visit(definition.statements, []);
  return collector;
}

interface Taken {
  readonly span: Span;
  readonly words: string;
}

class Collector implements LoopNames {
  readonly names = new Map<string, LoopName>();
  readonly indices = new Set<string>();
  readonly refused = new Set<Equation>();
  /** Names of the header, of declarations and of equations outside of loops. */
  readonly #taken = new Map<string, Taken>();
  readonly #states = new Map<string, Identifier>();
  readonly #reporter: Reporter;

  constructor(definition: CellDefinition, reporter: Reporter) {
    this.#reporter = reporter;
    const take = ({ name, span }: Identifier, words: string) => {
      if (!this.#taken.has(name)) this.#taken.set(name, { span, words });
    };
    for (const { name } of definition.sizes) take(name, 'a size');
    for (const { name } of definition.numbers) take(name, 'a number');
    for (const statement of definition.statements) {
      if (statement.kind === 'state') {
        for (const name of namesTaken(statement)) this.#states.set(name.name, name);
      } else if (statement.kind === 'innerCell' && statement.count) {
        const { name } = statement;
        if (!this.names.has(name.name)) {
          this.names.set(name.name, { name: name.name, kind: 'cells', loops: [], identifier: name });
        }
        take(name, 'a list of cells');
      } else for (const name of namesTaken(statement)) take(name, kindWords.get(statement.kind) ?? 'defined');
    }
  }

  visit(statements: readonly Statement[], loops: readonly Loop[]): void {
    for (const statement of statements) {
      if (statement.kind === 'for') this.#enter(statement, loops);
      else if (statement.kind === 'equation') this.#define(statement, loops);
    }
  }

  #enter(loop: Loop, loops: readonly Loop[]): void {
    const { name, span } = loop.index;
    const outer = loops.find(({ index }) => index.name === name)?.index;
    const first = this.names.get(name)?.identifier ?? this.#states.get(name);
    const why = whyReserved(name);
    if (why !== undefined) this.#reporter.report(cellCatalog.reservedName, span, { name, why });
    else if (outer !== undefined)
      this.#twice(loop.index, { span: outer.span, words: 'the index of a loop around' });
    else if (this.#taken.has(name)) this.#twice(loop.index, this.#taken.get(name)!);
    else if (first !== undefined) this.#twice(loop.index, { span: first.span, words: 'defined' });
    else this.indices.add(name);
    this.visit(loop.statements, [...loops, loop]);
  }

  #define(equation: Equation, loops: readonly Loop[]): void {
    const { names, entry } = equation;
    if (entry === undefined && loops.length === 0) {
      for (const name of names) {
        const first = this.names.get(name.name);
        if (first !== undefined && first.kind !== 'cells')
          this.#refuse(equation, name, first.identifier.span);
      }
      return;
    }
    const own = entry === undefined ? loops : beforeMentioned(loops, namesIn(entry));
    for (const name of names) this.#add(equation, name, { kind: entry ? 'list' : 'value', loops: own });
  }

  #add(equation: Equation, name: Identifier, as: Pick<LoopName, 'kind' | 'loops'>): void {
    const first = this.names.get(name.name);
    const taken = this.#taken.get(name.name);
    const state = this.#states.get(name.name);
    const why = whyReserved(name.name);
    if (why !== undefined) {
      this.#reporter.report(cellCatalog.reservedName, name.span, { name: name.name, why });
      this.refused.add(equation);
    } else if (state !== undefined && as.loops.length > 0) {
      const index = as.loops[0]!.index.name;
      this.#reporter.report(cellCatalog.stateInLoop, name.span, { name: name.name, index }, [
        { span: state.span, label: `${name.name} is declared here` },
      ]);
      this.refused.add(equation);
    } else if (taken !== undefined) {
      this.#refuse(equation, name, taken.span, taken.words, accumulation(equation, name, as.loops));
    } else if (this.indices.has(name.name)) this.#refuse(equation, name, undefined, 'the index of a loop');
    else if (first === undefined) this.names.set(name.name, { name: name.name, identifier: name, ...as });
    else if (as.kind === 'value' || first.kind !== 'list' || !sameLoops(first.loops, as.loops)) {
      this.#refuse(equation, name, first.identifier.span);
    }
  }

  #refuse(
    equation: Equation,
    name: Identifier,
    first: Span | undefined,
    words = 'defined',
    hint?: string,
  ): void {
    this.refused.add(equation);
    this.#twice(name, { span: first ?? name.span, words }, hint);
  }

  #twice({ name, span }: Identifier, first: Taken, hint?: string): void {
    const parameters = { name, kind: first.words, isSize: first.words === 'a size', hint };
    const related = first.span === span ? [] : [{ span: first.span, label: `${name} stands here first` }];
    this.#reporter.report(cellCatalog.duplicateName, span, parameters, related);
  }
}

/** What belongs to the iterations around the outermost loop whose index it carries. */
function beforeMentioned(loops: readonly Loop[], names: readonly string[]): readonly Loop[] {
  const first = loops.findIndex(({ index }) => names.includes(index.name));
  return first < 0 ? loops : loops.slice(0, first);
}

const sameLoops = (a: readonly Loop[], b: readonly Loop[]): boolean =>
  a.length === b.length && a.every((loop, i) => loop === b[i]);

const kindWords: ReadonlyMap<string, string> = new Map([
  ['input', 'an input'],
  ['target', 'a target'],
  ['param', 'a parameter'],
  ['const', 'a constant'],
  ['noise', 'noise'],
  ['innerCell', 'a cell'],
]);

/** What a statement outside of loops declares or defines as a whole; `output h` only reads h. */
function namesTaken(statement: Statement): readonly Identifier[] {
  if (statement.kind === 'equation') return statement.entry === undefined ? statement.names : [];
  if (statement.kind === 'output') {
    return statement.entries.flatMap(({ name, value }) => (value === undefined ? [] : [name]));
  }
  if (!('groups' in statement)) return statement.kind === 'innerCell' ? [statement.name] : [];
  return statement.groups.flatMap(({ names }) => names);
}

/** `s = s + ...` in a loop, as the entries that it runs through; undefined where it is something else. */
function accumulation(
  { entry, value }: Equation,
  { name }: Identifier,
  loops: readonly Loop[],
): string | undefined {
  const innermost = loops.at(-1);
  if (innermost === undefined || entry !== undefined || !namesIn(value).includes(name)) return undefined;
  const index = innermost.index.name;
  return (
    `Values of a loop are entries: write ${name}[${index} + 1] = ... with ${name}[${index}] in it, and ` +
    `${name}[0] = ... before the loop.`
  );
}
