/*
 * Records whose keys are names a user chose. They have no prototype, so `__proto__` and `constructor` are names like any
 * other.
 */

/** Values by name. What the runtime hands out is frozen and has a null prototype. */
export type Named<T> = { readonly [name: string]: T };

/** Values by name as a caller gives them: a record (own keys count) or a Map. */
export type Given<T> = Named<T> | ReadonlyMap<string, T>;

export function named<T>(entries: Iterable<readonly [name: string, value: T]>): Named<T> {
  const record: { [name: string]: T } = Object.create(null);
  for (const [name, value] of entries) record[name] = value;
  return Object.freeze(record);
}

export function lookUp<T>(given: Given<T>, name: string): T | undefined {
  if (isMap(given)) return given.get(name);
  return Object.hasOwn(given, name) ? given[name] : undefined;
}

export function entriesOf<T>(given: Given<T>): readonly (readonly [name: string, value: T])[] {
  return isMap(given) ? [...given] : Object.entries(given);
}

function isMap<T>(given: Given<T>): given is ReadonlyMap<string, T> {
  return given instanceof Map;
}
