import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/suggest.ts';
import { textOf } from '../source/source.ts';
import type { CellDefinition, InnerCellDeclaration, SyntaxTree } from '../syntax/tree.ts';
import type { Cell } from './cell.ts';
import { checkCell, type FindCell } from './checkCell.ts';
import { type CellHome, type Env, report } from './env.ts';
import { fixedSizes, sizesGiven, sizesToFix } from './fixedSizes.ts';
import { type Load, Modules } from './modules.ts';
import { Reporter } from './reporter.ts';

export interface CheckOptions {
  /** Finds imported files; without it there are none. */
  readonly load?: Load | undefined;
  /** Checks this cell alone, and what it is made of; without it, every cell of the file. */
  readonly cell?: string | undefined;
  /**
   * Sizes of the cell that is compiled (`cell`, else the last of the file). Those that loops depend on have to be known
   * here; one that is not given has its default, or 2.
   */
  readonly sizes?: Readonly<Record<string, number>> | ReadonlyMap<string, number> | undefined;
  /** Set where the syntax is wrong: the names in statements that are missing from the tree. */
  readonly lost?: ReadonlySet<string> | undefined;
}

export interface Checked {
  /** The cells without errors, in the order of the file. */
  readonly cells: ReadonlyMap<string, Cell>;
  /** All there is to say, of imported files too; the file's own first, in the order of its text. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Names, types and sizes of every cell in a file: all mistakes at once, or typed equations in order. */
export function check(
  tree: SyntaxTree,
  { load = () => undefined, cell: only, sizes = {}, lost }: CheckOptions = {},
): Checked {
  const reporter = new Reporter();
  const modules = new Modules(load, reporter);
  const module = modules.read(tree);
  if (lost !== undefined) modules.lost.set(tree.span.source.name, lost);
  const find = finder(reporter);
  const own = [...module.cells.values()].filter((home) => home.module === module);
  const wanted = only === undefined ? own : [module.cells.get(only)].filter((home) => home !== undefined);
  if (only !== undefined && wanted.length === 0) {
    const span = { source: tree.span.source, start: 0, end: 0 };
    const known = [...module.cells.keys()];
    const parameters = { name: only, known, nearest: nearest(only, known) };
    reporter.report(cellCatalog.unknownCell, span, parameters);
  }
  const main = wanted.at(-1);
  const given =
    sizes instanceof Map ? (sizes as ReadonlyMap<string, number>) : new Map(Object.entries(sizes));
  const found = new Map<CellHome, Cell | undefined>();
  // A cell with loops last, and those that others use after these: with the sizes that they have there.
  const plain = wanted.filter((home) => sizesToFix(home).size === 0);
  const fixed = wanted.filter((home) => !plain.includes(home)).reverse();
  for (const home of [...plain, ...fixed]) found.set(home, find(home, home === main ? given : undefined));
  const cells = new Map<string, Cell>();
  for (const home of wanted) {
    const cell = found.get(home);
    if (cell !== undefined) cells.set(cell.name, cell);
  }
  const told = reporter.diagnostics.filter((diagnostic) => !follows(diagnostic, modules.lost));
  return { cells: lost === undefined ? cells : new Map(), diagnostics: inTextOrder(told, tree) };
}

/** Whether a diagnostic may only follow from a statement that could not be read; that has been reported. */
function follows({ code, span }: Diagnostic, lostNames: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const lost = lostNames.get(span.source.name);
  if (lost === undefined) return false;
  const name = textOf(span)
    .normalize('NFC')
    .replace(/_prev$/, '');
  return ofMissingText.has(code) || (ofMissingName.has(code) && lost.has(name));
}

/** Said of a name, which stands in the text: misleading where the name was lost. */
const ofMissingName: ReadonlySet<string> = new Set(
  [
    cellCatalog.unknownName,
    cellCatalog.unknownFunction,
    cellCatalog.functionAsValue,
    cellCatalog.notAState,
    cellCatalog.unknownCell,
    cellCatalog.stateWithoutEquation,
    cellCatalog.cellList,
  ].map((entry) => entry.code),
);

/** Said of a whole cell or file: misleading where any statement was lost. */
const ofMissingText: ReadonlySet<string> = new Set(
  [
    cellCatalog.unknownMember,
    cellCatalog.notInFile,
    cellCatalog.neverApplied,
    cellCatalog.nothingToSee,
    cellCatalog.unusedParameter,
    cellCatalog.innerInputs,
    cellCatalog.innerPrevious,
  ].map((entry) => entry.code),
);

/** How many cells may stand inside one another. */
const DEEPEST = 50;

/** Finds a cell, with values for those of its sizes that loops depend on; without any, with whatever sizes it is found. */
type Find = (home: CellHome, given: ReadonlyMap<string, number> | undefined) => Cell | undefined;

/** Checks each cell once, when it is first asked for; one with loops once for each of the sizes these depend on. */
function finder(reporter: Reporter): Find {
  const checked = new Map<CellDefinition, Map<string, Cell | undefined>>();
  const checking: CellDefinition[] = [];
  const find: Find = (home, given) => {
    const { definition } = home;
    const known = checked.get(definition) ?? new Map<string, Cell | undefined>();
    checked.set(definition, known);
    if (given === undefined && known.size > 0) return [...known.values()][0];
    const fixed = fixedSizes(home, given ?? new Map());
    const key = JSON.stringify([...fixed]);
    if (known.has(key)) return known.get(key);
    checking.push(definition);
    const cell = checkCell(home, fixed, reporter, findInner);
    checking.pop();
    known.set(key, cell);
    return cell;
  };
  const findInner: FindCell = (statement, env) => {
    const home = env.module.cells.get(statement.cell.name);
    if (home === undefined) return reportUnknown(statement, env);
    const from = checking.indexOf(home.definition);
    if (from < 0 && checking.length < DEEPEST) return find(home, sizesGiven(statement, home, env));
    const names = [...checking.slice(Math.max(from, 0)), home.definition].map((cell) => cell.name.name);
    return report(env, cellCatalog.recursiveCell, statement.cell.span, { names });
  };
  return find;
}

function reportUnknown({ cell }: InnerCellDeclaration, env: Env): undefined {
  if (env.module.failed.has(cell.name)) return undefined;
  const known = [...env.module.cells.keys()];
  const isFunction = env.module.functions.has(cell.name);
  const hint = isFunction ? `${cell.name} is a function; call it in an equation.` : undefined;
  return report(env, cellCatalog.unknownCell, cell.span, {
    name: cell.name,
    known,
    nearest: nearest(cell.name, known),
    hint,
  });
}

function inTextOrder(diagnostics: readonly Diagnostic[], tree: SyntaxTree): readonly Diagnostic[] {
  const sources = [tree.span.source.name, ...diagnostics.map((diagnostic) => diagnostic.span.source.name)];
  const place = new Map([...new Set(sources)].map((name, i) => [name, i]));
  return [...diagnostics].sort(
    (a, b) => place.get(a.span.source.name)! - place.get(b.span.source.name)! || a.span.start - b.span.start,
  );
}
