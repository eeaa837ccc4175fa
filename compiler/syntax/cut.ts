import { syntaxCatalog } from '../diagnostics/catalog/syntax.ts';
import type { CatalogEntry } from '../diagnostics/diagnostic.ts';
import type { Source, Span } from '../source/source.ts';
import type { ErrorList } from './errorList.ts';
import { nestingLimit } from './limits.ts';
import {
  awaitsMore,
  beginsStatement,
  closerOf,
  continuesLine,
  isClosing,
  isOpening,
  type Token,
} from './token.ts';
import type { Comment } from './tree.ts';

/** One statement as tokens, not yet parsed. */
export interface Piece {
  /** At least one, no comments; the brace of a block is not among them. */
  readonly tokens: readonly Token[];
  readonly leading: readonly Comment[];
  readonly trailing?: Comment;
  readonly blankBefore: boolean;
  /** Whether something in it has been reported already, so that parsing it would only repeat that. */
  readonly broken: boolean;
  /** What stands between braces behind it. */
  readonly block?: Block;
  /** Where it ends, block included. */
  readonly end: number;
}

export interface Block {
  readonly pieces: readonly Piece[];
  /** Comments after the last piece. */
  readonly dangling: readonly Comment[];
  /** The brace that opens it; none for the file itself, and where a cell lacks it. */
  readonly brace?: Token;
}

/**
 * Cuts a file into statements. One ends at the end of its line, unless a bracket is open, the line ends in an operator
 * or the next begins with one. A bracket nobody closes ends where a line clearly begins a statement.
 */
export function cut(source: Source, tokens: readonly Token[], errors: ErrorList): Block {
  return new Cutter(source, tokens, errors).run();
}

/** Whether a statement that begins with it has a block in braces. */
const hasBlock = (first: Token): boolean => ['cell', 'network', 'for'].includes(first.text);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type OpenPiece = Mutable<Piece> & { readonly tokens: Token[]; readonly leading: Comment[] };

interface OpenBlock {
  readonly pieces: Piece[];
  /** The statement it belongs to, and its brace; none for the file itself. */
  readonly owner?: Mutable<Piece>;
  readonly brace?: Token;
}

class Cutter {
  readonly #blocks: OpenBlock[] = [{ pieces: [] }];
  /** The statement being read; its brackets not yet closed. */
  #current: OpenPiece | undefined;
  #brackets: Token[] = [];
  /** Open brackets beyond the nesting limit. */
  #overflow = 0;
  /** Comments since the last token. */
  #held: (Comment & { readonly sameLine: boolean })[] = [];

  constructor(
    private readonly source: Source,
    private readonly tokens: readonly Token[],
    private readonly errors: ErrorList,
  ) {}

