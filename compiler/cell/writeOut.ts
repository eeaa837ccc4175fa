import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import type { CatalogEntry } from '../diagnostics/diagnostic.ts';
import type {
  CellDefinition,
  Equation,
  Expression,
  Identifier,
  InnerCellDeclaration,
  Statement,
} from '../syntax/tree.ts';
import { quote } from './describe.ts';
import type { Module } from './env.ts';
import { ListEntries } from './listEntries.ts';
import { type Frame, type LoopName, type LoopNames, loopNamesOf, pathOf } from './loopNames.ts';
import type { Reporter } from './reporter.ts';
import { namesIn, type StaticNames, staticNumber } from './staticNumber.ts';
import { substituted } from './substitute.ts';

/** A cell without loops and entries. */
export interface WrittenOut {
  readonly definition: CellDefinition;
  /** Equations whose parts become one array, each an entry of its new first axis. */
  readonly layers: ReadonlySet<Statement>;
}

/** How many equations, and parts of expressions, loops may come to. */
const MOST_EQUATIONS = 5_000;
const MOST_PARTS = 300_000;

/**
 * Writes out the loops of a cell, its lists of cells and what is defined entry by entry. Names get a path: `t.1` for the
 * t of iteration 1, `s.0` for `s[0]`.
 *
 * @param fixed  the sizes that loops depend on
 * @returns undefined where they come to too much, which has been reported
 */
export function writeOutLoops(
  definition: CellDefinition,
  fixed: ReadonlyMap<string, number>,
  module: Module,
  reporter: Reporter,
): WrittenOut | undefined {
  const isPlain = definition.statements.every(
    (statement) =>
      statement.kind !== 'for' &&
      !(statement.kind === 'equation' && statement.entry) &&
      !(statement.kind === 'innerCell' && statement.count),
  );
  if (isPlain && fixed.size === 0) return { definition, layers: new Set() };
  return new LoopWriter(definition, fixed, module, reporter).run();
}

const outside: Frame = { loops: [], indices: new Map(), hidden: new Set() };

export class LoopWriter {
  readonly names: LoopNames;
  readonly #definition: CellDefinition;
  readonly #fixed: ReadonlyMap<string, number>;
  readonly #functions: ReadonlySet<string>;
  readonly #reporter: Reporter;
  readonly #entries: ListEntries;
  #written = 0;
  #parts = 0;

  constructor(
    definition: CellDefinition,
    fixed: ReadonlyMap<string, number>,
    module: Module,
    reporter: Reporter,
  ) {
    this.#definition = definition;
    this.#fixed = fixed;
    this.#reporter = reporter;
    this.#entries = new ListEntries(fixed, reporter);
    const own = definition.statements.flatMap((s) => (s.kind === 'function' ? [s.name.name] : []));
    this.#functions = new Set([...own, ...module.functions.keys()]);
    for (const statement of definition.statements) {
      if (statement.kind === 'for' || statement.kind === 'innerCell') reporter.repeat(statement.span);
    }
    this.names = loopNamesOf(definition, reporter);
  }

