import { syntaxCatalog } from '../diagnostics/catalog/syntax.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Source, Span } from '../source/source.ts';
import { visit } from './children.ts';
import { type Block, cut, type Piece } from './cut.ts';
import { ErrorList } from './errorList.ts';
import { fold, type Unit } from './fold.ts';
import { read, type StatementRule } from './grammar.ts';
import { reportHabits } from './habits.ts';
import { loopLimit, nestingLimit, statementLimit } from './limits.ts';
import { reportMistake } from './mistakes.ts';
import { expressionsOf } from './parts.ts';
import { scan } from './scan.ts';
import { statementLike } from './statementLike.ts';
import { reportStructure } from './structure.ts';
import { beginsStatement, type Token } from './token.ts';
import type { CellDefinition, Equation, Expression, Item, Loop, Statement, SyntaxTree } from './tree.ts';

export interface Parsed {
  /** Every statement that could be read. */
  readonly tree: SyntaxTree;
  readonly diagnostics: readonly Diagnostic[];
  /**
   * Names in statements that could not be read; that one of these is unknown, or has no equation, is no further
   * mistake.
   */
  readonly lost: ReadonlySet<string>;
}

/** Reads a text; for any text, however wrong, there is an answer. Every statement with a mistake is reported. */
export function parse(source: Source): Parsed {
  const errors = new ErrorList();
  const file = cut(source, scan(source, errors), errors);
  return new Parser(source, errors).file(file);
}

const ruleOf: ReadonlyMap<string, StatementRule> = new Map([
  ['fn', 'Function'],
  ['input', 'Input'],
  ['target', 'Input'],
  ['state', 'State'],
  ['param', 'Parameter'],
  ['frozen', 'Parameter'],
  ['const', 'Constant'],
  ['noise', 'Noise'],
  ['cell', 'InnerCell'],
  ['output', 'Output'],
  ['loss', 'Loss'],
]);

const laterWords: ReadonlyMap<string, string> = new Map([['network', 'A `network` over whole sequences']]);

class Parser {
  readonly #lost = new Set<string>();

  constructor(
    private readonly source: Source,
    private readonly errors: ErrorList,
  ) {}