  run(): Block {
    this.tokens.forEach((token, index) => {
      if (token.kind === 'comment') this.#hold(token);
      else this.#take(token, index);
    });
    this.#endPiece();
    while (this.#blocks.length > 1) this.#endBlock(undefined);
    return { pieces: this.#blocks[0]!.pieces, dangling: this.#releaseHeld() };
  }

  #take(token: Token, index: number): void {
    if (token.newlines > 0 && this.#current !== undefined && !this.#goesOn(token, index)) this.#endPiece();
    if (this.#closesBlock(token)) {
      this.#endPiece();
      this.#endBlock(token);
      return;
    }
    if (this.#current === undefined && this.#blocks.length > 1 && this.#beginsItem(token, index)) {
      while (this.#blocks.length > 1) this.#endBlock(undefined);
    }
    const current = this.#current ?? this.#beginPiece(token);
    if (this.#opensBlock(token, index)) {
      this.#beginBlock(token);
      return;
    }
    current.leading.push(...this.#releaseHeld());
    current.tokens.push(token);
    current.end = token.end;
    if (token.kind === 'problem') current.broken = true;
    if (isOpening(token)) this.#open(token);
    else if (isClosing(token)) this.#close(token);
  }

  // ---- where a statement ends ----

  #goesOn(token: Token, index: number): boolean {
    const last = this.#current!.tokens.at(-1)!;
    if (beginsStatement(token)) return false;
    if (token.text === '{') return hasBlock(this.#current!.tokens[0]!);
    if (this.#derivativeGoesOn(token, index)) return true;
    const equation = this.#looksLikeEquation(index);
    if (this.#brackets.length > 0)
      return !equation || last.text === ',' || last.text === ';' || isOpening(last);
    return continuesLine(token) || (awaitsMore(last) && (!equation || last.text === ','));
  }

  /** Before `with derivative` of a function, and after it. */
  #derivativeGoesOn(token: Token, index: number): boolean {
    const { tokens } = this.#current!;
    if (tokens[0]!.text !== 'fn' || this.#brackets.length > 0) return false;
    const [before, last] = tokens.slice(-2);
    const begins = token.text === 'with' && this.tokens[index + 1]?.text === 'derivative';
    return begins || (before?.text === 'with' && last?.text === 'derivative');
  }

  /** `name =` or `[a, b] =`, which inside brackets can only be a named argument, after a comma or the bracket. */
  #looksLikeEquation(index: number): boolean {
    if (this.tokens[index]!.kind === 'name') return this.tokens[index + 1]?.text === '=';
    if (this.tokens[index]!.text !== '[') return false;
    let at = index + 1;
    while (this.tokens[at]?.kind === 'name' && this.tokens[at + 1]?.text === ',') at += 2;
    return (
      this.tokens[at]?.kind === 'name' &&
      this.tokens[at + 1]?.text === ']' &&
      this.tokens[at + 2]?.text === '='
    );
  }

  /** What stands at the top of a file only, so that an open block before it lacks its brace. */
  #beginsItem(token: Token, index: number): boolean {
    if (token.kind !== 'word') return false;
    const third = this.tokens[index + 2]?.text;
    return (
      (token.text === 'cell' || token.text === 'network') &&
      (third === '(' || third === '{') &&
      token.newlines > 0
    );
  }

  // ---- pieces and blocks ----

  #beginPiece(token: Token): OpenPiece {
    const leading = this.#releaseHeld();
    const first = leading.length === 0 && this.#blocks.at(-1)!.pieces.length === 0;
    this.#current = {
      tokens: [],
      leading,
      blankBefore: token.newlines > 1 && !first,
      broken: false,
      end: token.end,
    };
    return this.#current;
  }

  #endPiece(): void {
    const piece = this.#current;
    if (piece === undefined) return;
    const unclosed = this.#brackets.at(-1);
    if (unclosed !== undefined) this.#reportUnclosed(unclosed);
    this.#takeTrailing(piece);
    const [first, , third] = piece.tokens;
    // The header of a cell whose brace is missing: what follows is its body all the same.
    if (first!.text === 'cell' && third?.text === '(') this.#blocks.push({ pieces: [], owner: piece });
    else this.#blocks.at(-1)!.pieces.push(piece);
    this.#current = undefined;
    this.#brackets = [];
    this.#overflow = 0;
  }

  #takeTrailing(piece: Mutable<Piece>): void {
    if (this.#held[0]?.sameLine !== true) return;
    const { sameLine: _, ...comment } = this.#held.shift()!;
    piece.trailing = comment;
  }

  #opensBlock(token: Token, index: number): boolean {
    if (token.text !== '{' || token.kind !== 'symbol' || this.#brackets.length > 0) return false;
    const first = this.#current?.tokens[0];
    if (first === undefined || first.text === 'import') return false;
    const next = this.tokens[index + 1];
    const alone = next === undefined || next.newlines > 0 || next.kind === 'comment' || next.text === '}';
    return alone || hasBlock(first);
  }

  #beginBlock(brace: Token): void {
    const owner = this.#current!;
    this.#current = undefined;
    this.#blocks.push({ pieces: [], owner, brace });
  }

