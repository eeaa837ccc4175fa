import { syntaxCatalog } from '../diagnostics/catalog/syntax.ts';
import type { CatalogEntry } from '../diagnostics/diagnostic.ts';
import type { Source, Span } from '../source/source.ts';
import type { ErrorList } from './errorList.ts';
import { foreignHint, foreignSymbols } from './foreign.ts';
import { isWord, type Token, type TokenKind } from './token.ts';

/**
 * Cuts a text into tokens, comments included. Never fails: what is no part of the language becomes a `problem` token
 * and a diagnostic. The words of rnn.ohm say the same; this scanner exists to find statements and to talk of mistakes.
 */
export function scan(source: Source, errors: ErrorList): readonly Token[] {
  const scanner = new Scanner(source, errors);
  return scanner.run();
}

/** Tried in this order at every place; the first that matches takes its text. */
const rules: readonly (readonly [pattern: RegExp, take: (scanner: Scanner, text: string) => void])[] = [
  [/(?:[^\S\n]|\uFEFF)+/y, (scanner, text) => scanner.skip(text)],
  [/[\p{L}_](?:[\p{L}_0-9]|[\u0300-\u036F])*/uy, (scanner, text) => scanner.word(text)],
  [/[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y, (scanner, text) => scanner.number(text)],
  [/#[^\n]*/y, (scanner, text) => scanner.push('comment', text)],
  [/"[^"\n\r]*"/y, (scanner, text) => scanner.push('string', text)],
  [/"[^\n]*/y, (scanner, text) => scanner.badText(text, false)],
  [/(?<![\p{L}\p{M}_0-9\])'])'[^'\n]*'/uy, (scanner, text) => scanner.badText(text, true)],
  [/\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y, (scanner, text) => scanner.foreignComment(text)],
  [
    /(?<![\p{L}\p{M}_0-9\])])\.[0-9]+(?:[eE][+-]?[0-9]+)?/uy,
    (scanner, text) => scanner.malformedNumber(text),
  ],
  [
    new RegExp(`(?!!=(?!=))(?:${foreignSymbols.map(escaped).join('|')})`, 'uy'),
    (scanner, text) => scanner.foreignSymbol(text),
  ],
  [/->|<=|>=|==|!=|\.\.|[()[\]{},;:=~+\-*/@^<>.]/y, (scanner, text) => scanner.push('symbol', text)],
  [/[\s\S]/uy, (scanner, text) => scanner.unknown(text)],
];

/** What may be glued to a number: a second fraction, a missing one, or a name. */
const afterNumber = /\.(?![\p{L}_.])[0-9.]*|[\p{L}_][\p{L}_0-9]*/uy;

class Scanner {
  readonly #tokens: Token[] = [];
  #at = 0;
  #newlines = 0;

  constructor(
    private readonly source: Source,
    private readonly errors: ErrorList,
  ) {}

  run(): readonly Token[] {
    const { text } = this.source;
    while (this.#at < text.length) {
      if (text[this.#at] === '\n') {
        this.#newlines++;
        this.#at++;
      } else this.#step();
    }
    return this.#tokens;
  }

  #step(): void {
    for (const [pattern, take] of rules) {
      const found = this.#match(pattern);
      if (found !== undefined) {
        take(this, found);
        return;
      }
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.source.text)?.[0];
  }

  #span(length: number): Span {
    return { source: this.source, start: this.#at, end: this.#at + length };
  }

  skip(text: string): void {
    this.#at += text.length;
  }

  push(kind: TokenKind, text: string): void {
    const start = this.#at;
    this.#tokens.push({ kind, text, start, end: start + text.length, newlines: this.#newlines });
    this.#at += text.length;
    this.#newlines = 0;
  }

  /** A name or a word; a superscript T at its end is a letter to Unicode, and a transpose to whoever writes it. */
  word(text: string): void {
    const plain = text.replace(/ᵀ+$/u, '');
    if (plain !== '') this.push(isWord(plain) ? 'word' : 'name', plain);
    if (plain !== text) this.foreignSymbol(text.slice(plain.length));
  }

  number(text: string): void {
    this.#at += text.length;
    const rest = this.#match(afterNumber) ?? '';
    this.#at -= text.length;
    const whole = text + rest;
    if (rest === '' && Number.isFinite(Number(text))) this.push('number', text);
    else if (rest === '') this.#problem(syntaxCatalog.numberTooLarge, whole, { text });
    else if (/^(?:[._].*|[eE]|[xXbBoO][0-9a-fA-F]+)$/.test(rest)) this.malformedNumber(whole);
    else this.#problem(syntaxCatalog.missingOperator, whole, { left: text, right: rest });
  }

  #problem<P>(entry: CatalogEntry<P>, text: string, parameters: P): void {
    this.errors.add(entry, this.#span(text.trimEnd().length), parameters);
    this.push('problem', text);
  }

  malformedNumber(text: string): void {
    this.#problem(syntaxCatalog.malformedNumber, text, { text });
  }

  badText(text: string, single: boolean): void {
    this.#problem(syntaxCatalog.badText, text, { single });
  }

  foreignComment(text: string): void {
    this.errors.add(syntaxCatalog.foreignComment, this.#span(2), { text: text.slice(0, 2) });
    this.push('comment', text);
  }

  foreignSymbol(text: string): void {
    const last = this.#tokens.at(-1);
    const hint = foreignHint(text.slice(0, 3), last?.end === this.#at ? last.text : undefined);
    this.#problem(syntaxCatalog.foreignSymbol, text, { text, hint });
  }

  /** A character without meaning; a run of them is one mistake. */
  unknown(text: string): void {
    const last = this.#tokens.at(-1);
    const run = last?.kind === 'problem' && last.end === this.#at;
    if (!run) this.errors.add(syntaxCatalog.foreignSymbol, this.#span(text.length), { text });
    this.push('problem', text);
  }
}

function escaped(symbol: string): string {
  return symbol.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
