import { CompileError } from '../diagnostics/compileError.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { badOption, unknownOption } from '../diagnostics/wrongCall.ts';

/** Options of `gradcheck`. */
export interface GradcheckOptions {
  /** Largest relative error that passes, above 0; default 1e-6. */
  readonly tolerance?: number;
  /** Spacing of the difference, relative to max(1, |x|), above 0; default 1e-4. */
  readonly spacing?: number;
  /** An `AbortSignal`: once it is aborted, the check ends before its next entry and throws the reason. */
  readonly signal?: { readonly aborted: boolean; readonly reason: unknown };
  /** Called after each entry. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** What an option may be. */
interface Range {
  readonly holds: (value: unknown) => boolean;
  readonly words: string;
}

const positive: Range = {
  holds: (value) => typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY,
  words: 'a number above 0',
};

const ranges: Readonly<Record<keyof GradcheckOptions, Range>> = {
  tolerance: positive,
  spacing: positive,
  signal: { holds: (value) => typeof value === 'object' && value !== null, words: 'an AbortSignal' },
  onProgress: { holds: (value) => typeof value === 'function', words: 'a function' },
};

/** @throws CompileError RNN408, RNN409, with all that is wrong */
export function checkGradcheckOptions(options: GradcheckOptions): void {
  const wrong =
    typeof options === 'object' && options !== null
      ? Object.entries(options).flatMap(([name, value]) => problemOf(name, value))
      : [badOption('gradcheck', 'options', options, 'a record')];
  if (wrong.length > 0) throw new CompileError(wrong);
}

function problemOf(name: string, value: unknown): readonly Diagnostic[] {
  if (!Object.hasOwn(ranges, name)) return [unknownOption('gradcheck', name, Object.keys(ranges))];
  const { holds, words } = ranges[name as keyof GradcheckOptions];
  return value === undefined || holds(value) ? [] : [badOption('gradcheck', name, value, words)];
}
