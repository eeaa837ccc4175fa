import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Equation, Expression, Identifier, StateDeclaration } from '../syntax/tree.ts';
import type { LoopName } from './loopNames.ts';
import type { Reporter } from './reporter.ts';

/** Past so many missing entries of a state there are equations missing, whichever. */
const MOST_MISSING = 5_000;

/** The entries of lists, each under the name that stands for it: of values, of states and of inner cells. */
export class ListEntries {
  readonly #reporter: Reporter;
  readonly #sizesInWords: string;
  /** By path of a list, then by index. */
  readonly #entries = new Map<string, Map<number, Identifier>>();
  /** By path: lists that are read as one array. */
  readonly #wholes = new Map<string, { readonly list: LoopName; readonly parts: readonly Identifier[] }>();

  /** @param fixed  sizes that loops depend on: entries are those for these values, which may be what nobody gave */
  constructor(fixed: ReadonlyMap<string, number>, reporter: Reporter) {
    this.#reporter = reporter;
    const sizes = [...fixed].map(([name, value]) => `${name} is ${value}`).join(', ');
    this.#sizesInWords = sizes === '' ? '' : ` Here ${sizes}.`;
  }

  /** `count` entries at once, of a list of cells. */
  declare({ name, span }: Identifier, count: number): readonly Identifier[] {
    const parts = Array.from(
      { length: count },
      (_, i): Identifier => ({ kind: 'identifier', span, name: `${name}.${i}` }),
    );
    this.#entries.set(name, new Map(parts.entries()));
    return parts;
  }

  /** The name of an entry that an equation defines; undefined, after a report, where another one did. */
  define(list: LoopName, path: string, which: number, at: Identifier): Identifier | undefined {
    const entries = this.#entries.get(path) ?? new Map<number, Identifier>();
    this.#entries.set(path, entries);
    const first = entries.get(which);
    if (first !== undefined) {
      const label = first.span === at.span ? 'by this equation' : 'first definition';
      this.#reporter.report(cellCatalog.entryTwice, at.span, { name: list.name, entry: which }, [
        { span: first.span, label },
      ]);
      return undefined;
    }
    const own: Identifier = { kind: 'identifier', span: at.span, name: `${path}.${which}` };
    entries.set(which, own);
    return own;
  }

  /**
   * A state that is defined entry by entry has each of them, and is their whole.
   *
   * @param count  how many it is declared with, where that is known
   */
  coverState(list: LoopName, group: StateDeclaration['groups'][number], count: number | undefined): void {
    const entries = this.#entries.get(list.name);
    if (entries === undefined) return;
    if (count !== undefined && !this.#covers(list, group, entries, count)) return;
    const inside = new Map([...entries].filter(([entry]) => count === undefined || entry < count));
    this.#wholes.set(list.name, { list, parts: inOrderOf(inside) });
  }

  #covers(
    list: LoopName,
    group: StateDeclaration['groups'][number],
    entries: ReadonlyMap<number, Identifier>,
    count: number,
  ): boolean {
    const { name, identifier } = list;
    for (const [entry, { span }] of entries) {
      if (entry < count) continue;
      const declared = group.names.find((own) => own.name === name)!;
      const parameters = { name, entry, known: `It has ${extentInWords(count)}.`, why: 'outside' as const };
      this.#reporter.report(cellCatalog.entryMissing, span, parameters, [
        { span: declared.span, label: `${name} is declared here` },
      ]);
    }
    for (let entry = 0; entry < Math.min(count, MOST_MISSING + 1); entry++) {
      if (entries.has(entry)) continue;
      const known = `${name} has ${count} entries, and each is defined by one equation.`;
      this.#reporter.report(cellCatalog.entryMissing, identifier.span, { name, entry, known, why: 'state' });
      return false;
    }
    return true;
  }

  /** The one entry of a list, or cell of several. */
  entry(list: LoopName, path: string, which: number, at: Expression): Identifier | undefined {
    const entries = this.#of(path);
    const found = entries.get(which);
    if (found !== undefined) return { ...found, span: at.span };
    const isCells = list.kind === 'cells';
    if (isCells && entries.size === 0 && this.#reporter.errors > 0) return undefined;
    const known = isCells
      ? `It is a list of ${entries.size} cells, counted from 0.`
      : this.#there(list, entries);
    return this.#missing(list, which, at, known, isCells ? 'outside' : 'read');
  }

  /** A list as one array. */
  whole(list: LoopName, path: string, at: Identifier): Identifier | undefined {
    const entries = this.#of(path);
    if (list.kind === 'cells') {
      const parameters = { name: list.name, count: entries.size, isList: true };
      this.#reporter.report(cellCatalog.cellList, at.span, parameters);
      return undefined;
    }
    if (!this.#wholes.has(path)) {
      for (let which = 0; which < Math.max(1, entries.size); which++) {
        if (entries.has(which)) continue;
        const known = `As a whole, ${list.name} is its entries from 0 on. ${this.#there(list, entries)}`;
        return this.#missing(list, which, at, known, 'read');
      }
      this.#wholes.set(path, { list: { ...list, name: path }, parts: inOrderOf(entries) });
    }
    return { ...at, name: path };
  }

  /** The equations of lists that are read as one array: each the stack of its entries. */
  wholes(): readonly Equation[] {
    return [...this.#wholes.values()].map(({ list, parts }) => wholeOf(list, parts));
  }

  #of(path: string): ReadonlyMap<number, Identifier> {
    return this.#entries.get(path) ?? new Map();
  }

  #there({ name }: LoopName, entries: ReadonlyMap<number, Identifier>): string {
    return rangeInWords(name, [...entries.keys()]) + this.#sizesInWords;
  }

  #missing(
    { name }: LoopName,
    entry: number,
    { span }: Expression,
    known: string,
    why: 'outside' | 'read',
  ): undefined {
    this.#reporter.report(cellCatalog.entryMissing, span, { name, entry, known, why });
  }
}

const inOrderOf = (entries: ReadonlyMap<number, Identifier>): readonly Identifier[] =>
  [...entries].sort(([a], [b]) => a - b).map(([, name]) => name);

const extentInWords = (count: number): string =>
  count === 1 ? 'one entry, counted as 0' : `${count} entries, counted from 0 to ${count - 1}`;

/** `There are s[0] to s[2].` */
function rangeInWords(name: string, entries: readonly number[]): string {
  if (entries.length === 0) return `${name} has no entries here.`;
  const sorted = [...entries].sort((a, b) => a - b);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  if (sorted.length === 1) return `There is ${name}[${first}] alone.`;
  const isRange = last - first === sorted.length - 1;
  if (isRange) return `There are ${name}[${first}] to ${name}[${last}].`;
  const shown = sorted.slice(0, 8).map((entry) => `${name}[${entry}]`);
  return `There are ${shown.join(', ')}${sorted.length > 8 ? ', …' : ''}.`;
}

function wholeOf(list: LoopName, parts: readonly Identifier[]): Equation {
  const { span } = list.identifier;
  return {
    kind: 'equation',
    span,
    leading: [],
    names: [{ ...list.identifier, name: list.name }],
    list: false,
    value: { kind: 'stack', span, parts },
  };
}