  #closesBlock(token: Token): boolean {
    return token.text === '}' && token.kind === 'symbol' && !this.#brackets.some(({ text }) => text === '{');
  }

  #endBlock(closing: Token | undefined): void {
    if (this.#blocks.length === 1) {
      this.#report(syntaxCatalog.strayBracket, closing!, { bracket: '}' });
      return;
    }
    const { pieces, owner, brace } = this.#blocks.pop()!;
    if (closing === undefined && brace !== undefined)
      this.#report(syntaxCatalog.unclosedBracket, brace, { bracket: '{', closer: '}' });
    const dangling = closing === undefined ? [] : this.#releaseHeld();
    owner!.block = { pieces, dangling, ...(brace === undefined ? {} : { brace }) };
    owner!.end = closing?.end ?? pieces.at(-1)?.end ?? brace?.end ?? owner!.end;
    this.#blocks.at(-1)!.pieces.push(owner!);
  }

  // ---- brackets ----

  #open(token: Token): void {
    if (this.#brackets.length === nestingLimit) {
      if (!this.#current!.broken) this.#report(syntaxCatalog.tooDeep, token, { limit: nestingLimit });
      this.#current!.broken = true;
      this.#overflow++;
      return;
    }
    this.#brackets.push(token);
    if (token.text === '{' && this.#current!.tokens[0]!.text !== 'import') {
      this.#current!.broken = true;
      this.#report(syntaxCatalog.braceInExpression, token, {});
    }
  }

  #close(token: Token): void {
    if (this.#overflow > 0) {
      this.#overflow--;
      return;
    }
    const open = this.#brackets.at(-1);
    if (open !== undefined && closerOf.get(open.text) === token.text) {
      this.#brackets.pop();
      return;
    }
    const broken = this.#current!.broken;
    this.#current!.broken = true;
    if (open === undefined) {
      if (!broken) this.#report(syntaxCatalog.strayBracket, token, { bracket: token.text });
      return;
    }
    if (!broken) this.#reportMismatch(open, token);
    const matching = this.#brackets.findLastIndex(({ text }) => closerOf.get(text) === token.text);
    this.#brackets.length = matching >= 0 ? matching : this.#brackets.length - 1;
  }

  #reportUnclosed(open: Token): void {
    if (!this.#current!.broken)
      this.#report(syntaxCatalog.unclosedBracket, open, {
        bracket: open.text,
        closer: closerOf.get(open.text)!,
      });
    this.#current!.broken = true;
  }

  #reportMismatch(open: Token, token: Token): void {
    const parameters = { bracket: open.text, closer: closerOf.get(open.text)!, found: token.text };
    this.errors.add(syntaxCatalog.mismatchedBracket, this.#span(token), parameters, [
      { span: this.#span(open), label: 'opened here' },
    ]);
  }

  #report<P>(entry: CatalogEntry<P>, token: Token, parameters: P): void {
    this.errors.add(entry, this.#span(token), parameters);
  }

  #span({ start, end }: Token): Span {
    return { source: this.source, start, end };
  }

  // ---- comments ----

  #hold(token: Token): void {
    const text = token.text.replace(/^(?:#|\/\/|\/\*)/, '').trimEnd();
    const { pieces, owner } = this.#blocks.at(-1)!;
    const first = this.#held.length === 0 && this.#current === undefined && pieces.length === 0;
    const span = { source: this.source, start: token.start, end: token.start + token.text.trimEnd().length };
    const sameLine = token.newlines === 0;
    if (first && sameLine && owner !== undefined && owner.trailing === undefined)
      owner.trailing = { text, span };
    else
      this.#held.push({
        text,
        span,
        ...(token.newlines > 1 && !first ? { blankBefore: true } : {}),
        sameLine,
      });
  }

  #releaseHeld(): Comment[] {
    const held = this.#held.map(({ sameLine: _, ...comment }) => comment);
    this.#held = [];
    return held;
  }
}
