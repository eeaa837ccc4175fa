import { nearest } from '../../compiler/diagnostics/suggest.ts';
import { type CaseErrorEntry, caseErrors, showCaseError } from './errors.ts';

/** Gathers everything that is wrong with one case file, so that all of it is told at once. */
export class Reporter {
  readonly #file: string;
  readonly errors: string[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  report<Parameters>(entry: CaseErrorEntry<Parameters>, parameters: Parameters): void {
    this.errors.push(showCaseError(this.#file, entry, parameters));
  }

  /** @param elsewhere  a better hint than the nearest name, where there is one */
  unknown(
    owner: string,
    what: string,
    name: string,
    known: readonly string[],
    elsewhere?: string | undefined,
  ): void {
    const near = nearest(name, known);
    const hint = elsewhere ?? (near === undefined ? undefined : `Did you mean ${near}?`);
    this.report(caseErrors.unknownName, { owner, what, name, known, hint });
  }
}