  file(block: Block): Parsed {
    const items: Item[] = [];
    let outside = false;
    for (const piece of block.pieces) {
      const first = piece.tokens[0]!;
      const known = ['import', 'fn', 'cell', 'for', ...laterWords.keys()].includes(first.text);
      const before = this.errors.full;
      if (!known && piece.block === undefined) {
        if (!outside && !piece.broken && !before) this.#outside(piece);
        outside = true;
        continue;
      }
      outside = false;
      items.push(...this.#item(piece));
    }
    const span: Span = { source: this.source, start: 0, end: this.source.text.length };
    const tree: SyntaxTree = { kind: 'file', span, items, dangling: block.dangling };
    reportHabits(tree, this.errors);
    return { tree, diagnostics: this.errors.finish(), lost: this.#lost };
  }

  #outside(piece: Piece): void {
    const first = piece.tokens[0]!;
    const word = statementLike(first.text, ['import', 'cell', 'fn']);
    if (first.kind === 'name' && word !== undefined && piece.tokens[1]?.text !== '=')
      this.errors.add(syntaxCatalog.unknownStatement, this.#span(first), { word: first.text, nearest: word });
    else this.errors.add(syntaxCatalog.outsideCell, this.#pieceSpan(piece), { text: first.text });
  }

  #item(piece: Piece): readonly Item[] {
    const first = piece.tokens[0]!;
    const later = laterWords.get(first.text);
    if (later !== undefined) {
      this.#notYet(first, later, piece);
      return [];
    }
    if (first.text === 'for') {
      this.#misplaced(first, 'in a cell, around some of its equations');
      return [];
    }
    if (first.text === 'import' || first.text === 'fn') {
      this.#refuseBlock(piece);
      const node = this.#statement(piece, first.text === 'fn' ? 'Function' : 'Import');
      return node === undefined ? [] : [node as Item];
    }
    return this.#cell(piece);
  }

  /** Also reads the body where the header is wrong, for the mistakes in it. */
  #cell(piece: Piece): readonly Item[] {
    const header = this.#header(piece);
    if (piece.block === undefined) return [];
    const statements = piece.block.pieces.flatMap((inner) => this.#inCell(inner));
    if (header === undefined) return [];
    const span = { source: this.source, start: piece.tokens[0]!.start, end: piece.end };
    return [{ ...header, kind: 'cell', span, statements, dangling: piece.block.dangling }];
  }

  #header(piece: Piece): Omit<CellDefinition, 'kind' | 'statements' | 'dangling'> | undefined {
    const { tokens } = piece;
    const [first, name, third] = tokens;
    if (first!.text !== 'cell') {
      const parameters = { word: first!.text, nearest: 'cell' };
      if (!piece.broken) this.errors.add(syntaxCatalog.unknownStatement, this.#span(first!), parameters);
      return undefined;
    }
    if (name?.kind === 'name' && !piece.broken) {
      if (third === undefined) {
        this.errors.add(syntaxCatalog.cellHeader, this.#span(name), { name: name.text });
        return undefined;
      }
      if (piece.block === undefined) {
        this.#misplaced(first!, 'in a cell; a file defines cells, `cell Name(I, H) { ... }`');
        return undefined;
      }
      if (piece.block.brace === undefined) {
        this.errors.add(syntaxCatalog.cellWithoutBody, this.#span(tokens.at(-1)!), { name: name.text });
        return undefined;
      }
    }
    return this.#statement(piece, 'CellHeader') as
      | Omit<CellDefinition, 'kind' | 'statements' | 'dangling'>
      | undefined;
  }

  #inCell(piece: Piece): readonly Statement[] {
    const first = piece.tokens[0]!;
    const later = laterWords.get(first.text);
    if (later !== undefined) {
      this.#notYet(first, later, piece);
      return [];
    }
    if (first.text === 'import') {
      this.#misplaced(first, 'at the top of the file, before the cells');
      return [];
    }
    if (first.text === 'cell' && piece.block !== undefined) {
      this.#misplaced(
        first,
        'at the top of the file; inside a cell, `cell inner: LSTM(I, H)` uses another one',
      );
      return [];
    }
    if (first.text === 'for') return this.#loop(piece, 1);
    this.#refuseBlock(piece);
    const node = this.#statement(piece, ruleOf.get(first.text) ?? 'Equation');
    return node === undefined ? [] : [node as Statement];
  }

  /** Also reads the body where the header is wrong, for the mistakes in it. */
  #loop(piece: Piece, depth: number): readonly Loop[] {
    const [first] = piece.tokens;
    const { block } = piece;
    if (depth > loopLimit) {
      this.errors.add(syntaxCatalog.loopsTooDeep, this.#span(first!), { limit: loopLimit });
      this.#loseAll(piece);
      return [];
    }
    const header = this.#statement(piece, 'ForHeader') as Omit<Loop, 'statements' | 'dangling'> | undefined;
    if (block?.brace === undefined) {
      if (header !== undefined) this.errors.add(syntaxCatalog.loopWithoutBody, this.#pieceSpan(piece), {});
      this.#lose(piece.tokens);
      return [];
    }
    const statements = block.pieces.flatMap((inner) => this.#inLoop(inner, depth + 1));
    if (header === undefined) {
      this.#loseAll(piece);
      return [];
    }
    const span = { source: this.source, start: first!.start, end: piece.end };
    return [{ ...header, span, statements, dangling: block.dangling }];
  }

  #inLoop(piece: Piece, depth: number): readonly (Equation | Loop)[] {
    const first = piece.tokens[0]!;
    if (first.text === 'for') return this.#loop(piece, depth);
    if (beginsStatement(first)) {
      this.#misplaced(
        first,
        'outside of the loop, in the cell; between the braces of a loop stand equations',
      );
      this.#loseAll(piece);
      return [];
    }
    this.#refuseBlock(piece);
    const node = this.#statement(piece, 'Equation');
    return node === undefined ? [] : [node as Equation];
  }

  #misplaced(token: Token, where: string): void {
    this.errors.add(syntaxCatalog.misplaced, this.#span(token), { word: token.text, where });
  }

  #notYet(token: Token, what: string, piece: Piece): void {
    this.errors.add(syntaxCatalog.notYet, this.#span(token), { what });
    this.#lose(piece.tokens);
  }

  #refuseBlock({ block, broken }: Piece): void {
    if (block !== undefined && !broken)
      this.errors.add(syntaxCatalog.braceInExpression, this.#span(block.brace!), {});
  }

  /** One statement by its rule; undefined where it is wrong, which is reported. */
  #statement(piece: Piece, rule: StatementRule): unknown {
    const node = this.errors.full || piece.broken ? undefined : this.#read(piece, rule);
    if (node === undefined) this.#lose(piece.tokens);
    return node;
  }

  #read(piece: Piece, rule: StatementRule): unknown {
    const { tokens, leading, trailing, blankBefore } = piece;
    if (tokens.reduce((length, { text }) => length + text.length, 0) > statementLimit) {
      this.errors.add(syntaxCatalog.tooLong, this.#span(tokens[0]!), { limit: statementLimit });
      return undefined;
    }
    if (reportStructure(this.source, tokens, rule, this.errors)) return undefined;
    const comments = {
      leading,
      ...(trailing === undefined ? {} : { trailing }),
      ...(blankBefore ? { blankBefore } : {}),
    };
    const folded = new Map<Unit, Expression>();
    let result: unknown;
    let failed = false;
    for (const unit of fold(tokens)) {
      const outcome = read(this.source, unit, unit.inner ? 'Expression' : rule, folded, comments);
      if (outcome === 'tooDeep') return this.#tooDeep(tokens[0]!);
      if ('failedAt' in outcome) {
        reportMistake({ source: this.source, tokens, unit, rule, errors: this.errors }, outcome.failedAt);
        failed = true;
        // A stand-in, so that what is around it is read all the same; the statement is lost anyway.
        if (unit.inner) folded.set(unit, { kind: 'identifier', span: this.#span(tokens[0]!), name: '' });
      } else if (unit.inner) folded.set(unit, outcome.node as Expression);
      else result = outcome.node;
    }
    if (failed) return undefined;
    return this.#isTooDeep(result as Statement, rule) ? this.#tooDeep(tokens[0]!) : result;
  }

  #isTooDeep(node: Statement, rule: StatementRule): boolean {
    const roots = expressionsOf(
      rule === 'CellHeader' ? ({ ...node, kind: 'cell' } as unknown as Item) : node,
    );
    let deepest = 0;
    for (const root of roots) visit(root, (_, depth) => (deepest = Math.max(deepest, depth)));
    return deepest > nestingLimit;
  }

  #tooDeep(token: Token): undefined {
    this.errors.add(syntaxCatalog.tooDeep, this.#span(token), { limit: nestingLimit });
  }

  #loseAll({ tokens, block }: Piece): void {
    this.#lose(tokens);
    for (const piece of block?.pieces ?? []) this.#loseAll(piece);
  }

  #lose(tokens: readonly Token[]): void {
    for (const { kind, text } of tokens) if (kind === 'name') this.#lost.add(text.normalize('NFC'));
  }

  #span({ start, end }: Token): Span {
    return { source: this.source, start, end };
  }

  #pieceSpan({ tokens }: Piece): Span {
    return { source: this.source, start: tokens[0]!.start, end: tokens.at(-1)!.end };
  }
}