  run(): WrittenOut | undefined {
    const { statements } = this.#definition;
    const cells = statements.flatMap((statement) => this.#cells(statement));
    const instances = this.#instances(statements, outside);
    const named = instances.map(({ equation, frame }) => ({
      equation,
      frame,
      names: this.#define(equation, frame),
    }));
    for (const list of this.names.names.values()) if (list.kind === 'list') this.#coverState(list);
    const equations = named.flatMap(({ equation, frame, names }) => {
      if (names === undefined || this.names.refused.has(equation) || this.#parts > MOST_PARTS) return [];
      const { entry: _, ...rest } = equation;
      return [{ ...rest, names, value: substituted(equation.value, frame, this) }];
    });
    const others = statements.flatMap((statement) => this.#other(statement));
    if (this.#written > MOST_EQUATIONS || this.#parts > MOST_PARTS) return undefined;
    const wholes = this.#entries.wholes();
    return {
      definition: { ...this.#definition, statements: [...cells, ...equations, ...wholes, ...others] },
      layers: new Set(wholes),
    };
  }

  // ---- what is there ----

  #cells(statement: Statement): readonly InnerCellDeclaration[] {
    if (statement.kind !== 'innerCell' || statement.count === undefined) return [];
    const { count: _, ...one } = statement;
    const count = this.#extent(statement.count, outside);
    if (count === undefined) return [];
    if (!this.#fits(count, statement.name)) return [];
    return this.#entries.declare(statement.name, count).map((own) => ({ ...one, name: own }));
  }

  /** Every equation with the values of the indices around it, in the order of the text. */
  #instances(
    statements: readonly Statement[],
    frame: Frame,
  ): readonly { readonly equation: Equation; readonly frame: Frame }[] {
    const found: { readonly equation: Equation; readonly frame: Frame }[] = [];
    for (const statement of statements) {
      if (statement.kind === 'equation') found.push({ equation: statement, frame });
      if (statement.kind !== 'for') continue;
      const start = this.#extent(statement.start, frame);
      const end = this.#extent(statement.end, frame);
      if (start === undefined || end === undefined) continue;
      if (!this.#fits((end - start) * Math.max(1, statement.statements.length), statement.index)) continue;
      for (let value = start; value < end; value++) {
        const indices = new Map([...frame.indices, [statement.index.name, value]]);
        const inner = { ...frame, loops: [...frame.loops, statement], indices };
        for (const instance of this.#instances(statement.statements, inner)) found.push(instance);
      }
    }
    return found;
  }

  /** A whole number that says how far something goes. */
  #extent(e: Expression, frame: Frame): number | undefined {
    const value = this.valueOf(e, frame);
    if (value !== undefined && Number.isSafeInteger(value)) return value;
    const hint = value === undefined ? undefined : `Here it is ${value}.`;
    return this.report(cellCatalog.loopBound, e, { text: quote(e.span), hint });
  }

  #fits(equations: number, at: Identifier): boolean {
    this.#written += Math.max(0, equations);
    if (this.#written <= MOST_EQUATIONS) return true;
    const what = `Written out, this cell's loops come to more than ${MOST_EQUATIONS} equations`;
    this.report(cellCatalog.tooComplex, at, { what, hint: smaller });
    return false;
  }

  /** The names of an equation in this iteration; undefined where it cannot have them. */
  #define(equation: Equation, frame: Frame): readonly Identifier[] | undefined {
    const { names, entry } = equation;
    if (this.names.refused.has(equation)) return undefined;
    if (entry === undefined) return names.map((name) => this.#renamed(name, frame));
    const list = this.names.names.get(names[0]!.name)!;
    const which = this.valueOf(entry, frame);
    if (which === undefined || !Number.isSafeInteger(which) || which < 0) {
      const unknown = namesIn(entry).find((name) => this.#value(name, frame) === undefined);
      const hint =
        which !== undefined
          ? `Here it is ${which}.`
          : unknown && `${unknown} is neither a size nor the index of a loop around.`;
      return this.report(cellCatalog.loopBound, entry, { text: quote(entry.span), hint });
    }
    const own = this.#entries.define(list, pathOf(list, frame), which, names[0]!);
    return own && [own];
  }

  #renamed(name: Identifier, frame: Frame): Identifier {
    const known = this.names.names.get(name.name);
    return known?.kind === 'value' ? { ...name, name: pathOf(known, frame) } : name;
  }

  #coverState(list: LoopName): void {
    const groups = this.#definition.statements.flatMap((s) => (s.kind === 'state' ? s.groups : []));
    const group = groups.find(({ names }) => names.some(({ name }) => name === list.name));
    if (group === undefined) return;
    const first = group.type.kind === 'shape' ? group.type.dims[0] : undefined;
    const count = first && this.valueOf(first, outside);
    this.#entries.coverState(list, group, Number.isSafeInteger(count) ? count : undefined);
  }

  /** Statements besides equations, loops and lists of cells. */
  #other(statement: Statement): readonly Statement[] {
    const read = (e: Expression, frame = outside) => substituted(e, frame, this);
    switch (statement.kind) {
      case 'equation':
      case 'for':
        return [];
      case 'innerCell':
        return statement.count === undefined ? [statement] : [];
      case 'loss':
        return [{ ...statement, value: read(statement.value) }];
      case 'function': {
        const hidden = new Set(statement.parameters.map(({ name }) => name));
        const frame = { ...outside, hidden };
        const { body, derivatives } = statement;
        return [
          {
            ...statement,
            body: read(body, frame),
            ...(derivatives && { derivatives: derivatives.map((one) => read(one, frame)) }),
          },
        ];
      }
      case 'output': {
        const entries = statement.entries.map((entry) => {
          if (entry.value !== undefined) return { ...entry, value: read(entry.value) };
          if (!this.names.names.has(entry.name.name)) return entry;
          const whole = read(entry.name);
          return whole.kind === 'identifier' && whole.name === '' ? { ...entry, name: whole } : entry;
        });
        return [{ ...statement, entries }];
      }
      default:
        return [statement];
    }
  }

  // ---- what `substituted` asks ----

  /** A number that is known here. */
  valueOf(e: Expression, frame: Frame): number | undefined {
    return staticNumber(e, this.#static(frame));
  }

  #static(frame: Frame): StaticNames {
    return {
      valueOf: (name) => this.#value(name, frame),
      isOwn: (name) => this.#functions.has(name),
    };
  }

  #value(name: string, { hidden, indices }: Frame): number | undefined {
    return hidden.has(name) ? undefined : (indices.get(name) ?? this.#fixed.get(name));
  }

  /** The value of a condition that is to be decided now: of indices and of sizes that loops depend on. */
  decided(condition: Expression, frame: Frame): boolean | undefined {
    if (namesIn(condition).length === 0) return undefined;
    const value = this.valueOf(condition, frame);
    return value === undefined ? undefined : value !== 0;
  }

  /** Counts a part of an expression; false once there are too many. */
  count(e: Expression): boolean {
    this.#parts++;
    if (this.#parts <= MOST_PARTS) return true;
    const what = `Written out, this cell's loops come to more than ${MOST_PARTS} operations`;
    if (this.#parts === MOST_PARTS + 1) this.report(cellCatalog.tooComplex, e, { what, hint: smaller });
    return false;
  }

  /** The one entry of a list, or cell of several. */
  entry(list: LoopName, which: number, at: Expression, frame: Frame): Identifier | undefined {
    return this.#entries.entry(list, pathOf(list, frame), which, at);
  }

  /** A list as one array. */
  whole(list: LoopName, at: Identifier, frame: Frame): Identifier | undefined {
    return this.#entries.whole(list, pathOf(list, frame), at);
  }

  isState(name: string): boolean {
    return this.#definition.statements.some(
      (s) => s.kind === 'state' && s.groups.some(({ names }) => names.some((own) => own.name === name)),
    );
  }

  /** Whether a name, read here, belongs to an iteration that is not around. */
  isElsewhere(list: LoopName, frame: Frame): boolean {
    return list.loops.some((loop, i) => frame.loops[i] !== loop);
  }

  report<P>(entry: CatalogEntry<P>, at: Expression, parameters: P): undefined {
    this.#reporter.report(entry, at.span, parameters);
  }
}

const smaller = 'Loops are written out: take a smaller size, or say it with matrices and vectors.';
