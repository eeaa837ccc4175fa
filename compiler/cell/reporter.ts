import { type CatalogEntry, type Diagnostic, diagnose, type Related } from '../diagnostics/diagnostic.ts';
import type { Span } from '../source/source.ts';

/** Collects diagnostics; the same mistake at the same place is told once, however often it is met. */
export class Reporter {
  readonly #found = new Map<string, Diagnostic>();
  readonly #repeated: Span[] = [];
  #errors = 0;

  report<P>(entry: CatalogEntry<P>, span: Span, parameters: P, related: readonly Related[] = []): void {
    const diagnostic = diagnose(entry, span, parameters, related);
    this.add(diagnostic);
  }

  add(diagnostic: Diagnostic): void {
    const { code, span, message } = diagnostic;
    const repeats = this.#repeated.some((whole) => isInside(span, whole));
    const key = JSON.stringify([code, span.source.name, span.start, span.end, repeats ? '' : message]);
    if (!this.#found.has(key)) this.#found.set(key, diagnostic);
    if (diagnostic.severity === 'error') this.#errors++;
  }

  /** Text that is read several times, as a loop is: of one kind of mistake at one place the first is told. */
  repeat(span: Span): void {
    this.#repeated.push(span);
  }

  /** Errors met so far, repeated ones included: unchanged over a piece of work, it went well. */
  get errors(): number {
    return this.#errors;
  }

  /** By file (in order of appearance) and place. */
  get diagnostics(): readonly Diagnostic[] {
    return [...this.#found.values()];
  }
}

const isInside = (span: Span, whole: Span): boolean =>
  span.source.name === whole.source.name && span.start >= whole.start && span.end <= whole.end;
