import { fail, runtimeErrors } from '../errors.ts';

/** An option of an optimiser or a schedule: its default, if it may be left out, and what it may be. */
export interface Option<T> {
  readonly fallback?: T;
  readonly holds: (value: unknown) => boolean;
  /** In words, for the message. */
  readonly range: string;
}

const numeric =
  (range: string, holds: (value: number) => boolean) =>
  (fallback: number): Option<number> => ({
    fallback,
    holds: (value) => typeof value === 'number' && holds(value),
    range,
  });

export const positive = numeric('a finite number above 0', (value) => value > 0 && value < Infinity);
export const notNegative = numeric(
  'a finite number of at least 0',
  (value) => value >= 0 && value < Infinity,
);
/** How much of a running mean is kept. */
export const decay = numeric('a number of at least 0 and below 1', (value) => value >= 0 && value < 1);
export const flag = (fallback: boolean): Option<boolean> => ({
  fallback,
  holds: (value) => typeof value === 'boolean',
  range: 'true or false',
});

export type OptionTable = Readonly<Record<string, Option<number> | Option<boolean>>>;
export type Settled<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer T> ? T : never;
};

/**
 * What was given, with defaults where nothing was.
 *
 * @param of  the optimiser or schedule, for the message
 * @throws RuntimeError RNN509 for a value out of range, RNN518 for an option that is not in the table
 */
export function settle<Table extends OptionTable>(
  of: string,
  table: Table,
  given: { readonly [Name in keyof Table]?: unknown },
): Settled<Table> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(table, name)) {
      fail(runtimeErrors.unknownOption, { what: of, name, known: Object.keys(table) });
    }
  }
  const settled = Object.entries(table).map(([name, { fallback, holds, range }]) => {
    const value: unknown = given[name] ?? fallback;
    if (!holds(value)) fail(runtimeErrors.badSetting, { name, value, range });
    return [name, value] as const;
  });
  return Object.fromEntries(settled) as Settled<Table>;
}
