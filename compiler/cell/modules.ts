import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { Source } from '../source/source.ts';
import { parse } from '../syntax/parse.ts';
import type { Identifier, Import, SyntaxTree } from '../syntax/tree.ts';
import type { Module } from './env.ts';
import type { Reporter } from './reporter.ts';

/** Finds the text behind an import; undefined where there is none. */
export type Load = (path: string, from: Source) => Source | undefined;

/** What the top level of a file names, and where first: cells and functions live apart. */
interface Names {
  readonly cells: Map<string, Identifier>;
  readonly functions: Map<string, Identifier>;
}

/** How many files one import may lead through. */
const LONGEST_CHAIN = 50;

/** Reads what the top levels of a file, and of the files it imports, define. */
export class Modules {
  readonly #load: Load;
  readonly #reporter: Reporter;
  /** By file whose tree lacks statements, because their syntax is wrong: the names in these. */
  readonly lost = new Map<string, ReadonlySet<string>>();
  readonly #known = new Map<string, Module>();
  /** Files being read, the outermost first. */
  readonly #reading: string[] = [];

  constructor(load: Load, reporter: Reporter) {
    this.#load = load;
    this.#reporter = reporter;
  }

  /** The names at the top level of a file that has been parsed. */
  read(tree: SyntaxTree): Module {
    const { source } = tree.span;
    const module: Module = { source, cells: new Map(), functions: new Map(), failed: new Set() };
    this.#known.set(source.name, module);
    this.#reading.push(source.name);
    const names: Names = { cells: new Map(), functions: new Map() };
    for (const item of tree.items) {
      if (item.kind === 'import') this.#import(item, module, names);
      else if (item.kind === 'cell') {
        if (this.#isFree(item.name, names.cells))
          module.cells.set(item.name.name, { definition: item, module });
      } else if (this.#isFree(item.name, names.functions)) {
        module.functions.set(item.name.name, { definition: item, module });
      }
    }
    this.#reading.pop();
    return module;
  }

  #isFree(name: Identifier, names: Map<string, Identifier>): boolean {
    if (name.name === 'prev' || name.name === 'split') {
      const why = `${name.name} belongs to the language`;
      this.#reporter.report(cellCatalog.reservedName, name.span, { name: name.name, why });
      return false;
    }
    const first = names.get(name.name);
    names.set(name.name, first ?? name);
    if (first === undefined) return true;
    const parameters = { name: name.name, kind: 'defined in this file', isSize: false };
    this.#reporter.report(cellCatalog.duplicateName, name.span, parameters, [
      { span: first.span, label: `${name.name} is first defined here` },
    ]);
    return false;
  }

  #import(item: Import, module: Module, names: Names): void {
    const other = this.#open(item, module);
    for (const name of item.names) {
      const cell = other?.cells.get(name.name);
      const fn = other?.functions.get(name.name);
      if (cell && this.#isFree(name, names.cells)) module.cells.set(name.name, cell);
      if (fn && this.#isFree(name, names.functions)) module.functions.set(name.name, fn);
      if (cell || fn) continue;
      module.failed.add(name.name);
      if (other !== undefined && !other.failed.has(name.name)) {
        const near = nearest(name.name, [...other.cells.keys(), ...other.functions.keys()]);
        const parameters = { name: name.name, path: item.path, nearest: near };
        this.#reporter.report(cellCatalog.notInFile, name.span, parameters);
      }
    }
  }

  #open({ path, pathSpan }: Import, module: Module): Module | undefined {
    const source = this.#load(path, module.source);
    if (source === undefined) {
      this.#reporter.report(cellCatalog.cannotLoad, pathSpan, { path });
      return undefined;
    }
    const from = this.#reading.indexOf(source.name);
    if (from >= 0 || this.#reading.length >= LONGEST_CHAIN) {
      const paths = [...this.#reading.slice(Math.max(from, 0)), source.name];
      this.#reporter.report(cellCatalog.cyclicImport, pathSpan, { paths });
      return undefined;
    }
    const known = this.#known.get(source.name);
    if (known !== undefined) return known;
    const { tree, diagnostics, lost } = parse(source);
    for (const diagnostic of diagnostics) this.#reporter.add(diagnostic);
    if (diagnostics.some(({ severity }) => severity === 'error')) this.lost.set(source.name, lost);
    return this.read(tree);
  }
}
