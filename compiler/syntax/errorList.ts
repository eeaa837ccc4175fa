import { syntaxCatalog } from '../diagnostics/catalog/syntax.ts';
import { type CatalogEntry, type Diagnostic, diagnose, type Related } from '../diagnostics/diagnostic.ts';
import type { Span } from '../source/source.ts';

/** More than a person reads at once; a file that is no .rnn file at all would have one per line. */
const limit = 50;

/** Collects the diagnostics of one parse, counting what lies beyond the limit. */
export class ErrorList {
  readonly #list: Diagnostic[] = [];
  #dropped = 0;
  #firstDropped: Span | undefined;

  add<P>(entry: CatalogEntry<P>, span: Span, parameters: P, related: readonly Related[] = []): void {
    if (this.#list.length < limit) {
      this.#list.push(diagnose(entry, span, parameters, related));
      return;
    }
    this.#dropped++;
    this.#firstDropped ??= span;
  }

  get full(): boolean {
    return this.#list.length >= limit;
  }

  /** In the order of the text; the count of what was left out comes last. */
  finish(): readonly Diagnostic[] {
    const list = this.#list.toSorted((a, b) => a.span.start - b.span.start);
    if (this.#firstDropped === undefined) return list;
    return [...list, diagnose(syntaxCatalog.more, this.#firstDropped, { count: this.#dropped })];
  }
}
