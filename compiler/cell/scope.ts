import { cellCatalog } from '../diagnostics/catalog/cell.ts';
import { nearest } from '../diagnostics/suggest.ts';
import type { Span } from '../source/source.ts';
import type { FunctionDefinition, Identifier } from '../syntax/tree.ts';
import type { Cell, Noise, TypedExpression } from './cell.ts';
import { constantDim, type Dim, namedDim } from './dim.ts';
import type { Reporter } from './reporter.ts';
import type { TensorType } from './type.ts';

/*
 * What the names of one cell stand for. A symbol without a type or shape is one whose definition has an error that has
 * been reported: what reads it stays silent.
 */

interface SymbolBase {
  readonly name: string;
  /** Where it is declared. */
  readonly span: Span;
}

export interface HeaderSymbol extends SymbolBase {
  readonly kind: 'size' | 'number';
}

export interface InputSymbol extends SymbolBase {
  readonly kind: 'input' | 'target';
  readonly type: TensorType | undefined;
  readonly classes?: Dim | undefined;
  /** Value before the first step, where the declaration says one. */
  readonly start?: number | undefined;
}

export interface ArraySymbol extends SymbolBase {
  readonly kind: 'state' | 'parameter' | 'constant';
  readonly shape: readonly Dim[] | undefined;
}

export interface NoiseSymbol extends SymbolBase {
  readonly kind: 'noise';
  readonly shape: readonly Dim[] | undefined;
  readonly scope: Noise['scope'];
}

/** Defined by an equation; its type is known once that has been checked. */
export interface ValueSymbol extends SymbolBase {
  readonly kind: 'value';
  type: TensorType | undefined;
}

export interface InnerCellSymbol extends SymbolBase {
  readonly kind: 'innerCell';
  /** The cell with this one's sizes and numbers in it; undefined where it or its declaration has errors. */
  readonly cell: Cell | undefined;
  /** States whose previous value its application gives from outside. */
  readonly overridden: Set<string>;
  /** Where it is applied. */
  applied?: Span;
}

/** `n` of `n = inner(x)`. */
export interface ApplicationSymbol extends SymbolBase {
  readonly kind: 'application';
  readonly inner: InnerCellSymbol;
  /** What can be read of it, by the name of the inner cell; set when the equation has been checked. */
  members: ReadonlyMap<string, TypedExpression> | undefined;
}

export type CellSymbol =
  | HeaderSymbol
  | InputSymbol
  | ArraySymbol
  | NoiseSymbol
  | ValueSymbol
  | InnerCellSymbol
  | ApplicationSymbol;

const kindWords: Readonly<Record<CellSymbol['kind'], string>> = {
  size: 'a size',
  number: 'a number',
  input: 'an input',
  target: 'a target',
  state: 'a state',
  parameter: 'a parameter',
  constant: 'a constant',
  noise: 'noise',
  value: 'a value',
  innerCell: 'a cell',
  application: 'the step of a cell',
};

/** `a parameter`, for messages. */
export const kindInWords = (symbol: CellSymbol): string => kindWords[symbol.kind];

/** Names that are kept; why, or undefined where the name is free. */
export function whyReserved(name: string): string | undefined {
  if (name.endsWith('_prev')) return 'names that end in _prev are previous values';
  if (name === 'step') return 'step is the number of steps so far';
  return undefined;
}

/** How many names "did you mean" looks at. */
const MOST_CANDIDATES = 300;

export class Scope {
  readonly symbols = new Map<string, CellSymbol>();
  readonly functions = new Map<string, FunctionDefinition>();
  /** Inputs of which some equation reads the previous value. */
  readonly lagged = new Set<string>();
  /** Names that were to be defined and cannot be: reading them is not another mistake. */
  readonly refused = new Set<string>();
  /** Sizes that have a value, since loops depend on them. */
  readonly fixed: ReadonlyMap<string, number>;
  readonly #reporter: Reporter;

  constructor(reporter: Reporter, fixed: ReadonlyMap<string, number> = new Map()) {
    this.#reporter = reporter;
    this.fixed = fixed;
  }

  /** A size of the header: its value where loops depend on it, else a symbol. */
  sizeNamed(name: string): Dim {
    const value = this.fixed.get(name);
    return value === undefined ? namedDim(name) : constantDim(value);
  }

  /** Enters a symbol, unless its name is taken or kept, which is reported. */
  declare(symbol: CellSymbol, at: Identifier): void {
    const { name } = at;
    const reserved = whyReserved(name);
    if (reserved !== undefined) {
      this.#reporter.report(cellCatalog.reservedName, at.span, { name, why: reserved });
      this.refused.add(name);
      return;
    }
    const first = this.symbols.get(name);
    if (first !== undefined) {
      const parameters = { name, kind: kindInWords(first), isSize: first.kind === 'size' };
      this.#reporter.report(cellCatalog.duplicateName, at.span, parameters, [
        { span: first.span, label: `${name} is first declared here` },
      ]);
      return;
    }
    this.symbols.set(name, symbol);
  }

  nearest(name: string): string | undefined {
    return nearest(name, [...this.symbols.keys()].slice(0, MOST_CANDIDATES));
  }
}
